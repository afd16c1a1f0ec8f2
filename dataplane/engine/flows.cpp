// SPDX-License-Identifier: Apache-2.0
// Giving directions to the kernel and taking them back.
#include "dataplane/engine/flows.hpp"

#include <algorithm>
#include <cstring>

#include "dataplane/engine/checksum.hpp"
#include "dataplane/engine/engine_limits.hpp"
#include "dataplane/engine/frame_plain.hpp"

namespace weir::dataplane {
namespace {

constexpr std::int64_t kRestNs = std::chrono::nanoseconds(kOffloadRest).count();
constexpr unsigned kSpellBits = 26;  // 67 ms: a flow's turn is one of eight such spells
constexpr std::int64_t kLongestRestNs = std::chrono::nanoseconds(kOffloadLongestRest).count();

[[nodiscard]] LocalPort port_of(const DirectionSlot& from) {
    return {from.local_rtp.port, from.realm, 0};
}

[[nodiscard]] std::uint32_t word_of(const IpAddress& address) {
    std::uint32_t word = 0;
    std::memcpy(&word, address.bytes.data(), sizeof(word));
    return word;
}

void rest(FlowNote& note, std::int64_t rest_ns, MonoTime now) {
    note.given = 0;
    note.not_before_ns = now.ns + rest_ns;
}

// Streams that the kernel can relay as the worker would: nothing but the headers changes, and what
// comes next is known.
[[nodiscard]] bool is_steady(const WorkerState& worker, const DirectionSlot& from,
                             const DirectionSlot& to, MonoTime now) {
    if (!from.remote_rtp.is_set() || !to.remote_rtp.is_set() || from.renumbers != 0) return false;
    if (!worker.framer.realm(from.realm).is_plain || !worker.framer.realm(to.realm).is_plain)
        return false;
    if (from.remote_rtp.address.family != Family::v4 || to.remote_rtp.address.family != Family::v4)
        return false;
    const StreamAccount& account = from.account;
    return from.reception.started != 0 && from.reception.restarted == 0 &&
           account.relayed >= kOffloadAfter &&
           now.ns - account.last_at_ns < std::chrono::nanoseconds(kOffloadSilence).count();
}

void offer(WorkerState& worker, FlowNote& note, const DirectionSlot& from, const DirectionSlot& to,
           MonoTime now) {
    const std::uint64_t next_hop = worker.options.hops->find(to.rtp_hop);
    if (next_hop == 0 || !is_steady(worker, from, to, now)) return;
    if (!worker.io.offload()->has_sent_all(to.realm)) return;
    if (!worker.io.offload()->give(flow_rule(worker.framer, from, to, next_hop)))
        return rest(note, kLongestRestNs, now);
    note.given = 1;
    note.given_ns = now.ns;
    note.next_hop = next_hop;
    note.links = worker.link_changes;
}

// Given up at once: it was not so steady, the next rest is twice as long.
void note_given_up(FlowNote& note, MonoTime now) {
    const bool was_kept = now.ns - note.given_ns > kLongestRestNs;
    note.rest_ns = was_kept ? kRestNs : std::clamp(2 * note.rest_ns, kRestNs, kLongestRestNs);
    rest(note, note.rest_ns, now);
}

void tend(WorkerState& worker, FlowNote& note, const DirectionSlot& from, const DirectionSlot& to,
          MonoTime now) {
    // The flow's line is the kernel's program's, on another core: each is asked for once in a
    // while.
    const bool is_due =
        ((static_cast<std::uint64_t>(now.ns) >> kSpellBits) ^ from.local_rtp.port / 2U) % 8 == 0;
    if (note.given == 0) {
        if (now.ns >= note.not_before_ns) offer(worker, note, from, to, now);
        return;
    }
    if (is_due && !worker.io.offload()->has(port_of(from))) return note_given_up(note, now);
    const bool is_as_given =
        note.links == worker.link_changes && note.next_hop == worker.options.hops->find(to.rtp_hop);
    if (is_as_given) return;
    worker.io.offload()->take_back(port_of(from));
    rest(note, kRestNs, now);
}

}  // namespace

void tend_flows(WorkerState& worker, std::uint16_t slot, MonoTime now) noexcept {
    const SessionSlot& session = worker.slot(slot);
    if (worker.io.offload() == nullptr || session.phase != SlotPhase::open) return;
    for (std::uint8_t stream = 0; stream < worker.notes[slot].streams; ++stream) {
        if (session.kinds[stream] != StreamKind::rtp) continue;
        const auto& from = session.streams[stream].from;
        FlowNote* notes = &worker.flows[slot][stream * 2U];
        tend(worker, notes[0], from[0], from[1], now);
        tend(worker, notes[1], from[1], from[0], now);
    }
}

void take_back_flows(WorkerState& worker, std::uint16_t slot, std::uint8_t stream,
                     MonoTime now) noexcept {
    if (worker.io.offload() == nullptr) return;
    for (unsigned side = 0; side < 2; ++side) {
        FlowNote& note = worker.flows[slot][stream * 2U + side];
        if (note.given == 0) continue;
        worker.io.offload()->take_back(port_of(worker.slot(slot).streams[stream].from[side]));
        rest(note, kRestNs, now);
    }
}

void forget_flows(WorkerState& worker, std::uint16_t slot) noexcept {
    if (worker.io.offload() != nullptr) worker.flows[slot] = {};
}

FlowRule flow_rule(const Framer& framer, const DirectionSlot& from, const DirectionSlot& to,
                   std::uint64_t next_hop) noexcept {
    FlowRule rule;
    rule.arrives = port_of(from);
    rule.local = word_of(framer.realm(from.realm).config.address);
    rule.source = word_of(from.remote_rtp.address);
    rule.source_port = from.remote_rtp.port;
    rule.leaves = to.realm;
    rule.ssrc = from.reception.ssrc;
    rule.next_sequence = static_cast<std::uint16_t>(from.reception.highest + 1U);
    rule.longest_payload = framer.realm(to.realm).longest_payload;

    static_assert(sizeof(rule.header) == kPlainHeaders);
    std::uint8_t* header = rule.header.data();
    const LocalPort leaves{to.local_rtp.port, to.realm, 0};
    write_plain_frame(rule.header, framer, FrameAddress{to.remote_rtp, leaves, next_hop, 0});
    auto* ip = view_as<Ipv4Wire>(MutableByteSpan(rule.header), sizeof(EthernetWire));
    auto* udp =
        view_as<UdpWire>(MutableByteSpan(rule.header), sizeof(EthernetWire) + sizeof(Ipv4Wire));
    ip->total_bytes.set(0);
    ip->checksum = {};
    udp->bytes.set(0);
    udp->checksum = {};
    rule.ip_sum = checksum_fold32(checksum_block<sizeof(Ipv4Wire)>(header + sizeof(EthernetWire)));
    const std::uint64_t addresses = checksum_block<8>(ip->from.data());
    rule.udp_sum =
        checksum_fold32(addresses + udp_pseudo_sum(0) +
                        checksum_block<sizeof(UdpWire)>(reinterpret_cast<std::uint8_t*>(udp)));
    return rule;
}

}  // namespace weir::dataplane
