// SPDX-License-Identifier: Apache-2.0
// The commands that every session has: leaving, privilege, the terminal, and what it knows of
// itself and of the others.
#include <utility>

#include <fmt/format.h>

#include "config/admin/admin_limits.hpp"
#include "config/admin/session.hpp"
#include "config/base/text.hpp"

namespace weir::config {

void ExecSession::add_own_commands() {
    const auto done = [](const Respond& respond) { respond({true, ""}); };
    const auto leave = [this, done](const auto&, const Respond& respond) {
        over_ = true;
        done(respond);
    };
    table_.add({"exit", "Leave", leave});
    table_.add({"quit", "Leave", leave});
    table_.add({"logout", "Leave", leave});
    table_.add({"enable", "To privileged commands", [this, done](const auto&, const auto& respond) {
                    if (peer_.privilege != Privilege::admin)
                        return respond({false, fmt::format("% {} may only look: see users in "
                                                           "platform.yaml\n",
                                                           peer_.name)});
                    enabled_ = true;
                    done(respond);
                }});
    table_.add({"disable", "Back from privileged commands",
                [this, done](const auto&, const auto& respond) {
                    enabled_ = false;
                    done(respond);
                }});
    add_terminal_commands();
    add_own_shows();
}

void ExecSession::add_terminal_commands() {
    table_.add({"terminal length <0-512>", "Lines of a page, 0 = no pages",
                [this](const auto& arguments, const auto& respond) {
                    const auto lines = text::number(arguments.front());
                    if (!lines || *lines > kTerminalMaxLength)
                        return respond({false, "% A terminal has 0 to 512 lines\n"});
                    length_ = static_cast<unsigned>(*lines);
                    respond({true, ""});
                }});
    table_.add({"terminal no length", "A page as long as the terminal",
                [this](const auto&, const auto& respond) {
                    length_.reset();
                    respond({true, ""});
                }});
}

void ExecSession::add_own_shows() {
    table_.add({"show privilege", "Who you are here", [this](const auto&, const auto& respond) {
                    respond({true, fmt::format("{} is {}\n", peer_.name,
                                               enabled_ ? "an administrator" : "read-only")});
                }});
    table_.add({"show history", "The last lines of this session",
                [this](const auto&, const auto& respond) {
                    std::string text;
                    for (const std::string& line : history_)
                        text += fmt::format("  {}\n", line);
                    respond({true, text});
                }});
    if (book_ == nullptr) return;
    table_.add({"show users", "Who is on the admin socket",
                [this](const auto&, const auto& respond) {
                    respond({true, show_users(*book_, peer_.session)});
                },
                Access::all,
                [this](const auto&, const auto& respond) {
                    respond({true, show_users_json(*book_)});
                }});
    table_.add(
        {"show clock", "The time of this machine, UTC", [this](const auto&, const auto& respond) {
             respond({true, show_clock(book_->clock().wall())});
         }});
}

}  // namespace weir::config
