// SPDX-License-Identifier: Apache-2.0
// RTCP of a fork: our sender reports, the recorder's receiver reports (RFC 3550 6.4).
#include <algorithm>
#include <array>

#include "dataplane/engine/forks.hpp"
#include "dataplane/rtp/rtcp.hpp"

namespace weir::dataplane {
namespace {

constexpr std::size_t kReportBytes = 128;  // SR 28, SDES with a CNAME of 21 characters 36, BYE 8

// RFC 3550 6.5.1: the same for all streams of a recording, so that its tracks can be aligned.
struct Cname {
    std::array<char, 21> text{};
};
Cname cname_of(const Guid& guid) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    Cname cname{{'w', 'e', 'i', 'r', '-'}};
    for (unsigned i = 0; i < 16; ++i) {
        const std::uint32_t word = guid.words[i / 8];
        cname.text[5 + i] = kDigits[word >> (28U - 4U * (i % 8U)) & 0xFU];
    }
    return cname;
}

}  // namespace

void send_report(WorkerState& worker, ForkRef fork, MonoTime now, bool with_bye) noexcept {
    ForkSlot& slot = slot_of(worker, fork);
    slot.next_report_ns = (now + kRtcpInterval).ns;
    if (!slot.remote_rtcp.is_set() || slot.account.sent == 0) return;
    rte_mbuf* packet = rte_pktmbuf_alloc(worker.pool.raw());
    if (packet == nullptr) return;  // the next one will do
    if (worker.copies.count == kTxBurst) emit_copies(worker, now);
    set_length(packet, kReportBytes);
    RtcpWriter writer(bytes_of_mbuf(packet));
    // The RTP time that corresponds to now (6.4.1), on the time line of arrival: a drain behind
    // real time does not shift the tracks against each other.
    const std::int64_t since_ns =
        std::clamp<std::int64_t>(now.ns - slot.last_arrival_ns, 0, 60'000'000'000);
    const auto since = static_cast<std::uint32_t>(since_ns * slot.clock_rate / 1'000'000'000);
    writer.sender_report({.ssrc = slot.ssrc,
                          .ntp = ntp_time({now.ns + worker.wall_offset_ns}),
                          .rtp_timestamp = slot.last_timestamp + since,
                          .packets = static_cast<std::uint32_t>(slot.account.sent),
                          .octets = static_cast<std::uint32_t>(slot.account.sent_octets)});
    const Cname cname = cname_of(worker.slot(fork.slot).guid);
    writer.cname(slot.ssrc, {cname.text.data(), cname.text.size()});
    if (with_bye) writer.bye(slot.ssrc);
    set_length(packet, writer.size());
    TxBurst& out = worker.copies;
    TxMeta& meta = out.meta[out.count];
    out.packets[out.count++] = packet;
    meta.to = slot.remote_rtcp;
    meta.from = {static_cast<std::uint16_t>(slot.local_rtp.port + 1U), slot.realm, 0};
    meta.hop = slot.rtcp_hop;
    meta.payload_sum = 0;
    meta.relay = meta.relay_rtcp = nullptr;
    meta.fork = nullptr;  // no packet of the conversation
    ++slot.account.sender_reports;
}

void report_if_due(WorkerState& worker, ForkRef fork, MonoTime now) noexcept {
    const ForkSlot& slot = slot_of(worker, fork);
    if (slot.started != 0 && slot.account.sent != 0 && now.ns >= slot.next_report_ns)
        send_report(worker, fork, now, false);
}

void note_recorder_report(WorkerState& worker, ForkSlot& fork, ByteSpan datagram,
                          MonoTime now) noexcept {
    const auto report = find_report(datagram, fork.ssrc);
    if (!report) return;
    ForkAccount& account = fork.account;
    ++account.receiver_reports;
    account.rr_highest_sequence = report->highest_sequence;
    account.rr_cumulative_lost = report->cumulative_lost;
    account.rr_jitter = report->jitter;
    account.rr_at_ns = now.ns;
    if (report->last_sr == 0) return;
    // 6.4.1: A - LSR - DLSR, in 1/65536 s; a peer's nonsense gives a negative or a huge value.
    const std::uint32_t arrival = ntp_middle(ntp_time({now.ns + worker.wall_offset_ns}));
    const std::uint32_t trip = arrival - report->last_sr - report->delay_since_sr;
    if (trip < 60U << 16U)
        account.rr_round_trip_us =
            static_cast<std::uint32_t>(std::uint64_t{trip} * 1'000'000U >> 16U);
}

}  // namespace weir::dataplane
