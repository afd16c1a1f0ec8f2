// SPDX-License-Identifier: Apache-2.0
// Stage admit: is it RTP or RTCP, whole, and from the signalled party?
#include "dataplane/engine/forks.hpp"
#include "dataplane/engine/stages.hpp"
#include "dataplane/rtp/rtcp.hpp"
#include "dataplane/rtp/rtp_header.hpp"

namespace weir::dataplane {
namespace {

enum class Outcome : std::uint8_t { keep, drop, taken };

struct Judgement {
    Outcome outcome = Outcome::keep;
    Verdict verdict = Verdict::closed;
};

[[nodiscard]] Verdict verdict_of(RtpFault fault) {
    switch (fault) {
        case RtpFault::too_short:
            return Verdict::too_short;
        case RtpFault::too_long:
            return Verdict::too_long;
        case RtpFault::bad_version:
            return Verdict::bad_version;
        case RtpFault::bad_header:
        case RtpFault::none:
            break;
    }
    return Verdict::bad_header;
}

// Too early rather than foreign: an address is not signalled yet. It waits a moment.
[[nodiscard]] Judgement hold(WorkerState& worker, rte_mbuf* packet, const PacketMeta& meta,
                             MonoTime now) {
    const bool source_known = worker.direction(meta.owner).remote_rtp.is_set();
    const Verdict otherwise = source_known ? Verdict::no_destination : Verdict::wrong_source;
    const auto age = std::chrono::nanoseconds(now.ns - meta.arrival_ns);
    const bool lingering = worker.slot(meta.owner.slot).phase != SlotPhase::open;
    if (age >= kHoldBack || lingering || !worker.held.keep(packet, meta))
        return {Outcome::drop, otherwise};
    return {Outcome::taken, otherwise};
}

// The header of nearly all packets: version 2 and nothing else, a length that may be.
[[nodiscard]] bool read_plain_header(ByteSpan bytes, PacketMeta& meta) {
    const auto* wire = view_as<RtpWire>(bytes);
    if (wire == nullptr || bytes.size() > kMaxRtpBytes || wire->first != 0x80U) return false;
    meta.sequence = wire->sequence.get();
    meta.timestamp = wire->timestamp.get();
    meta.ssrc = wire->ssrc.get();
    meta.payload_type = wire->second & 0x7FU;
    meta.payload_bytes = static_cast<std::uint16_t>(bytes.size() - sizeof(RtpWire));
    return true;
}

// From the party that is signalled, and there is another one.
[[nodiscard]] bool is_between_parties(const PacketMeta& meta, const DirectionSlot& from,
                                      const DirectionSlot& to) {
    return same_endpoint(meta.peer, from.remote_rtp) && from.remote_rtp.is_set() &&
           to.remote_rtp.is_set();
}

// Nearly all packets. False: nothing is said of it, ask judge().
[[nodiscard]] bool is_plain_rtp(const WorkerState& worker, rte_mbuf* packet, PacketMeta& meta,
                                const DirectionSlot* from, const DirectionSlot* to) {
    if (meta.owner.role != PortRole::rtp || meta.truncated != 0) return false;
    const ByteSpan bytes = bytes_of_mbuf(packet);
    return read_plain_header(bytes, meta) && !looks_like_rtcp(bytes) &&
           (is_sent_by_kernel(worker, *packet) || is_between_parties(meta, *from, *to));
}

[[nodiscard]] Judgement admit_rtp(WorkerState& worker, rte_mbuf* packet, PacketMeta& meta,
                                  const DirectionSlot& from, const DirectionSlot& to,
                                  MonoTime now) {
    if (meta.truncated != 0) return {Outcome::drop, Verdict::too_long};
    const RtpView view = check_rtp(bytes_of_mbuf(packet));
    if (view.fault != RtpFault::none) return {Outcome::drop, verdict_of(view.fault)};
    meta.sequence = view.sequence;
    meta.timestamp = view.timestamp;
    meta.ssrc = view.ssrc;
    meta.payload_type = view.payload_type;
    meta.payload_bytes = view.payload_bytes;
    // Judged and sent with the addresses that counted when it came.
    if (is_sent_by_kernel(worker, *packet) || is_between_parties(meta, from, to)) return {};
    if (from.remote_rtp.is_set() && !same_endpoint(meta.peer, from.remote_rtp))
        return {Outcome::drop, Verdict::wrong_source};
    return hold(worker, packet, meta, now);  // somebody's address is not signalled yet
}

[[nodiscard]] Judgement admit_opaque(rte_mbuf* packet, const PacketMeta& meta,
                                     const DirectionSlot& from, const DirectionSlot& to) {
    if (meta.truncated != 0 || packet->data_len > kMaxRtpBytes)
        return {Outcome::drop, Verdict::too_long};
    if (!same_endpoint(meta.peer, from.remote_rtp)) return {Outcome::drop, Verdict::wrong_source};
    if (!to.remote_rtp.is_set()) return {Outcome::drop, Verdict::no_destination};
    return {};
}

[[nodiscard]] Judgement admit_rtcp(rte_mbuf* packet, const PacketMeta& meta, DirectionSlot& from,
                                   const DirectionSlot& to) {
    ++from.account.rtcp_received;
    if (meta.truncated != 0) return {Outcome::drop, Verdict::too_long};
    if (!check_rtcp(bytes_of_mbuf(packet))) return {Outcome::drop, Verdict::bad_header};
    const bool muxed = meta.local.port == from.local_rtp.port;  // RFC 5761
    const Endpoint& expected = muxed ? from.remote_rtp : from.remote_rtcp;
    if (!expected.is_set() || !same_endpoint(meta.peer, expected))
        return {Outcome::drop, Verdict::wrong_source};
    if (!(muxed ? to.remote_rtp : to.remote_rtcp).is_set())
        return {Outcome::drop, Verdict::no_destination};
    return {};
}

[[nodiscard]] Judgement admit_fork_rtcp(WorkerState& worker, rte_mbuf* packet,
                                        const PacketMeta& meta, MonoTime now) {
    ForkSlot& fork = worker.slot(meta.owner.slot).forks[meta.owner.unit];
    const ByteSpan bytes = bytes_of_mbuf(packet);
    if (meta.truncated != 0) return {Outcome::drop, Verdict::too_long};
    if (!check_rtcp(bytes)) return {Outcome::drop, Verdict::bad_header};
    // The address only: recorders send reports from whatever port they like.
    if (meta.peer.address != fork.remote_rtp.address) return {Outcome::drop, Verdict::wrong_source};
    note_recorder_report(worker, fork, bytes, now);
    // Understood and not relayed: no drop, so no verdict.
    discard(worker, packet);
    return {Outcome::taken, Verdict::closed};
}

[[nodiscard]] Judgement judge(WorkerState& worker, const Burst& burst, std::size_t i,
                              PacketMeta& meta, MonoTime now) {
    rte_mbuf* packet = burst.packets[i];
    switch (meta.owner.role) {
        case PortRole::rtp:
            if (!looks_like_rtcp(bytes_of_mbuf(packet)))
                return admit_rtp(worker, packet, meta, *burst.from[i], *burst.to[i], now);
            meta.owner.role = PortRole::rtcp;
            return admit_rtcp(packet, meta, *burst.from[i], *burst.to[i]);
        case PortRole::rtcp:
            return admit_rtcp(packet, meta, *burst.from[i], *burst.to[i]);
        case PortRole::opaque:
            return admit_opaque(packet, meta, *burst.from[i], *burst.to[i]);
        case PortRole::fork_rtcp:
            return admit_fork_rtcp(worker, packet, meta, now);
        case PortRole::fork_rtp:  // nobody has business there: a recorder receives only
        case PortRole::none:
            break;
    }
    return {Outcome::drop, Verdict::wrong_source};
}

// The stream that pays for what becomes of the packet, where it has one.
[[nodiscard]] StreamAccount* account_of(const PacketMeta& meta, DirectionSlot* from) {
    const bool is_counted = meta.owner.role == PortRole::rtp || meta.owner.role == PortRole::opaque;
    return is_counted ? &from->account : nullptr;
}

// False: it is dropped or taken.
[[nodiscard, gnu::noinline]] bool admit_other(WorkerState& worker, Burst& burst, std::size_t i,
                                              MonoTime now) {
    PacketMeta& meta = burst.meta[i];
    const Judgement judgement = judge(worker, burst, i, meta, now);
    StreamAccount* account = account_of(meta, burst.from[i]);
    // A packet that is held back counts as received when it is judged again.
    if (account != nullptr && judgement.outcome != Outcome::taken) ++account->received;
    if (judgement.outcome == Outcome::drop)
        drop(worker, burst.packets[i], judgement.verdict, account);
    return judgement.outcome == Outcome::keep;
}

}  // namespace

void admit(Burst& burst, WorkerState& worker, MonoTime now) noexcept {
    std::size_t kept = 0;
    const std::size_t count = burst.count;
    for (std::size_t i = 0; i < count; ++i) {
        PacketMeta& meta = burst.meta[i];
        rte_mbuf* packet = burst.packets[i];
        DirectionSlot* from = burst.from[i];
        if (is_plain_rtp(worker, packet, meta, from, burst.to[i])) [[likely]]
            ++from->account.received;
        else if (!admit_other(worker, burst, i, now))
            continue;
        if (meta.owner.role == PortRole::rtp)
            prefetch_fork(worker, meta.owner, copied_by_kernel(worker, *packet) != 0);
        if (account_of(meta, from) != nullptr && from->pre_roll_ring != 0)
            worker.pre_roll(*from).prefetch_header();
        keep(burst, kept, i);
    }
    burst.count = static_cast<std::uint16_t>(kept);
}

}  // namespace weir::dataplane
