// SPDX-License-Identifier: Apache-2.0
// Prepare, remember, apply.
#include "config/store/store.hpp"

#include <utility>

#include "config/language/language.hpp"
#include "config/model/validate.hpp"

namespace weir::config {
namespace {

using language::Diagnostic;

std::string errors_in(const language::ReadResult& result) {
    std::string text;
    std::size_t shown = 0;
    std::size_t errors = result.suppressed;
    for (const Diagnostic& diagnostic : result.diagnostics) {
        if (diagnostic.severity != Diagnostic::Severity::error) continue;
        ++errors;
        if (shown == kCommitErrors) continue;
        ++shown;
        text += language::print_diagnostic(diagnostic);
    }
    if (errors > shown) text += "% and " + std::to_string(errors - shown) + " more errors\n";
    return text;
}

std::set<std::string> warnings_of(const Config& config) {
    std::set<std::string> warnings;
    for (const Finding& finding : validate(config))
        if (finding.severity == Finding::Severity::warning)
            warnings.insert((finding.block.empty() ? "" : finding.block + ": ") + finding.text);
    return warnings;
}

tl::unexpected<Error> refused(const std::string& text) {
    return fail(ErrorCode::invalid, text);
}

}  // namespace

std::string errors_of(const Config& config) {
    bool wrong = false;
    for (const Finding& finding : validate(config))
        wrong = wrong || finding.severity == Finding::Severity::error;
    if (!wrong) return "";
    // Read again for the lines: only a refusal takes this time.
    const auto again = language::read_text(language::print_running_config(config), "configuration");
    if (const std::string text = errors_in(again); !text.empty()) return text;
    std::string text;
    for (const Finding& finding : validate(config))
        if (finding.severity == Finding::Severity::error)
            text += "% " + finding.block + ": " + finding.text + "\n";
    return text;
}

Store::Store(StoreSettings settings, ConfigPtr running, Prepare prepare, const Clock& clock,
             FileSteps steps)
    : settings_(std::move(settings)),
      running_(std::move(running)),
      running_text_(language::print_running_config(*running_)),
      running_warnings_(warnings_of(*running_)),
      prepare_(std::move(prepare)),
      clock_(clock),
      steps_(steps),
      history_(settings_.directory, std::move(steps)) {}

Result<void> Store::open() {
    auto opened = history_.open();
    const auto last = history_.text_of(history_.last_id());
    if (last && *last == running_text_) {
        running_id_ = history_.last_id();
        return opened;
    }
    running_id_ = history_.last_id() + 1;
    const auto added = history_.add(
        {running_id_, running_id_, clock_.wall(), "weir", "start", "", ""}, running_text_);
    return opened ? added : opened;
}

Result<ConfigPtr> Store::startup() const {
    auto read = language::read_file(settings_.startup);
    if (read.config) return read.config;
    return refused(errors_in(read));
}

Result<Committed> Store::commit(Config config, const CommitRequest& request) {
    return take(std::make_shared<const Config>(std::move(config)), request);
}

Result<Committed> Store::take(ConfigPtr config, const CommitRequest& request) {
    std::string text = language::print_running_config(*config);
    if (text == running_text_) return Committed{running_id_, false, {}};
    if (const std::string errors = errors_of(*config); !errors.empty()) return refused(errors);
    auto prepared = prepare_(config);
    if (!prepared) return fail(prepared.error());

    // From here on nothing can fail.
    Committed committed{running_id_ + 1, true, std::move(prepared->notes)};
    auto warnings = warnings_of(*config);
    for (const std::string& warning : warnings)
        if (!running_warnings_.contains(warning) && committed.notes.size() < kCommitErrors)
            committed.notes.push_back(
                warning.find("Warning: ") == std::string::npos ? "Warning: " + warning : warning);
    running_warnings_ = std::move(warnings);
    if (request.confirm) {
        before_waiting_ = running_;
        waiting_ = Waiting{committed.id, request.who, clock_.now() + *request.confirm};
    } else if (!(waiting_ && !waiting_->session.empty() && request.how == "terminal")) {
        before_waiting_.reset();
        waiting_.reset();
    }
    running_ = std::move(config);
    running_text_ = std::move(text);
    running_id_ = committed.id;
    prepared->apply(running_id_);
    keep_running(committed.notes);
    const Commit entry{running_id_, running_id_,     clock_.wall(),  request.who,
                       request.how, request.comment, request.session};
    if (const auto added = history_.add(entry, running_text_); !added)
        committed.notes.push_back("the history could not be written: " + added.error().context);
    return committed;
}

void Store::keep_running(std::vector<std::string>& notes) {
    if (settings_.running.empty() || waiting_) return;
    if (const auto kept = replace_file(settings_.running, running_text_); !kept)
        notes.push_back("a restarted process would not see this commit: " + kept.error().context);
}

Result<void> Store::confirm() {
    if (!waiting_) return fail(ErrorCode::not_found, "% There is no commit to be confirmed\n");
    waiting_.reset();
    before_waiting_.reset();
    std::vector<std::string> notes;
    keep_running(notes);
    if (!notes.empty()) return fail(ErrorCode::io, "% " + notes.front() + "\n");
    return {};
}

Result<Committed> Store::roll_back(std::size_t count, const std::string& who) {
    const auto& commits = history_.commits();
    if (count == 0 || count >= commits.size())
        return fail(ErrorCode::not_found,
                    "% The history has " +
                        std::to_string(commits.empty() ? 0 : commits.size() - 1) +
                        " commits to go back over: see show configuration history\n");
    const CommitId id = commits[commits.size() - 1 - count].id;
    const auto text = history_.text_of(id);
    if (!text) return fail(ErrorCode::not_found, "% " + text.error().context + "\n");
    auto read = language::read_text(*text, "commit " + std::to_string(id));
    if (!read.config) return refused(errors_in(read));
    return take(read.config, {who, "rollback to " + std::to_string(id)});
}

Result<Committed> Store::replace(const std::string& file, const std::string& who) {
    if (!settings_.read_file)
        return fail(ErrorCode::denied, "% There are no files to be named here\n");
    const auto text = settings_.read_file(file);
    if (!text) return fail(text.error().code, "% " + file + ": " + text.error().context + "\n");
    auto read = language::read_text(*text, file);
    // Who may name the file need not be allowed to read it.
    for (Diagnostic& diagnostic : read.diagnostics)
        diagnostic.column = 0;
    if (!read.config) return refused(errors_in(read));
    return take(read.config, {who, "replace " + file});
}

Result<void> Store::write_startup() {
    if (waiting_)
        return fail(ErrorCode::denied,
                    "% A confirmed commit of " + waiting_->who +
                        " is waiting: confirm it with commit, or undo it with rollback 1\n");
    const auto written = replace_file(settings_.startup, running_text_, steps_);
    if (!written) return fail(written.error().code, "% " + written.error().context + "\n");
    return {};
}

Result<void> Store::revert_after(std::chrono::minutes time, const std::string& session,
                                 const std::string& who) {
    WEIR_TRY(may_change(session));
    if (!waiting_) {
        before_waiting_ = running_;
        waiting_ = Waiting{running_id_, who, clock_.now(), session};
    }
    waiting_->until = clock_.now() + time;
    return {};
}

Result<Committed> Store::revert_now(const std::string& who) {
    if (!waiting_)
        return fail(ErrorCode::not_found, "% Nothing waits to be confirmed or reverted\n");
    const ConfigPtr before = before_waiting_;
    auto taken = take(before, {who, "revert"});
    if (taken && !taken->changed) {  // nothing was changed meanwhile
        waiting_.reset();
        before_waiting_.reset();
    }
    return taken;
}

std::optional<std::string> Store::on_time() {
    if (!waiting_ || clock_.now() < waiting_->until) return std::nullopt;
    const Waiting ended = *waiting_;
    const ConfigPtr before = before_waiting_;
    const bool by_timer = !ended.session.empty();
    const auto taken =
        take(before, {"weir", by_timer ? "rollback: the revert timer of " + ended.who + " ran out"
                                       : "rollback: commit " + std::to_string(ended.id) + " of " +
                                             ended.who + " was not confirmed"});
    // What ran a moment ago compiles again, unless memory or files that it names have gone.
    if (!taken) {
        waiting_->until = clock_.now() + kConfirmMin;
        return "commit " + std::to_string(ended.id) +
               " was not confirmed, and cannot be rolled back: " + taken.error().context;
    }
    if (!taken->changed) {
        waiting_.reset();
        before_waiting_.reset();
        return "the revert timer of " + ended.who + " ran out; nothing had been changed";
    }
    return (by_timer ? "the revert timer of " + ended.who + " ran out; its lines are rolled back"
                     : "commit " + std::to_string(ended.id) + " of " + ended.who +
                           " was not confirmed and is rolled back") +
           "; running is commit " + std::to_string(running_id_);
}

Result<void> Store::may_change(const std::string& session) const {
    if (lock_ && lock_->session != session)
        return fail(ErrorCode::denied, "% Configuration mode is locked exclusively by " +
                                           lock_->who + " since " + iso8601(lock_->since) + "\n");
    if (waiting_ && !waiting_->session.empty() && waiting_->session != session)
        return fail(ErrorCode::denied,
                    "% " + waiting_->who +
                        " changes the configuration with a revert timer: configure confirm keeps "
                        "the changes, configure revert now undoes them\n");
    if (waiting_ && waiting_->session.empty())
        return fail(ErrorCode::denied,
                    "% A confirmed commit of " + waiting_->who +
                        " is waiting: confirm it with commit, or undo it with rollback 1\n");
    return {};
}

Result<void> Store::lock(const std::string& session, const std::string& who) {
    WEIR_TRY(may_change(session));
    lock_ = Lock{session, who, clock_.wall()};
    return {};
}

void Store::unlock(const std::string& session) {
    if (!lock_ || lock_->session != session) return;
    lock_.reset();
    candidate_.reset();
}

}  // namespace weir::config
