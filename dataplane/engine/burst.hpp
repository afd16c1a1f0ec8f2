// SPDX-License-Identifier: Apache-2.0
// Burst: up to kBurst received packets with what the stages have found out of each; TxBurst:
// packets on their way out with the account that pays for them.
//
// Thread: one worker. A stage either keeps a packet or drops it with a verdict; dropped packets are
// freed together at the end of the turn.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "config/base/address.hpp"
#include "config/base/limits.hpp"
#include "dataplane/api/verdict.hpp"
#include "dataplane/engine/mbuf.hpp"
#include "dataplane/engine/packet_io.hpp"
#include "dataplane/engine/port_table.hpp"
#include "dataplane/engine/session_slot.hpp"

namespace weir::dataplane {

// All 20 bytes at once; the defaulted == of Endpoint compares them one by one.
[[nodiscard]] inline bool same_endpoint(const Endpoint& a, const Endpoint& b) noexcept {
    static_assert(std::has_unique_object_representations_v<Endpoint>);
    return std::memcmp(&a, &b, sizeof(Endpoint)) == 0;
}

struct alignas(64) PacketMeta {
    // By receive (socket form) or classify (framed form).
    Endpoint peer;                // who sent it
    LocalPort local;              // to which port of ours
    std::int64_t arrival_ns = 0;  // MonoTime
    std::uint32_t overflow = 0;   // the socket's drop counter when it was queued; 0 in framed forms
    // By look-up.
    PortEntry owner;
    // By admit (RTP only).
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
    std::uint16_t payload_bytes = 0;
    std::uint8_t payload_type = 0;
    std::uint8_t truncated = 0;  // by receive: the datagram was longer than the buffer
    // By measure.
    std::uint8_t fresh = 0;         // 1: forks get it (RTP, not a duplicate)
    std::uint8_t epoch = 0;         // ReceptionState::epoch
    std::uint16_t gap_network = 0;  // or kFillsHole; likewise gap_ours
    std::uint16_t gap_ours = 0;
    // By classify (framed I/O): checksum of the UDP payload, folded to 32 bits; 0 = not known.
    std::uint32_t payload_sum = 0;
};
static_assert(sizeof(PacketMeta) == 64);

struct Burst {
    std::uint16_t count = 0;
    std::array<rte_mbuf*, kBurst> packets;
    std::array<PacketMeta, kBurst> meta;
    // By look-up: the direction of meta[i].owner and the other one of its stream; null where the
    // port is a fork's.
    std::array<DirectionSlot*, kBurst> from;
    std::array<DirectionSlot*, kBurst> to;
};

// What a sent or refused packet is booked on; at most one pointer is set.
struct TxMeta {
    Endpoint to;
    LocalPort from;
    StreamAccount* relay = nullptr;  // the stream it was received on: RTP only
    StreamAccount* relay_rtcp = nullptr;
    ForkAccount* fork = nullptr;  // a copy
    std::uint16_t payload_bytes = 0;
    std::uint16_t sequence = 0;
    std::uint32_t payload_sum = 0;  // checksum of the payload, folded to 32 bits; 0 = not known
    HopIndex hop = kNoHop;          // framed I/O: the next hop toward `to`
};

// What became of a packet that was to be sent. PacketIo::transmit says it of each.
enum class TxOutcome : std::uint8_t {
    sent = 0,
    refused,    // the socket, ring or queue took no more
    link_down,  // the device it should leave by is down or gone
};

// Room for all copies of a burst: the fork stage never has to send in the middle of it.
inline constexpr std::size_t kTxBurst = kBurst * (kMaxForks + 1);

struct TxBurst {
    std::uint16_t count = 0;
    std::array<rte_mbuf*, kTxBurst> packets;
    std::array<TxMeta, kTxBurst> meta;
    std::array<TxOutcome, kTxBurst> outcome;
};

}  // namespace weir::dataplane
