// SPDX-License-Identifier: Apache-2.0
// `show users` as text and as JSON.
#include "config/admin/session_book.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace weir::config {
namespace {

std::int64_t seconds_between(MonoTime from, MonoTime to) {
    return std::chrono::duration_cast<std::chrono::seconds>(to - from).count();
}

std::string clock_text(std::int64_t seconds) {
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

const char* role_of(const SessionBook::Row& row) {
    return row.is_admin ? "admin" : "read-only";
}

}  // namespace

std::string show_users(const SessionBook& book, std::uint64_t own) {
    const MonoTime now = book.clock().now();
    std::string text = "    Session  User             Role       Connected  Idle      Mode\n";
    for (const auto& [session, row] : book.rows())
        text += fmt::format("{}   {:<8} {:<16} {:<10} {:<10} {:<9} {}\n",
                            session == own ? '*' : ' ', session, row.user, role_of(row),
                            clock_text(seconds_between(row.since, now)),
                            clock_text(seconds_between(row.last, now)), row.where);
    return text;
}

std::string show_users_json(const SessionBook& book) {
    const MonoTime now = book.clock().now();
    boost::json::array users;
    for (const auto& [session, row] : book.rows())
        users.push_back(boost::json::object{{"session", session},
                                            {"user", row.user},
                                            {"role", role_of(row)},
                                            {"where", row.where},
                                            {"connected", seconds_between(row.since, now)},
                                            {"idle", seconds_between(row.last, now)}});
    return boost::json::serialize(users) + "\n";
}

std::string show_clock(WallTime time) {
    const std::string date = rfc1123(time);  // "Sat, 21 Nov 2026 04:48:34 GMT"
    const std::string iso = iso8601(time);   // "2026-11-21T04:48:34.123Z"
    return fmt::format("{} UTC {} {} {} {}\n", iso.substr(11, 12), date.substr(0, 3),
                       date.substr(8, 3), date.substr(5, 2), date.substr(12, 4));
}

}  // namespace weir::config
