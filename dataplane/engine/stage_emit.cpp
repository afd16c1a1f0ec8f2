// SPDX-License-Identifier: Apache-2.0
// Stage emit: framing where the I/O wants it, sending, and booking what became of each packet.
#include "dataplane/engine/forks.hpp"
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {
namespace {

void put_frames(TxBurst& burst, const Framer& framer) {
    for (std::uint16_t i = 0; i < burst.count; ++i) {
        rte_mbuf* packet = burst.packets[i];
        const TxMeta& meta = burst.meta[i];
        const auto header = static_cast<std::uint16_t>(frame_header_bytes(meta.to));
        // The headroom is there: received headers were stripped, copies leave RTE_PKTMBUF_HEADROOM.
        packet->data_off = static_cast<std::uint16_t>(packet->data_off - header);
        set_length(packet, std::size_t{packet->data_len} + header);
        write_frame(bytes_of_mbuf(packet), framer, {meta.to, meta.from, meta.payload_sum});
    }
}

void book_relay(const TxBurst& burst, WorkerState& worker) {
    std::uint64_t relayed = 0;
    for (std::uint16_t i = 0; i < burst.count; ++i) {
        const TxMeta& meta = burst.meta[i];
        if (burst.sent[i]) [[likely]] {
            ++relayed;
            if (meta.relay != nullptr) ++meta.relay->relayed;
            if (meta.relay_rtcp != nullptr) ++meta.relay_rtcp->rtcp_relayed;
            continue;
        }
        const auto refused = static_cast<std::size_t>(Verdict::send_refused);
        count(worker.counters.drops[refused]);
        if (meta.relay != nullptr) ++meta.relay->drops[refused];
    }
    count(worker.counters.relayed, relayed);
}

void transmit(TxBurst& burst, WorkerState& worker) {
    if (worker.io.framing() == Framing::ethernet) put_frames(burst, worker.framer);
    worker.io.transmit(burst);
}

}  // namespace

void emit_copies(WorkerState& worker, MonoTime now) noexcept {
    TxBurst& copies = worker.copies;
    if (copies.count == 0) return;
    transmit(copies, worker);
    for (std::uint16_t i = 0; i < copies.count; ++i)
        if (copies.meta[i].fork != nullptr) book_copy(copies.meta[i], copies.sent[i], now);
    copies.count = 0;
}

void emit(Burst& burst, WorkerState& worker, MonoTime now) noexcept {
    burst.count = 0;  // rewrite() has put all of it into `relay`
    if (worker.relay.count != 0) {
        transmit(worker.relay, worker);
        book_relay(worker.relay, worker);
        worker.relay.count = 0;
    }
    emit_copies(worker, now);
}

}  // namespace weir::dataplane
