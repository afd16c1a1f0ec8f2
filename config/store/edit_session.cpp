// SPDX-License-Identifier: Apache-2.0
// Lines into commits.
#include "config/store/edit_session.hpp"

#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "config/language/language.hpp"
#include "config/store/contextual_diff.hpp"

namespace weir::config {
namespace {

using Kind = language::LineEditor::Kind;

EditAnswer refusal(const std::string& text) {
    return {false, text.ends_with('\n') ? text : text + "\n"};
}
EditAnswer refusal(const Error& error) {
    return refusal(error.context);
}
// Why a commit failed: the findings name places, and the first of them is marked as a refusal.
std::string commit_errors(const Error& error) {
    return error.context.starts_with('%') ? error.context : "% " + error.context;
}

}  // namespace

EditAnswer EditSession::begin_terminal() {
    if (mode_ != Mode::none) return refusal("% You are in configuration mode already");
    if (const auto may = store_.may_change(session_); !may) return refusal(may.error());
    mode_ = Mode::terminal;
    ++terminals_;
    seen_ = store_.running_id();
    editor_.to_global();
    return {true, "Enter configuration commands, one per line.  End with CNTL/Z.\n"};
}

EditAnswer EditSession::begin_terminal(std::chrono::minutes time) {
    if (mode_ != Mode::none) return refusal("% You are in configuration mode already");
    const auto timer = revert_timer(time);
    if (!timer.ok) return timer;
    auto begun = begin_terminal();
    begun.text = timer.text + begun.text;
    return begun;
}

EditAnswer EditSession::revert_timer(std::chrono::minutes time) {
    if (const auto set = store_.revert_after(time, session_, who_); !set)
        return refusal(set.error());
    return {true, "What ran before comes back in " + std::to_string(time.count()) +
                      " minutes unless you type configure confirm.\n"};
}

EditAnswer EditSession::revert_now() {
    const auto done = store_.revert_now(who_);
    if (!done) return refusal(commit_errors(done.error()));
    return {true,
            settle(*done) + "Reverted; running is commit " + std::to_string(done->id) + ".\n"};
}

EditAnswer EditSession::begin_candidate() {
    if (mode_ != Mode::none) return refusal("% You are in configuration mode already");
    if (const auto locked = store_.lock(session_, who_); !locked) return refusal(locked.error());
    mode_ = Mode::candidate;
    candidate_changed_ = false;
    draft_ = *store_.running();
    editor_.to_global();
    store_.set_candidate(store_.running());
    return {true,
            "Lines are collected until commit; abort drops them. Nobody else can change the "
            "configuration meanwhile.\n"};
}

EditAnswer EditSession::leave() {
    EditAnswer answer;
    if (mode_ == Mode::terminal) answer = drop_draft();
    if (mode_ == Mode::candidate) {
        if (candidate_changed_)
            answer = refusal("% The candidate was not committed and is dropped");
        store_.unlock(session_);
    }
    draft_.reset();
    candidate_changed_ = false;
    mode_ = Mode::none;
    editor_.to_global();
    return answer;
}

EditAnswer EditSession::line(std::string_view text) {
    if (mode_ == Mode::none) return refusal("% You are not in configuration mode");
    return mode_ == Mode::candidate ? candidate_line(text) : terminal_line(text);
}

EditAnswer EditSession::candidate_line(std::string_view text) {
    const language::LineEditor before = editor_;
    Config config = *draft_;
    auto outcome = editor_.line(text, config);
    if (outcome.kind == Kind::refused) {
        editor_ = before;
        return refusal(outcome.text);
    }
    if (outcome.kind == Kind::left) {
        if (!candidate_changed_) return leave();
        editor_.to_global();
        return refusal("% The candidate is not committed: commit, or abort");
    }
    if (outcome.kind != Kind::changed && outcome.kind != Kind::opened) return {};
    draft_ = std::move(config);
    candidate_changed_ = true;
    store_.set_candidate(std::make_shared<const Config>(*draft_));
    return {};
}

EditAnswer EditSession::terminal_line(std::string_view text) {
    if (const auto may = store_.may_change(session_); !may) return refusal(may.error());
    const language::LineEditor before = editor_;
    Config config = draft_ ? *draft_ : *store_.running();
    // Others have changed it: the object of our mode may be gone.
    if (!draft_ && seen_ != store_.running_id()) editor_.enter_again(config);
    seen_ = store_.running_id();
    const auto heads = editor_.heads();
    auto outcome = editor_.line(text, config);
    if (outcome.kind == Kind::refused) {
        editor_ = before;
        return refusal(outcome.text);
    }
    if (outcome.kind == Kind::empty) return {};
    if (outcome.kind == Kind::left) return leave();
    if (outcome.kind == Kind::moved) return editor_.depth() == 0 ? drop_draft() : EditAnswer{};
    // A line of an outer mode ends the block whose lines are kept back.
    const auto now = editor_.heads();
    const bool is_inside =
        now.size() >= heads.size() && std::equal(heads.begin(), heads.end(), now.begin());
    if (draft_ && !is_inside) {
        auto dropped = drop_draft();
        dropped.text += "% The line was not carried out\n";
        return dropped;
    }
    auto committed =
        store_.commit(config, {who_, "terminal", "", session_ + "/" + std::to_string(terminals_)});
    if (committed) {
        draft_.reset();
        seen_ = committed->id;
        return {true, settle(*committed)};
    }
    if (draft_ || outcome.kind == Kind::opened) {
        draft_ = std::move(config);
        draft_errors_ = commit_errors(committed.error());
        return {};
    }
    editor_ = before;
    return refusal(commit_errors(committed.error()));
}

// Lines that were kept back to the end of their block cannot stay.
EditAnswer EditSession::drop_draft() {
    if (!draft_) return {};
    draft_.reset();
    editor_.to_global();
    return refusal("% The lines of this block were not carried out:\n" +
                   std::exchange(draft_errors_, ""));
}

std::string EditSession::settle(const Committed& committed) {
    std::string text;
    for (const std::string& note : committed.notes)
        text += "% " + note + "\n";
    return text;
}

EditAnswer EditSession::commit(const CommitWish& wish) {
    // A revert timer that runs is confirmed from within configuration mode, too.
    if (store_.waiting() && mode_ != Mode::candidate) {
        const auto confirmed = store_.confirm();
        if (!confirmed) return refusal(confirmed.error());
        return {true, "Commit " + std::to_string(store_.running_id()) + " is confirmed.\n"};
    }
    if (mode_ != Mode::candidate)
        return refusal("% There is no candidate and no commit that waits to be confirmed");
    if (wish.comment.size() > kCommitComment)
        return refusal("% A comment has at most " + std::to_string(kCommitComment) + " bytes");
    const auto committed =
        store_.commit(*draft_, {who_, wish.confirm ? "candidate, confirmed" : "candidate",
                                wish.comment, "", wish.confirm});
    if (!committed) return refusal(commit_errors(committed.error()));
    candidate_changed_ = false;
    if (!committed->changed) return {true, "% No configuration changes to commit\n"};
    std::string text = settle(*committed) + "Commit " + std::to_string(committed->id) + " is done";
    text += wish.confirm ? "; it is rolled back in " + std::to_string(wish.confirm->count()) +
                               " minutes unless you type commit in exec mode.\n"
                         : ".\n";
    // One that waits needs the lock no longer: whoever types commit confirms it.
    if (wish.confirm) (void)leave();
    return {true, text};
}

EditAnswer EditSession::abort() {
    if (mode_ != Mode::candidate) return refusal("% There is no candidate");
    candidate_changed_ = false;
    (void)leave();
    return {true, "The candidate is dropped.\n"};
}

EditAnswer EditSession::roll_back(std::size_t count) {
    const auto& lock = store_.lock_state();
    if (lock && lock->session != session_) return refusal(store_.may_change(session_).error());
    if (mode_ == Mode::candidate)
        return refusal("% There is a candidate: commit or abort it first");
    const auto done = store_.roll_back(count, who_);
    if (!done) return refusal(commit_errors(done.error()));
    if (!done->changed) return {true, "% That is the running configuration already\n"};
    return {true,
            settle(*done) + "Rolled back; running is commit " + std::to_string(done->id) + ".\n"};
}

EditAnswer EditSession::replace(const std::string& file) {
    if (mode_ == Mode::candidate)
        return refusal("% There is a candidate: commit or abort it first");
    if (const auto may = store_.may_change(session_); !may) return refusal(may.error());
    const auto done = store_.replace(file, who_);
    if (!done) return refusal(commit_errors(done.error()));
    if (!done->changed) return {true, "% That is the running configuration already\n"};
    return {true,
            settle(*done) + "Replaced; running is commit " + std::to_string(done->id) + ".\n"};
}

EditAnswer EditSession::write_startup() {
    const auto written = store_.write_startup();
    if (!written) return refusal(written.error());
    return {true, "Building configuration...\n[OK]\n"};
}

EditAnswer EditSession::differences() const {
    if (mode_ == Mode::candidate)
        return {true,
                contextual_diff(store_.running_text(), language::print_running_config(*draft_))};
    return startup_differences();
}

EditAnswer EditSession::startup_differences(bool backwards) const {
    const auto startup = store_.startup();
    if (!startup) return refusal(commit_errors(startup.error()));
    const std::string text = language::print_running_config(**startup);
    return {true, backwards ? contextual_diff(store_.running_text(), text)
                            : contextual_diff(text, store_.running_text())};
}

std::string EditSession::archive() const {
    const auto& commits = store_.history();
    std::string text = "The maximum archive configurations allowed is " +
                       std::to_string(kStoreHistory) + ".\nThere are currently " +
                       std::to_string(commits.size()) +
                       " archive configurations saved.\n Archive #  Name\n";
    std::size_t number = 0;
    for (const Commit& commit : commits) {
        std::string row = "   " + std::to_string(++number);
        row.resize(std::max<std::size_t>(row.size() + 1, 12), ' ');
        text += row + std::to_string(commit.id) + ".cfg  " + iso8601(commit.at) + "  " +
                commit.who + (number == commits.size() ? " <- Most Recent\n" : "\n");
    }
    return text;
}

std::string EditSession::history() const {
    std::string text = "Commit        When                      Who         How\n";
    const auto pad = [](std::string word, std::size_t width) {
        word.resize(std::max(word.size() + 1, width), ' ');
        return word;
    };
    const auto& commits = store_.history();
    for (auto commit = commits.rbegin(); commit != commits.rend(); ++commit) {
        std::string ids = std::to_string(commit->id);
        if (commit->first != commit->id) ids = std::to_string(commit->first) + "-" + ids;
        text += pad(ids, 14) + pad(iso8601(commit->at), 26) + pad(commit->who, 12) + commit->how;
        if (!commit->comment.empty()) text += ": " + commit->comment;
        text += "\n";
    }
    if (const auto& waiting = store_.waiting())
        text += "Commit " + std::to_string(waiting->id) + " of " + waiting->who +
                " waits to be confirmed\n";
    return text;
}

}  // namespace weir::config
