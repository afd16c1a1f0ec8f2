// SPDX-License-Identifier: Apache-2.0
// The system's clocks and their text forms.
#include "config/base/clock.hpp"

#include <array>
#include <chrono>
#include <ctime>

#include "config/base/digits.hpp"

namespace weir {
namespace {

std::int64_t read_clock(clockid_t id) {
    timespec time{};
    clock_gettime(id, &time);
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// A moment by the calendar of UTC.
struct Utc {
    std::chrono::year_month_day date;
    std::chrono::weekday day;
    std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

Utc utc(WallTime wall) {
    using namespace std::chrono;
    const sys_time<nanoseconds> time{nanoseconds(wall.ns)};
    const auto midnight = floor<days>(time);
    return {year_month_day(midnight), weekday(midnight),
            hh_mm_ss(floor<milliseconds>(time - midnight))};
}

// "04:48:34"
void append_time(std::string& out, const Utc& utc) {
    text::append_padded(out, static_cast<std::uint64_t>(utc.time.hours().count()), 2);
    out.push_back(':');
    text::append_padded(out, static_cast<std::uint64_t>(utc.time.minutes().count()), 2);
    out.push_back(':');
    text::append_padded(out, static_cast<std::uint64_t>(utc.time.seconds().count()), 2);
}

void append_year(std::string& out, const Utc& utc) {
    text::append_padded(out, static_cast<std::uint64_t>(static_cast<int>(utc.date.year())), 4);
}

}  // namespace

MonoTime SystemClock::now() const {
    return {read_clock(CLOCK_MONOTONIC)};
}
WallTime SystemClock::wall() const {
    return {read_clock(CLOCK_REALTIME)};
}

std::string iso8601(WallTime time) {
    const Utc t = utc(time);
    std::string text;
    text.reserve(sizeof "2026-11-21T04:48:34.123Z");
    append_year(text, t);
    text.push_back('-');
    text::append_padded(text, static_cast<unsigned>(t.date.month()), 2);
    text.push_back('-');
    text::append_padded(text, static_cast<unsigned>(t.date.day()), 2);
    text.push_back('T');
    append_time(text, t);
    text.push_back('.');
    text::append_padded(text, static_cast<std::uint64_t>(t.time.subseconds().count()), 3);
    text.push_back('Z');
    return text;
}

std::string rfc1123(WallTime time) {
    // Not strftime: its names follow the locale.
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Utc t = utc(time);
    std::string text;
    text.reserve(sizeof "Sat, 21 Nov 2026 04:48:34 GMT");
    text.append(kDays.at(t.day.c_encoding())).append(", ");
    text::append_padded(text, static_cast<unsigned>(t.date.day()), 2);
    text.append(" ").append(kMonths.at(static_cast<unsigned>(t.date.month()) - 1)).append(" ");
    append_year(text, t);
    text.push_back(' ');
    append_time(text, t);
    text.append(" GMT");
    return text;
}

}  // namespace weir
