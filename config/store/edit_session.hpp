// SPDX-License-Identifier: Apache-2.0
// EditSession: one operator in configuration mode, terminal (each line counts at once) or exclusive
// candidate (lines are collected until commit).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/language/line_editor.hpp"
#include "config/store/store.hpp"

namespace weir::config {

// What became of a line or command; `text` is for the operator, complete with line ends.
struct EditAnswer {
    bool ok = true;
    std::string text;
};

// Thread: admin.
class EditSession {
public:
    enum class Mode { none, terminal, candidate };

    // `session` is unique in the process; `who` a user name.
    EditSession(Store& store, std::string session, std::string who)
        : store_(store), session_(std::move(session)), who_(std::move(who)) {}
    ~EditSession() { leave(); }
    EditSession(const EditSession&) = delete;
    EditSession& operator=(const EditSession&) = delete;

    [[nodiscard]] EditAnswer begin_terminal();
    // What runs now comes back after `time` unless `configure confirm` is typed.
    [[nodiscard]] EditAnswer begin_terminal(std::chrono::minutes time);
    [[nodiscard]] EditAnswer revert_timer(std::chrono::minutes time);
    [[nodiscard]] EditAnswer revert_now();
    [[nodiscard]] EditAnswer begin_candidate();
    // Out of configuration mode; a candidate that was not committed is dropped.
    EditAnswer leave();
    [[nodiscard]] Mode mode() const { return mode_; }
    [[nodiscard]] language::ModeId place() const { return editor_.mode(); }

    // One line of configuration. A head that makes an object which is incomplete as yet is kept
    // back, and counts together with the lines of its block that complete it.
    [[nodiscard]] EditAnswer line(std::string_view text);

    struct CommitWish {
        std::string comment{};
        std::optional<std::chrono::minutes> confirm{};
    };
    // The candidate, or the confirmation of what was committed with `confirmed`.
    [[nodiscard]] EditAnswer commit(const CommitWish& wish);
    [[nodiscard]] EditAnswer abort();
    [[nodiscard]] EditAnswer roll_back(std::size_t count);
    [[nodiscard]] EditAnswer replace(const std::string& file);
    [[nodiscard]] EditAnswer write_startup();
    // Candidate, where this session has one, against running; else startup against running.
    [[nodiscard]] EditAnswer differences() const;
    // Startup against running, also inside a candidate; or the other way round.
    [[nodiscard]] EditAnswer startup_differences(bool backwards = false) const;
    [[nodiscard]] std::string history() const;
    // `show archive`: the history as the router lists its archive.
    [[nodiscard]] std::string archive() const;

private:
    [[nodiscard]] EditAnswer terminal_line(std::string_view text);
    [[nodiscard]] EditAnswer candidate_line(std::string_view text);
    [[nodiscard]] EditAnswer drop_draft();
    [[nodiscard]] std::string settle(const Committed& committed);

    Store& store_;
    const std::string session_;
    const std::string who_;
    Mode mode_ = Mode::none;
    language::LineEditor editor_;
    CommitId seen_ = 0;            // terminal: the running configuration that the editor is in
    std::uint32_t terminals_ = 0;  // how often this session was in terminal mode
    std::optional<Config> draft_;  // candidate; terminal: lines that are kept back
    std::string draft_errors_;     // why they are
    bool candidate_changed_ = false;
};

}  // namespace weir::config
