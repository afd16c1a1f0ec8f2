// SPDX-License-Identifier: Apache-2.0
// ReorderBuffer: puts the packets of one RTP stream into sequence order, pure.
//
// Thread: the recorder's reception thread. A packet that is early waits until the missing ones
// came, until kRecorderReorder packets wait, or until it has waited kRecorderReorderWait; then the
// missing ones are given up (a gap). One that comes after that is late: counted, not stored.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "config/base/bytes.hpp"
#include "config/base/clock.hpp"

namespace weir::forking {

// What a track needs of an RTP packet (RFC 3550 5.1); padding, CSRCs and extension are gone.
struct TrackPacket {
    std::uint8_t payload_type = 0;
    bool marker = false;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
    ByteSpan payload;
};

class ReorderBuffer {
public:
    enum class Place : std::uint8_t { taken, duplicate, late };

    // One packet of the stream, in any order. What became ready is taken by next().
    [[nodiscard]] Place push(const TrackPacket& packet, MonoTime arrival);
    // Gives up what is missing before packets that have waited since `limit` or longer.
    void give_up_before(MonoTime limit);
    void give_up_all();

    struct Ready {
        std::uint64_t gap = 0;  // sequence numbers missing right before this packet
        std::uint8_t payload_type = 0;
        bool marker = false;
        std::uint16_t sequence = 0;
        std::uint32_t timestamp = 0;
        MonoTime arrival;
        std::vector<std::uint8_t> payload;
    };
    // The next packet in sequence order, if one is ready.
    [[nodiscard]] std::optional<Ready> next();

    // A new sequence space: another SSRC. Take what give_up_all() made ready first.
    void restart();

    [[nodiscard]] std::uint64_t highest() const {
        return highest_;
    }                                                             // extended, 0 before the first
    [[nodiscard]] std::uint64_t first() const { return first_; }  // lowest ever taken, extended
    [[nodiscard]] std::uint64_t reordered() const { return reordered_; }
    [[nodiscard]] bool is_empty() const { return waiting_.empty(); }

private:
    [[nodiscard]] std::uint64_t extend(std::uint16_t sequence, MonoTime arrival) const;
    void remember(std::uint64_t extended);

    static constexpr std::uint64_t kMemory =
        1024;  // sequence numbers in which a copy is known as one
    std::map<std::uint64_t, Ready>
        waiting_;  // by extended sequence number, at most kRecorderReorder + 1
    std::bitset<kMemory> seen_;
    std::uint64_t next_ = 0;      // the next one to hand out
    std::uint64_t released_ = 0;  // everything below may be handed out across gaps
    std::uint64_t highest_ = 0;
    std::uint64_t first_ = 0;
    bool begun_ = false;  // the first packet was handed out
    std::uint64_t reordered_ = 0;
    MonoTime last_arrival_;
};

}  // namespace weir::forking
