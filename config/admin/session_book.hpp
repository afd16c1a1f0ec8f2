// SPDX-License-Identifier: Apache-2.0
// SessionBook: who is on the admin socket now, for `show users`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "config/base/clock.hpp"

namespace weir::config {

// Thread: admin. Bounded by the seats: a session is in it while it has one.
class SessionBook {
public:
    // `clock` outlives it.
    explicit SessionBook(const Clock& clock) : clock_(clock) {}

    struct Row {
        std::string user;
        bool is_admin = false;
        MonoTime since;     // the connection
        MonoTime last;      // its last line
        std::string where;  // "exec", or the configuration mode
    };

    void enter(std::uint64_t session, std::string user, bool is_admin) {
        rows_[session] = {std::move(user), is_admin, clock_.now(), clock_.now(), "exec"};
    }
    void leave(std::uint64_t session) { rows_.erase(session); }
    // A line of the session is done, and this is where it stands now.
    void touch(std::uint64_t session, std::string where) {
        const auto found = rows_.find(session);
        if (found == rows_.end()) return;
        found->second.last = clock_.now();
        found->second.where = std::move(where);
    }
    [[nodiscard]] const std::map<std::uint64_t, Row>& rows() const { return rows_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }

private:
    const Clock& clock_;
    std::map<std::uint64_t, Row> rows_;
};

// The text of `show users`; a star marks the session that asks. As JSON: a list of {session, user,
// role, where, connected, idle}, the last two in seconds.
[[nodiscard]] std::string show_users(const SessionBook& book, std::uint64_t own);
[[nodiscard]] std::string show_users_json(const SessionBook& book);
// "04:48:34.123 UTC Sat Nov 21 2026", as `show clock` has it.
[[nodiscard]] std::string show_clock(WallTime time);

}  // namespace weir::config
