// SPDX-License-Identifier: Apache-2.0
// What the kernel must know of a stream: read out of its slots, with headers as the worker writes
// them.
#include <algorithm>
#include <cstring>

#include "dataplane/engine/checksum.hpp"
#include "dataplane/engine/flows.hpp"
#include "dataplane/engine/frame_plain.hpp"

namespace weir::dataplane {
namespace {

[[nodiscard]] std::uint32_t word_of(const IpAddress& address) {
    std::uint32_t word = 0;
    std::memcpy(&word, address.bytes.data(), sizeof(word));
    return word;
}

[[nodiscard]] FlowHeaders headers_of(const Framer& framer, const FrameAddress& address) {
    FlowHeaders headers;
    static_assert(sizeof(headers.header) == kPlainHeaders);
    std::uint8_t* header = headers.header.data();
    write_plain_frame(headers.header, framer, address);
    auto* ip = view_as<Ipv4Wire>(MutableByteSpan(headers.header), sizeof(EthernetWire));
    auto* udp =
        view_as<UdpWire>(MutableByteSpan(headers.header), sizeof(EthernetWire) + sizeof(Ipv4Wire));
    ip->total_bytes.set(0);
    ip->checksum = {};
    udp->bytes.set(0);
    udp->checksum = {};
    headers.ip_sum =
        checksum_fold32(checksum_block<sizeof(Ipv4Wire)>(header + sizeof(EthernetWire)));
    const std::uint64_t addresses = checksum_block<8>(ip->from.data());
    headers.udp_sum =
        checksum_fold32(addresses + udp_pseudo_sum(0) +
                        checksum_block<sizeof(UdpWire)>(reinterpret_cast<std::uint8_t*>(udp)));
    return headers;
}

}  // namespace

FlowRule flow_rule(const Framer& framer, const DirectionSlot& from, const DirectionSlot& to,
                   std::uint64_t next_hop) noexcept {
    FlowRule rule;
    rule.arrives = {from.local_rtp.port, from.realm, 0};
    rule.local = word_of(framer.realm(from.realm).config.address);
    rule.source = word_of(from.remote_rtp.address);
    rule.source_port = from.remote_rtp.port;
    rule.leaves = to.realm;
    rule.ssrc = from.reception.ssrc;
    rule.next_sequence = static_cast<std::uint16_t>(from.reception.highest + 1U);
    rule.longest_payload = framer.realm(to.realm).longest_payload;
    rule.headers =
        headers_of(framer, {to.remote_rtp, {to.local_rtp.port, to.realm, 0}, next_hop, 0});
    return rule;
}

void add_copy(FlowRule& rule, const Framer& framer, const ForkSlot& fork, std::uint8_t index,
              std::uint64_t next_hop) noexcept {
    rule.copy.fork = static_cast<std::uint8_t>(index + 1U);
    rule.copy.leaves = fork.realm;
    rule.copy.sequence_offset = fork.sequence_offset;
    rule.copy.ssrc = fork.ssrc;
    rule.copy.headers =
        headers_of(framer, {fork.remote_rtp, {fork.local_rtp.port, fork.realm, 0}, next_hop, 0});
    rule.longest_payload = std::min(rule.longest_payload, framer.realm(fork.realm).longest_payload);
}

}  // namespace weir::dataplane
