// SPDX-License-Identifier: Apache-2.0
// BindingJournal: what waits, the file's end, and the file made anew.
#include "signaling/client/binding_journal.hpp"

#include <utility>

#include "signaling/edge/binding_limits.hpp"

namespace weir::signaling {

BindingJournal::BindingJournal(JournalDisk disk, const Clock& clock, Logger& log)
    : disk_(std::move(disk)), clock_(clock), log_(log) {}

std::vector<Binding> BindingJournal::restore() {
    std::vector<Binding> bindings;
    const auto text = disk_.read(kMaxBindingFile);
    if (!text) {
        log_.warning("register.bindings_not_read", {{"why", text.error().context}});
        torn_ = true;
        size_ = kMaxBindingFile;  // the next write makes it anew
        return bindings;
    }
    const BothClocks now{clock_.now(), clock_.wall()};
    const FoldedJournal folded = fold_journal(*text, now.wall);
    std::size_t damaged = folded.damaged;
    std::size_t unreachable = 0;
    for (const auto& [token, line] : folded.lines) {
        auto binding = read_bound_line(line, now);
        if (!binding)
            ++damaged;
        else if (!find_again(*binding))
            ++unreachable;
        else
            bindings.push_back(*std::move(binding));
    }
    size_ = text->size();
    valid_ = folded.bytes;
    torn_ = !text->empty() && text->back() != '\n';
    if (size_ != 0)
        log_.info("register.bindings_restored", {{"bindings", bindings.size()},
                                                 {"unreachable", unreachable},
                                                 {"damaged_lines", damaged}});
    const std::lock_guard lock(mutex_);
    restored_ = bindings.size();
    damaged_ = damaged;
    return bindings;
}

void BindingJournal::keep(const Binding& binding) {
    std::string line = bound_line(binding, {clock_.now(), clock_.wall()});
    // What may not be kept takes the place of what was.
    if (line.empty()) return forget(binding.token);
    wait(binding.token, std::move(line));
}

void BindingJournal::forget(const std::string& token) {
    std::string line = gone_line(token);
    if (!line.empty()) wait(token, std::move(line));
}

void BindingJournal::wait(const std::string& token, std::string line) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMaxBindingChanges && !waiting_.contains(token)) {
        ++lost_;
        return;
    }
    waiting_.insert_or_assign(token, std::move(line));
}

bool BindingJournal::write() {
    Changes taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(waiting_);
    }
    if (taken.empty()) return true;
    std::string batch;
    for (const auto& [token, line] : taken)
        batch.append(line).push_back('\n');
    const bool is_mostly_history = size_ + batch.size() > 2 * valid_ + kBindingFileSlack;
    const auto written = is_mostly_history ? make_anew(batch) : add(batch);
    if (!written) {
        put_back(std::move(taken));
        if (!std::exchange(is_failing_, true))
            log_.error("register.bindings_not_kept",
                       {{"why", written.error().context},
                        {"advice", "make room or mend the rights; it is tried again"}});
        return false;
    }
    if (std::exchange(is_failing_, false)) log_.info("register.bindings_kept_again");
    return true;
}

Result<void> BindingJournal::add(const std::string& batch) {
    // A line cut in two by a full disk or a crash ends here, so that the next one can be read.
    const auto done = disk_.append(torn_ ? "\n" + batch : batch);
    size_ += batch.size() + (torn_ ? 1 : 0);  // at most; what failed is written again
    torn_ = !done;
    return done;
}

Result<void> BindingJournal::make_anew(const std::string& batch) {
    auto text = disk_.read(kMaxBindingFile);
    if (!text && text.error().code != ErrorCode::invalid) return add(batch);
    // Of a file that is too long to be ours what has changed is kept.
    std::string whole = text ? *std::move(text) : std::string();
    whole.append("\n").append(batch);
    const FoldedJournal folded = fold_journal(whole, clock_.wall());
    std::string fresh;
    fresh.reserve(folded.bytes);
    for (const auto& [token, line] : folded.lines)
        fresh.append(line).push_back('\n');
    WEIR_TRY(disk_.replace(fresh));
    size_ = fresh.size();
    valid_ = size_;
    torn_ = false;
    return {};
}

// What has changed meanwhile is newer.
void BindingJournal::put_back(Changes taken) {
    const std::lock_guard lock(mutex_);
    ++failures_;
    waiting_.merge(taken);
    for (; waiting_.size() > kMaxBindingChanges; ++lost_)
        waiting_.erase(waiting_.begin());
}

std::vector<Metric> BindingJournal::metrics() const {
    const std::lock_guard lock(mutex_);
    const auto counter = [](const char* name, const char* help, std::uint64_t value) {
        return Metric{name, help, MetricKind::counter, static_cast<double>(value)};
    };
    return {Metric{"weir_signaling_binding_changes_waiting",
                   "Changes of bindings that wait for the disk", MetricKind::gauge,
                   static_cast<double>(waiting_.size())},
            counter("weir_signaling_binding_write_failures_total",
                    "Attempts to write bindings that failed", failures_),
            counter("weir_signaling_binding_changes_lost_total",
                    "Changes of bindings that too many others waited before", lost_),
            counter("weir_signaling_bindings_restored_total",
                    "Bindings that weir-sip found when it began", restored_),
            counter("weir_signaling_binding_lines_damaged_total",
                    "Lines of the file of bindings that could not be read", damaged_)};
}

}  // namespace weir::signaling
