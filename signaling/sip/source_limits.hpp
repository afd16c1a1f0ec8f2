// SPDX-License-Identifier: Apache-2.0
// SourceLimits: a token bucket per address that is refused at the door, so that a flood of a
// stranger costs one table lookup a datagram.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>

#include "config/base/address.hpp"
#include "config/base/clock.hpp"

namespace weir::signaling {

// Requests of one stranger that are read before it is muted; the bucket fills again at the rate.
inline constexpr std::uint32_t kStrangerBurst = 100;
inline constexpr std::uint32_t kStrangerPerSecond = 20;
// Strangers remembered at once, about 100 bytes each. Whoever comes new while the table is full is
// read and refused as before: forged addresses must not grow the table, nor mute anybody.
inline constexpr std::size_t kMaxStrangers = 16'384;

// Thread: sip. Only what the trusted list refused takes tokens (note_refused): a peer of ours is
// never limited here, also not by datagrams that somebody forges in its name.
class SourceLimits {
public:
    // Asked before a datagram is parsed; true: it is dropped unread. Responses are never asked for.
    [[nodiscard]] bool is_muted(const IpAddress& source, MonoTime now);
    // A request of this source was refused in silence.
    void note_refused(const IpAddress& source, MonoTime now);
    // Forgets those whose bucket is full again; once a second.
    void sweep(MonoTime now);
    [[nodiscard]] std::size_t size() const { return buckets_.size(); }

private:
    struct Bucket {
        std::int64_t tokens_milli = std::int64_t{kStrangerBurst} * 1000;
        MonoTime filled_at;
    };
    static void fill(Bucket& bucket, MonoTime now);

    std::map<IpAddress, Bucket> buckets_;
};

}  // namespace weir::signaling
