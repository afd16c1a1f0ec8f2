// SPDX-License-Identifier: Apache-2.0
// rtp_stat: the sums over the streams of a session.
#include "signaling/call/rtp_stat.hpp"

#include <algorithm>

namespace weir::signaling {
namespace {

bool has_line(const config::KeptLines& lines, std::string_view command) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const auto& line) { return std::string_view(line.text) == command; });
}

}  // namespace

bool wants_rtp_stat(const config::Config& config) {
    return has_line(config.voice.kept, "media bulk-stats") &&
           has_line(config.voice.kept, "media stats-disconnect");
}

std::string rtp_stat(const dataplane::SessionState& state, dataplane::Side side,
                     std::chrono::seconds talked, std::uint32_t clock_rate) {
    const auto own = static_cast<std::size_t>(side);
    const auto other = static_cast<std::size_t>(dataplane::other(side));
    dataplane::StreamAccount from;  // the party
    std::uint64_t sent = 0;
    std::uint64_t sent_octets = 0;
    const std::size_t count = std::min<std::size_t>(state.stream_count, state.streams.size());
    for (std::size_t stream = 0; stream < count; ++stream) {
        const auto& theirs = state.streams[stream][own];
        from.received += theirs.received;
        from.received_octets += theirs.received_octets;
        from.lost_before_us += theirs.lost_before_us;
        sent += state.streams[stream][other].relayed;
        sent_octets += state.streams[stream][other].received_octets;
    }
    const std::uint32_t jitter = count == 0 ? 0 : state.streams[0][own].jitter;
    const std::uint32_t per_ms = std::max<std::uint32_t>(1, clock_rate / 1000);
    return "PS=" + std::to_string(sent) + ",OS=" + std::to_string(sent_octets) +
           ",PR=" + std::to_string(from.received) + ",OR=" + std::to_string(from.received_octets) +
           ",PL=" + std::to_string(from.lost_before_us) + ",JI=" + std::to_string(jitter / per_ms) +
           ",LA=0,DU=" + std::to_string(std::max<std::int64_t>(0, talked.count()));
}

}  // namespace weir::signaling
