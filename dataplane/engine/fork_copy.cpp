// SPDX-License-Identifier: Apache-2.0
// One copy of one packet: payload and timestamp as received, own SSRC, continuous sequence numbers.
#include <bit>
#include <cstring>
#include <utility>

#include "dataplane/engine/checksum.hpp"
#include "dataplane/engine/engine_limits.hpp"
#include "dataplane/engine/forks.hpp"
#include "dataplane/rtp/reception.hpp"
#include "dataplane/rtp/rtp_header.hpp"

namespace weir::dataplane {
namespace {

// Where the source's numbers began anew, or the recorder was spared a stretch, ours go on by one.
void settle_sequence(ForkSlot& fork, std::uint16_t sequence, std::uint8_t epoch) {
    const bool is_first_after_restart = std::exchange(fork.adopted, std::uint8_t{0}) != 0;
    if (fork.sequence_known != 0 && fork.epoch == epoch) [[likely]]
        return;
    // Numbers that the recorder may have already are not used again.
    if (is_first_after_restart) {
        fork.next_sequence = static_cast<std::uint16_t>(fork.next_sequence + kUnseenCopies);
        fork.account.skipped += kUnseenCopies;
    }
    const bool sent_before = fork.account.copied != 0;
    fork.sequence_offset =
        sent_before ? static_cast<std::uint16_t>(fork.next_sequence - sequence) : std::uint16_t{0};
    if (!sent_before) fork.next_sequence = sequence;
    fork.sequence_known = 1;
    fork.epoch = epoch;
}

struct Changed {
    std::uint16_t sequence = 0;
    std::uint32_t ssrc = 0;
};
[[nodiscard]] std::uint64_t word_sum(std::uint32_t host) {
    return (__builtin_bswap32(host) & 0xFFFFU) + (__builtin_bswap32(host) >> 16U);
}

// The checksum of a packet whose sequence number and SSRC changed (RFC 1624). Ones' complement: the
// old words are taken away by adding what complements them to all ones.
[[nodiscard]] std::uint32_t sum_after(std::uint32_t sum, Changed before, Changed after) {
    const std::uint64_t gone = __builtin_bswap16(before.sequence) + word_sum(before.ssrc);
    const std::uint64_t come = __builtin_bswap16(after.sequence) + word_sum(after.ssrc);
    return checksum_fold32(std::uint64_t{sum} + 3 * 0xFFFFU - gone + come);
}

void note_copy(ForkSlot& fork, std::uint16_t sequence, std::uint32_t timestamp,
               std::int64_t arrival_ns) {
    if (static_cast<std::int16_t>(sequence - fork.next_sequence) >= 0)
        fork.next_sequence = static_cast<std::uint16_t>(sequence + 1U);
    fork.last_timestamp = timestamp;
    fork.last_arrival_ns = arrival_ns;
}

void book_sent(ForkAccount& account, std::uint16_t sequence, std::uint16_t payload_bytes,
               std::int64_t at_ns) {
    if (account.sent++ == 0) {
        account.first_sequence = sequence;
        account.first_sent_ns = at_ns;
    }
    account.sent_octets += payload_bytes;
    account.last_sequence = sequence;
    account.last_sent_ns = at_ns;
}

void book_gap(std::uint64_t& lost, std::uint16_t gap) {
    if (gap != kFillsHole) [[likely]]
        lost += gap;
    else if (lost != 0)
        --lost;
}

}  // namespace

bool copy_to_recorder(WorkerState& worker, ForkRef fork, const CopySource& source,
                      MonoTime now) noexcept {
    rte_mbuf* packet = rte_pktmbuf_alloc(worker.pool.raw());
    if (packet == nullptr) [[unlikely]]
        return false;
    if (worker.copies.count == kTxBurst) emit_copies(worker, now);
    ForkSlot& slot = slot_of(worker, fork);
    set_length(packet, source.packet.size());
    const MutableByteSpan bytes = bytes_of_mbuf(packet);
    std::memcpy(bytes.data(), source.packet.data(), bytes.size());
    auto* rtp = view_as<RtpWire>(bytes);
    const std::uint16_t received = rtp->sequence.get();
    const std::uint32_t received_ssrc = rtp->ssrc.get();
    settle_sequence(slot, received, source.epoch);
    const auto sequence = static_cast<std::uint16_t>(received + slot.sequence_offset);
    rtp->sequence.set(sequence);
    rtp->ssrc.set(slot.ssrc);
    note_copy(slot, sequence, rtp->timestamp.get(), source.arrival_ns);

    TxBurst& out = worker.copies;
    TxMeta& meta = out.meta[out.count];
    out.packets[out.count++] = packet;
    meta.to = slot.remote_rtp;
    meta.from = {slot.local_rtp.port, slot.realm, 0};
    meta.hop = slot.rtp_hop;
    meta.relay = nullptr;
    meta.relay_rtcp = nullptr;
    meta.fork = &slot.account;
    meta.payload_bytes = source.payload_bytes;
    meta.sequence = sequence;
    meta.payload_sum =
        source.payload_sum == 0
            ? 0
            : sum_after(source.payload_sum, {received, received_ssrc}, {sequence, slot.ssrc});
    ++slot.account.copied;
    ++slot.account.queued;
    count(worker.counters.copied);
    return true;
}

void book_copy(const TxMeta& meta, bool sent, MonoTime now) noexcept {
    ForkAccount& account = *meta.fork;
    --account.queued;
    if (sent) [[likely]]
        return book_sent(account, meta.sequence, meta.payload_bytes, now.ns);
    ++account.send_drops;
}

void book_sent_copy(WorkerState& worker, ForkSlot& fork, const PacketMeta& meta) noexcept {
    const auto sequence = static_cast<std::uint16_t>(meta.sequence + fork.sequence_offset);
    note_copy(fork, sequence, meta.timestamp, meta.arrival_ns);
    ++fork.account.copied;
    book_sent(fork.account, sequence, meta.payload_bytes, meta.arrival_ns);
    count(worker.counters.copied);
    count(worker.counters.copied_by_kernel);
}

void book_fork_gaps(ForkAccount& account, std::uint16_t network, std::uint16_t ours) noexcept {
    // What the network lost before the first eligible packet is no part of the conversation; what
    // we lost may have been: it counts.
    if (network == kFillsHole || account.eligible != 0) book_gap(account.lost_before_us, network);
    book_gap(account.lost_ours, ours);
}

}  // namespace weir::dataplane
