// SPDX-License-Identifier: Apache-2.0
// The reception thread's packets: RTP into tracks, RTCP both ways, draining at the end.
#include <array>
#include <cstdio>
#include <limits>

#include <sys/eventfd.h>

#include "config/base/limits.hpp"
#include "dataplane/rtp/rtcp.hpp"
#include "dataplane/rtp/rtp_header.hpp"
#include "forking/recorder/reception.hpp"

namespace weir::forking {
namespace {

constexpr std::size_t kReadsPerTurn = 4;   // bursts of one socket before the others have their turn
constexpr std::size_t kDrainLimit = 4096;  // datagrams read at the end: more than a socket can hold
constexpr std::string_view kCname = "weir-recorder";

}  // namespace

void Reception::on_ready(int fd) {
    if (fd == wake_.get()) {
        eventfd_t value = 0;
        ::eventfd_read(fd, &value);
        return;
    }
    const auto found = watched_.find(fd);
    if (found == watched_.end()) return;
    const auto session = sessions_.find(found->second.key);
    if (session == sessions_.end()) return;
    LiveTrack& live = *session->second.tracks.at(found->second.track);
    if (!found->second.rtcp) {
        read_rtp(live, kReadsPerTurn * kBurst);
        return;
    }
    reader_.read(fd, kBurst, wall_offset(),
                 [&](const Datagram& datagram) { on_rtcp(live, datagram); });
}

std::size_t Reception::read_rtp(LiveTrack& live, std::size_t limit) {
    const std::int64_t offset = wall_offset();
    std::size_t total = 0;
    while (total < limit) {
        const std::size_t n =
            reader_.read(live.sockets.rtp.get(), kBurst, offset,
                         [&](const Datagram& datagram) { on_rtp(live, datagram); });
        total += n;
        if (n < kBurst) break;
    }
    return total;
}

void Reception::on_rtp(LiveTrack& live, const Datagram& datagram) {
    if (datagram.overflow != live.overflow_seen) {
        const std::uint32_t more = datagram.overflow - live.overflow_seen;
        live.overflow_seen = datagram.overflow;
        live.track.count_overflow(more);
        totals_.overflow.fetch_add(more, std::memory_order_relaxed);
    }
    const dataplane::RtpView view = dataplane::check_rtp(datagram.bytes);
    if (view.fault != dataplane::RtpFault::none || dataplane::looks_like_rtcp(datagram.bytes)) {
        live.track.count_malformed();
        totals_.rejected.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    const TrackPacket packet{
        .payload_type = view.payload_type,
        .marker = view.marker,
        .sequence = view.sequence,
        .timestamp = view.timestamp,
        .ssrc = view.ssrc,
        .payload = datagram.bytes.subspan(view.payload_offset, view.payload_bytes),
    };
    live.track.receive(packet, datagram.source, datagram.arrival);
    totals_.packets.fetch_add(1, std::memory_order_relaxed);
}

void Reception::on_rtcp(LiveTrack& live, const Datagram& datagram) {
    if (!dataplane::check_rtcp(datagram.bytes)) return;
    const auto sender = dataplane::find_sender_info(datagram.bytes);
    const TrackRecord& record = live.track.record();
    // A report of somebody else must not turn ours away from the sender.
    if (!sender || sender->ssrc != record.account.ssrc) return;
    if (datagram.source.address != record.remote.address) return;
    live.last_sr = dataplane::ntp_middle(sender->ntp);
    live.last_sr_at = datagram.arrival;
    live.report_to = datagram.source;
}

void Reception::send_report(LiveTrack& live, MonoTime now, bool bye) {
    auto block = live.track.report();
    if (!block || !live.report_to.is_set()) return;
    if (live.last_sr != 0) {
        block->last_sr = live.last_sr;
        // RFC 3550 6.4.1: units of 1/65536 s.
        const double seconds_since = static_cast<double>((now - live.last_sr_at).count()) / 1e9;
        block->delay_since_sr = static_cast<std::uint32_t>(seconds_since * 65536.0);
    }
    std::array<std::uint8_t, 256> buffer{};
    dataplane::RtcpWriter writer(buffer);
    writer.receiver_report(live.own_ssrc, *block);
    writer.cname(live.own_ssrc, kCname);
    if (bye) writer.bye(live.own_ssrc);
    if (writer.ok())
        send_datagram(live.sockets.rtcp.get(), ByteSpan(buffer.data(), writer.size()),
                      live.report_to);
}

bool Reception::drain(Live& session, MonoTime now) {
    for (auto& live : session.tracks)
        read_rtp(*live, kDrainLimit);
    if (!session.drained_at) {
        session.drained_at = now;
        return false;
    }
    return now - *session.drained_at >= kRecorderGrace;
}

}  // namespace weir::forking
