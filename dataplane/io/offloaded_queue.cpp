// SPDX-License-Identifier: Apache-2.0
// Merging the frames of a socket with the records of the program in front of it.
#include "dataplane/io/offloaded_queue.hpp"

#include <algorithm>

#include <rte_ethdev.h>
#include <rte_memcpy.h>

#include "dataplane/engine/checksum.hpp"

namespace weir::dataplane {
namespace {

// Null: no buffer is free; the record stays where it is.
rte_mbuf* packet_of(const weir_record& record, const OffloadedSource& source) {
    rte_mbuf* packet = rte_pktmbuf_alloc(source.pool);
    if (packet == nullptr) [[unlikely]]
        return nullptr;
    // The program copies no longer ones; its bound holds here, too.
    const std::uint32_t bytes = std::min<std::uint32_t>(record.bytes, WEIR_RECORD_FRAME);
    set_length(packet, bytes);
    rte_memcpy(rte_pktmbuf_mtod(packet, void*), record.frame, bytes);
    packet->ol_flags |= source.sent_mark;
    packet->hash.usr = checksum_fold32(record.payload_sum);  // FlowOffload::sent_mark
    packet->packet_type = record.fork;
    return packet;
}

}  // namespace

void OffloadedQueue::take_records(const OffloadedSource& source, Burst& burst) noexcept {
    while (burst.count < kBurst) {
        const weir_record* record = source.ring.front(records_until_);
        if (record == nullptr) return;
        rte_mbuf* packet = packet_of(*record, source);
        if (packet == nullptr) [[unlikely]]
            return;
        burst.meta[burst.count].arrival_ns = static_cast<std::int64_t>(record->arrival_ns);
        burst.packets[burst.count++] = packet;
        source.ring.release();
    }
}

void OffloadedQueue::look(const OffloadedSource& source) noexcept {
    if (first_ == count_) {
        first_ = 0;
        count_ = rte_eth_rx_burst(source.port_id, source.queue, frames_.data(), kBurst);
        records_until_ = source.ring.produced();
    } else {  // the device may have come back with a new ring, which begins at nothing
        records_until_ = std::min(records_until_, source.ring.produced());
    }
}

std::uint16_t OffloadedQueue::take(const OffloadedSource& source, Burst& burst,
                                   MonoTime now) noexcept {
    std::uint16_t taken = 0;
    do {
        look(source);
        take_records(source, burst);
        has_waiting_ = source.ring.consumed() < records_until_;
        if (has_waiting_) return taken;
        for (; first_ != count_ && burst.count < kBurst; ++taken) {
            burst.meta[burst.count].arrival_ns = now.ns;
            burst.packets[burst.count++] = frames_[first_++];
        }
        // A look that was full has left some behind.
        has_waiting_ = first_ != count_ || count_ == kBurst;
    } while (has_waiting_ && burst.count < kBurst);
    return taken;
}

void OffloadedQueue::drop() noexcept {
    if (first_ != count_)
        rte_pktmbuf_free_bulk(frames_.data() + first_, static_cast<unsigned>(count_ - first_));
    first_ = count_ = 0;
}

}  // namespace weir::dataplane
