// SPDX-License-Identifier: Apache-2.0
// The system's clocks and their text forms.
#include "config/base/clock.hpp"

#include <array>
#include <ctime>

#include <fmt/format.h>

namespace weir {
namespace {

std::int64_t read_clock(clockid_t id) {
    timespec time{};
    clock_gettime(id, &time);
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::tm utc(WallTime time) {
    const std::time_t seconds = time.ns / 1'000'000'000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return parts;
}

}  // namespace

MonoTime SystemClock::now() const {
    return {read_clock(CLOCK_MONOTONIC)};
}
WallTime SystemClock::wall() const {
    return {read_clock(CLOCK_REALTIME)};
}

std::string iso8601(WallTime time) {
    const std::tm t = utc(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", t.tm_year + 1900, t.tm_mon + 1,
                       t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, time.ns / 1'000'000 % 1000);
}

std::string rfc1123(WallTime time) {
    // Not strftime: its names follow the locale.
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::tm t = utc(time);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                       kDays.at(static_cast<std::size_t>(t.tm_wday)), t.tm_mday,
                       kMonths.at(static_cast<std::size_t>(t.tm_mon)), t.tm_year + 1900, t.tm_hour,
                       t.tm_min, t.tm_sec);
}

}  // namespace weir
