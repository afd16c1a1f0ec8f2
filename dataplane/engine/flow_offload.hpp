// SPDX-License-Identifier: Apache-2.0
// FlowOffload: what a PacketIo offers whose kernel can relay a stream by itself, and FlowRule: all
// that the kernel must know for it, and for the copy of one recorder. Each packet that it relays
// comes to the worker all the same, marked as sent, so that the books stay the worker's.
//
// Thread: the worker that owns the stream.
#pragma once

#include <array>
#include <cstdint>

#include "config/base/address.hpp"
#include "dataplane/engine/packet_io.hpp"

namespace weir::dataplane {

// New headers of a packet, lengths and checksums zero: Ethernet without a tag, IPv4 without
// options, UDP; and their sums of 16-bit words, folded to 32 bits.
struct FlowHeaders {
    std::array<std::uint8_t, 42> header{};
    std::uint32_t ip_sum = 0;
    std::uint32_t udp_sum = 0;  // pseudo-header and UDP header
};

// What a recorder gets of each packet: the same with headers and numbers of its own.
struct FlowCopy {
    std::uint8_t fork = 0;              // index + 1; 0: no copy, and the rest means nothing
    RealmIndex leaves = 0;              // by which realm
    std::uint16_t sequence_offset = 0;  // sent = received + offset
    std::uint32_t ssrc = 0;             // host order
    FlowHeaders headers;
};

// Packets of one direction of one stream: which ones, and with which headers they go on.
struct FlowRule {
    LocalPort arrives;                  // at which port of ours
    std::uint32_t local = 0;            // its address, network order
    std::uint32_t source = 0;           // from where it is accepted, network order
    std::uint16_t source_port = 0;      // host order
    RealmIndex leaves = 0;              // by which realm
    std::uint32_t ssrc = 0;             // host order
    std::uint16_t next_sequence = 0;    // the first packet that the kernel may relay has this one
    std::uint16_t longest_payload = 0;  // of a UDP datagram that all ways out carry
    FlowHeaders headers;
    FlowCopy copy;
};

class FlowOffload {
public:
    virtual ~FlowOffload() = default;
    // The bit of rte_mbuf::ol_flags that marks what the kernel has sent already. Its checksums were
    // good; rte_mbuf::hash.usr has the sum of its UDP payload (PacketMeta::payload_sum), and
    // rte_mbuf::packet_type says which fork's copy it has sent, too: index + 1, or 0.
    [[nodiscard]] virtual std::uint64_t sent_mark() const noexcept = 0;
    // What the worker has relayed by the realm has left, and does not wait for another worker's
    // turn: what the kernel relays from now on would overtake it.
    [[nodiscard]] virtual bool has_sent_all(RealmIndex leaves) const noexcept = 0;
    // The kernel relays from now on, beginning with the packet of that sequence number; with any
    // other one it gives the flow up (has() becomes false). Not before kOffloadRest after the port
    // was last taken back. False: the kernel cannot, at this port or now.
    virtual bool give(const FlowRule& rule) noexcept = 0;
    // A rule may have a copy that leaves by that realm.
    [[nodiscard]] virtual bool can_copy(RealmIndex arrives, RealmIndex leaves) const noexcept = 0;
    // It relays no packet that arrives later. What it has relayed still comes, marked.
    virtual void take_back(LocalPort port) noexcept = 0;
    // Given, not taken back, and not given up: the kernel gives up what it has no plain next packet
    // of, or no room to tell us of it.
    [[nodiscard]] virtual bool has(LocalPort port) const noexcept = 0;
};

}  // namespace weir::dataplane
