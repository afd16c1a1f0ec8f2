// SPDX-License-Identifier: Apache-2.0
// ExecSession: what one operator's connection remembers: who it is, where in the configuration it
// stands, how long its screen is.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/admin/command_table.hpp"
#include "config/admin/session_book.hpp"

namespace weir::config {

enum class Privilege : std::uint8_t { none, read_only, admin };

// The process at the other end, as the kernel names it (SO_PEERCRED).
struct OperatorPeer {
    std::uint32_t uid = 0;
    std::string name;  // of the user; "uid 1234" where it has none
    Privilege privilege = Privilege::read_only;
    std::uint64_t session = 0;  // unique in the process
};

// What a program adds to each session: commands that know whose they are, and the configuration
// mode. Thread: admin.
class SessionPart {
public:
    virtual ~SessionPart() = default;
    // Exec commands; called once, when the session begins. They live as long as the part.
    [[nodiscard]] virtual std::vector<OperatorCommand> commands() = 0;
    [[nodiscard]] virtual std::string hostname() const = 0;
    // "config-dial-peer" while in configuration mode, else "".
    [[nodiscard]] virtual std::string mode() const = 0;
    // The session holds what would be lost with it (the exclusive candidate): its connection is not
    // closed in favour of a newcomer.
    [[nodiscard]] virtual bool is_kept() const { return false; }
    // One line of configuration.
    [[nodiscard]] virtual Answer line(std::string_view line) = 0;
    // Whether the line, or one that begins with it, may be configuration where the session stands:
    // what may not, may be a command of exec mode.
    [[nodiscard]] virtual bool may_be_line(std::string_view /*line*/) const { return true; }
    // Help as it is printed, and the words that TAB offers, for a line of configuration.
    [[nodiscard]] virtual std::string help(std::string_view partial) const = 0;
    [[nodiscard]] virtual std::vector<std::string> complete(std::string_view partial) const = 0;
};

// Text that comes without having been asked for, as of `debug`. Thread: any; never blocks.
using Emit = std::function<void(std::string text)>;
using SessionPartFactory =
    std::function<std::unique_ptr<SessionPart>(const OperatorPeer& peer, Emit emit)>;

// A line is a command, or a question of the shell, which begins with @ (README.md). Thread: admin.
class ExecSession {
public:
    // `part` null: no configuration mode. `book` null: no `show users` and no `show clock`; it
    // outlives the session.
    ExecSession(const CommandTable& shared, OperatorPeer peer, std::unique_ptr<SessionPart> part,
                SessionBook* book = nullptr);
    ~ExecSession();
    ExecSession(const ExecSession&) = delete;
    ExecSession& operator=(const ExecSession&) = delete;

    // `respond` is called exactly once if the handler keeps its promise; it may be called after
    // the session has gone.
    void run(std::string_view line, Respond respond);
    // `exit`, `logout` or `quit` was typed: the connection is to be closed after the answer.
    [[nodiscard]] bool is_over() const { return over_; }
    [[nodiscard]] bool is_kept() const { return part_ && part_->is_kept(); }
    [[nodiscard]] std::string prompt() const;

private:
    // session_commands.cpp
    void add_own_commands();
    void add_terminal_commands();
    void add_own_shows();
    void remember(std::string_view line);
    [[nodiscard]] std::string denial() const;
    void command(std::string_view line, bool json, Respond respond);
    void configure(std::string_view line, Respond respond);
    void question(std::string_view line, Respond respond);
    [[nodiscard]] bool in_configuration() const;
    // A command of exec mode that also works in configuration mode: its first word in full, or an
    // abbreviation with which no configuration begins.
    [[nodiscard]] bool is_exec_line(std::string_view line) const;
    [[nodiscard]] std::string help(std::string_view partial) const;
    [[nodiscard]] std::vector<std::string> complete(std::string_view partial) const;

    OperatorPeer peer_;
    std::unique_ptr<SessionPart> part_;
    CommandTable table_;
    SessionBook* book_;
    std::deque<std::string> history_;  // the last kShownHistory lines
    bool enabled_;                     // privileged exec
    bool over_ = false;
    std::optional<unsigned> length_;  // terminal length, lines; unset = as the terminal is
};

}  // namespace weir::config
