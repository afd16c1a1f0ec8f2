// SPDX-License-Identifier: Apache-2.0
// The two clocks: monotonic for every timer and duration, wall for what people read.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace weir {

// Nanoseconds of CLOCK_MONOTONIC: the same in every process of the machine.
struct MonoTime {
    std::int64_t ns = 0;
    auto operator<=>(const MonoTime&) const = default;
    friend MonoTime operator+(MonoTime time, std::chrono::nanoseconds d) {
        return {time.ns + d.count()};
    }
    friend MonoTime operator-(MonoTime time, std::chrono::nanoseconds d) {
        return {time.ns - d.count()};
    }
    friend std::chrono::nanoseconds operator-(MonoTime a, MonoTime b) {
        return std::chrono::nanoseconds(a.ns - b.ns);
    }
};

// Nanoseconds since 1970 UTC; may step at any time, so nothing is ever measured with it.
struct WallTime {
    std::int64_t ns = 0;
    auto operator<=>(const WallTime&) const = default;
};

// The seam for virtual time: SystemClock in programs, FakeClock in tests. Thread: any.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual MonoTime now() const = 0;
    [[nodiscard]] virtual WallTime wall() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] MonoTime now() const override;
    [[nodiscard]] WallTime wall() const override;
};

// "2026-11-21T04:48:34.123Z"
[[nodiscard]] std::string iso8601(WallTime time);
// "Sat, 21 Nov 2026 04:48:34 GMT" (SIP Date header, RFC 3261 20.17)
[[nodiscard]] std::string rfc1123(WallTime time);

}  // namespace weir
