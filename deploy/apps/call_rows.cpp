// SPDX-License-Identifier: Apache-2.0
// Turns snapshots into the rows that the tables print.
#include "deploy/apps/call_rows.hpp"

#include <string>

#include "config/base/text.hpp"
#include "config/model/config.hpp"

namespace weir::apps {

using dataplane::Side;
using signaling::CallSnapshot;
using signaling::NegotiatedStream;

namespace {

constexpr unsigned kLegsPerCall = 10;
constexpr unsigned kFirstForkLeg = 3;
static_assert(kFirstForkLeg + kMaxForks - 1 <= kLegsPerCall);

// "PCMU/8000" as the language calls it: g711ulaw; as it is when the language has no word.
std::string codec_word(const NegotiatedStream& stream) {
    if (stream.formats.empty()) return "";
    const std::string& rtpmap = stream.formats.front().rtpmap;
    const std::string_view encoding = std::string_view(rtpmap).substr(0, rtpmap.find('/'));
    for (const config::CodecInfo& info : config::all_codecs())
        if (text::iequals(encoding, info.encoding)) return info.keyword;
    return std::string(encoding);
}

const NegotiatedStream* find_stream(const CallSnapshot& call, std::uint8_t stream) {
    for (const NegotiatedStream& each : call.view.streams)
        if (each.stream == stream) return &each;
    return nullptr;
}

// The side whose media class records: its track has m-line 0.
Side anchor_of(const CallPicture& picture) {
    if (picture.recording != nullptr)
        for (const auto& track : picture.recording->tracks)
            if (track.media_index == 0) return track.source;
    return Side::a;
}

std::string recorder_number(const CallPicture& picture) {
    if (picture.recording == nullptr || !picture.recording->recorder || !picture.call.view.config)
        return "";
    const config::DialPeer* peer =
        picture.call.view.config->find_peer(*picture.recording->recorder);
    return peer == nullptr ? "" : peer->destination_pattern;
}

signaling::ForkStream fork_stream(const dataplane::Report::Fork& fork, bool is_video, Side anchor) {
    using enum signaling::ForkStream;
    if (is_video) return fork.source == anchor ? video_nearend : video_farend;
    return fork.source == anchor ? voice_nearend : voice_farend;
}

}  // namespace

std::uint64_t leg_id(signaling::CallId call, unsigned leg) {
    return call.value() * kLegsPerCall + leg;
}

std::vector<signaling::ActiveLeg> active_legs(const std::vector<CallPicture>& calls, MonoTime now) {
    std::vector<signaling::ActiveLeg> legs;
    for (const CallPicture& picture : calls) {
        const CallSnapshot& call = picture.call;
        signaling::ActiveLeg leg;
        const MonoTime since = call.view.connected_at.value_or(call.view.invited_at);
        leg.age = std::chrono::duration_cast<std::chrono::seconds>(now - since);
        if (!call.view.streams.empty()) {
            leg.codec = codec_word(call.view.streams.front());
            leg.video = call.view.streams.front().media == "video";
        }
        for (const Side side : {Side::a, Side::b}) {
            const auto index = static_cast<std::size_t>(side);
            if (side == Side::b && call.view.parties[index].number.empty())
                continue;  // still being routed
            leg.id = leg_id(call.view.id, static_cast<unsigned>(index) + 1);
            leg.answered_by_us = side == Side::a;
            leg.peer = call.view.parties[index].number;
            leg.remote = call.remote_rtp[0][index];
            legs.push_back(leg);
        }
        if (picture.report == nullptr) continue;
        const Side anchor = anchor_of(picture);
        for (std::size_t i = 0; i < picture.report->forks.size(); ++i) {
            const auto& fork = picture.report->forks[i];
            if (fork.present == 0 || fork.source != anchor || fork.stream != 0) continue;
            leg.id = leg_id(call.view.id, kFirstForkLeg + static_cast<unsigned>(i));
            leg.answered_by_us = false;
            leg.peer = recorder_number(picture);
            leg.remote = fork.remote_rtp;
            legs.push_back(leg);
        }
    }
    return legs;
}

std::vector<signaling::RtpConnection> rtp_connections(const std::vector<CallPicture>& calls) {
    std::vector<signaling::RtpConnection> connections;
    for (const CallPicture& picture : calls) {
        const CallSnapshot& call = picture.call;
        const std::uint64_t ids[] = {leg_id(call.view.id, 1), leg_id(call.view.id, 2)};
        for (std::size_t stream = 0; stream < kMaxStreams; ++stream)
            for (std::size_t side = 0; side < 2; ++side)
                if (call.local_rtp[stream][side].is_set())
                    connections.push_back({ids[side], ids[1 - side], call.local_rtp[stream][side],
                                           call.remote_rtp[stream][side]});
        if (picture.report == nullptr) continue;
        for (std::size_t i = 0; i < picture.report->forks.size(); ++i) {
            const auto& fork = picture.report->forks[i];
            if (fork.present == 0) continue;
            connections.push_back({leg_id(call.view.id, kFirstForkLeg + static_cast<unsigned>(i)),
                                   ids[static_cast<std::size_t>(fork.source)], fork.local_rtp,
                                   fork.remote_rtp});
        }
    }
    return connections;
}

void add_orphan_connections(const dataplane::Report& report,
                            std::vector<signaling::RtpConnection>& connections) {
    const dataplane::SessionState& state = report.state;
    for (std::size_t stream = 0; stream < state.stream_count && stream < kMaxStreams; ++stream)
        for (std::size_t side = 0; side < 2; ++side)
            connections.push_back(
                {0, 0, state.local[stream].local_rtp[side], state.remote_rtp[stream][side]});
    for (const auto& fork : report.forks)
        if (fork.present != 0) connections.push_back({0, 0, fork.local_rtp, fork.remote_rtp});
}

std::vector<signaling::ForkGroup> fork_groups(const std::vector<CallPicture>& calls) {
    std::vector<signaling::ForkGroup> groups;
    for (const CallPicture& picture : calls) {
        if (picture.report == nullptr) continue;
        signaling::ForkGroup group;
        const Side anchor = anchor_of(picture);
        for (const auto& fork : picture.report->forks) {
            if (fork.present == 0) continue;
            const NegotiatedStream* stream = find_stream(picture.call, fork.stream);
            const bool video = stream != nullptr && stream->media == "video";
            group.rows.push_back({fork_stream(fork, video, anchor), fork.remote_rtp,
                                  fork.local_rtp.port, stream == nullptr ? "" : codec_word(*stream),
                                  fork.account.ssrc, fork.account.sent});
        }
        if (!group.rows.empty()) groups.push_back(std::move(group));
    }
    return groups;
}

}  // namespace weir::apps
