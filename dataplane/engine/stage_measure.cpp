// SPDX-License-Identifier: Apache-2.0
// Stage measure: RFC 3550 reception statistics, and whose loss each gap is.
#include "dataplane/engine/stages.hpp"
#include "dataplane/rtp/reception.hpp"

namespace weir::dataplane {
namespace {

void book_gap(StreamAccount& account, PacketMeta& meta, const ReceptionResult& result) {
    account.expected += 1U + result.gap;
    account.last_sequence = meta.sequence;
    if (result.gap == 0) [[likely]]
        return;
    (result.ours ? account.lost_ours : account.lost_before_us) += result.gap;
    (result.ours ? meta.gap_ours : meta.gap_network) = result.gap;
}

void book_new_source(StreamAccount& account, const PacketMeta& meta) {
    if (account.first_at_ns == 0) {
        account.first_at_ns = meta.arrival_ns;
        account.first_sequence = meta.sequence;
    } else if (account.ssrc != meta.ssrc) {
        ++account.ssrc_changes;
    }
    account.ssrc = meta.ssrc;
    account.last_sequence = meta.sequence;
    ++account.expected;
}

// Anything but the next packet in order.
void book(DirectionSlot& from, PacketMeta& meta, const ReceptionResult& result) {
    StreamAccount& account = from.account;
    meta.epoch = from.reception.epoch;
    meta.fresh = result.arrival != Arrival::duplicate ? 1 : 0;
    switch (result.arrival) {
        case Arrival::in_order:
            book_gap(account, meta, result);
            account.jitter = from.reception.jitter_q4 >> 4U;
            break;
        case Arrival::new_source:
        case Arrival::jumped:
            book_new_source(account, meta);
            break;
        case Arrival::late:
            ++account.reordered;
            --(result.ours ? account.lost_ours : account.lost_before_us);
            (result.ours ? meta.gap_ours : meta.gap_network) = kFillsHole;
            break;
        case Arrival::straggler:
            ++account.reordered;
            ++account.expected;
            break;
        case Arrival::duplicate:
            ++account.duplicates;
            break;
    }
}

[[nodiscard]] ReceivedPacket received(const PacketMeta& meta) {
    return {meta.ssrc,         meta.timestamp, meta.sequence,
            meta.payload_type, meta.overflow,  meta.arrival_ns};
}

// Not in line: it takes the packet's description in memory, the quick way keeps it in registers.
[[gnu::noinline]] void measure_other(DirectionSlot& from, PacketMeta& meta, PacketIo& io) {
    ReceivedPacket packet = received(meta);
    // Devices tell what they missed when they are asked: now, before a gap is judged.
    if (io.framing() == Framing::ethernet) packet.overflow = io.overflow(meta.local);
    book(from, meta, note_packet(from.reception, packet));
}

}  // namespace

void measure(Burst& burst, WorkerState& worker) noexcept {
    const std::size_t count = burst.count;
    for (std::size_t i = 0; i < count; ++i) {
        PacketMeta& meta = burst.meta[i];
        meta.fresh = 0;
        meta.gap_network = 0;
        meta.gap_ours = 0;
        if (meta.owner.role != PortRole::rtp) continue;
        DirectionSlot& from = *burst.from[i];
        if (from.pre_roll_ring != 0) worker.pre_roll(from).prefetch();
        StreamAccount& account = from.account;
        account.received_octets += meta.payload_bytes;
        account.last_at_ns = meta.arrival_ns;
        if (!note_next_packet(from.reception, received(meta))) [[unlikely]] {
            measure_other(from, meta, worker.io);
            continue;
        }
        ++account.expected;
        account.last_sequence = meta.sequence;
        account.jitter = from.reception.jitter_q4 >> 4U;
        meta.fresh = 1;
        meta.epoch = from.reception.epoch;
    }
}

}  // namespace weir::dataplane
