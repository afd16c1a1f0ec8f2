// SPDX-License-Identifier: Apache-2.0
// PortPool: which RTP/RTCP port pairs of one media address are free, leased or in quarantine.
//
// A pair is an even port for RTP and the port above it for RTCP (RFC 3550 11). Every even port of
// the configured range can be leased. States and moves:
//
//   free --lease--> leased --release--> quarantined --kPortQuarantine--> free
//   free --lease--> leased --skip-----> quarantined   (a foreign socket holds it: tried again
//   later)
//
// Leases are random, so that an attacker cannot guess where the next call's media will be, and the
// quarantine keeps the late packets of an ended call out of the next one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/random.hpp"

namespace weir::dataplane {

// Thread: control. Pure: no socket, no clock; `now` is a parameter.
class PortPool {
public:
    explicit PortPool(Random& random);

    // The even ports of [min, max] may be leased from now on. Leases outside go on until released.
    void set_range(std::uint16_t min, std::uint16_t max);

    // A random free pair's RTP port, leased now; nothing when none is free.
    [[nodiscard]] std::optional<std::uint16_t> lease(MonoTime now);
    // Ends a lease; of a port that is not leased: nothing happens.
    void release(std::uint16_t port, MonoTime now);
    // Ends a lease that could not be used because somebody else's socket holds one of its ports.
    void skip(std::uint16_t port, MonoTime now);
    // Takes over a predecessor's lease, also outside the range. False: it is leased already, or
    // odd.
    [[nodiscard]] bool claim(std::uint16_t port);

    [[nodiscard]] std::size_t available() const { return free_.size(); }
    [[nodiscard]] std::size_t leased() const { return leased_; }
    [[nodiscard]] std::size_t quarantined() const { return quarantine_.size(); }
    [[nodiscard]] std::uint64_t skipped() const { return skipped_; }  // since the start

    // Pairs whose quarantine has ended become free. lease() does this by itself.
    void expire(MonoTime now);

private:
    enum class State : std::uint8_t { outside, free, leased, quarantined };
    struct Waiting {
        std::uint16_t port = 0;
        MonoTime until;
    };

    [[nodiscard]] State& state_of(std::uint16_t port) { return states_[port / 2U]; }
    [[nodiscard]] bool is_in_range(std::uint16_t port) const;
    void quarantine(std::uint16_t port, MonoTime now);
    void add_free(std::uint16_t port);
    void remove_free(std::uint16_t port);

    Random& random_;
    std::uint16_t min_ = 1;  // an empty range until set_range
    std::uint16_t max_ = 0;
    std::vector<State> states_;              // by port / 2
    std::vector<std::uint16_t> free_;        // in no order
    std::vector<std::uint16_t> free_place_;  // by port / 2: where it stands in free_
    std::deque<Waiting> quarantine_;         // in order of time: all wait equally long
    std::size_t leased_ = 0;
    std::uint64_t skipped_ = 0;
};

}  // namespace weir::dataplane
