// SPDX-License-Identifier: Apache-2.0
// Turns snapshots into the rows that the tables print.
#include "deploy/apps/call_rows.hpp"

#include <string>

#include "config/base/text.hpp"
#include "config/model/config.hpp"

namespace weir::apps {

using dataplane::Side;
using signaling::CallSnapshot;
using signaling::codec_word;
using signaling::NegotiatedStream;

namespace {

constexpr unsigned kFirstForkLeg = 3;  // behind the caller's and the callee's (call_leg.hpp)

const NegotiatedStream* find_stream(const CallSnapshot& call, std::uint8_t stream) {
    for (const NegotiatedStream& each : call.view.streams)
        if (each.stream == stream) return &each;
    return nullptr;
}

signaling::ForkStream fork_stream(const dataplane::Report::Fork& fork, bool is_video, Side anchor) {
    using enum signaling::ForkStream;
    if (is_video) return fork.source == anchor ? video_nearend : video_farend;
    return fork.source == anchor ? voice_nearend : voice_farend;
}

}  // namespace

std::uint64_t fork_leg_id(signaling::CallId call, std::size_t fork) {
    return leg_id(call, kFirstForkLeg + static_cast<unsigned>(fork));
}

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
            leg.id = fork_leg_id(call.view.id, i);
            leg.answered_by_us = false;
            leg.peer = recorder_number(picture);
            leg.remote = fork.remote_rtp;
            legs.push_back(leg);
        }
    }
    return legs;
}

namespace {

// The leg toward the recorder that takes `base`, the anchor's.
signaling::CallLeg fork_leg(const CallPicture& picture, const signaling::CallLeg& base,
                            std::size_t index) {
    const auto& fork = picture.report->forks[index];
    signaling::CallLeg leg = base;
    leg.id = fork_leg_id(picture.call.view.id, index);
    leg.is_fork = true;
    leg.side = Side::b;
    leg.number = recorder_number(picture);
    leg.display.clear();
    leg.sip_call_id.clear();
    leg.target.clear();
    leg.peer = picture.recording != nullptr && picture.recording->recorder
                   ? *picture.recording->recorder
                   : config::DialPeerTag{};
    leg.path = {};
    leg.signalling = fork.remote_rtp.address;
    leg.uuids = {};
    leg.local_rtp = fork.local_rtp;
    leg.remote_rtp = fork.remote_rtp;
    leg.sent = {fork.account.sent, fork.account.sent_octets};
    leg.received = {};
    leg.lost = 0;
    leg.lost_ours = 0;
    leg.reordered = 0;
    leg.duplicates = 0;
    leg.rtcp = 0;
    leg.ssrc = fork.account.ssrc;
    leg.ssrc_changes = 0;
    leg.jitter_ms = 0;
    return leg;
}

}  // namespace

std::vector<signaling::CallLeg> full_legs(const std::vector<CallPicture>& calls, MonoTime now,
                                          signaling::LegMedia media) {
    std::vector<signaling::CallLeg> all;
    for (const CallPicture& picture : calls) {
        const auto legs = signaling::legs_of(
            {picture.call.view, picture.call.state, &picture.call,
             picture.report == nullptr ? nullptr : &picture.report->state, nullptr},
            now, media);
        all.insert(all.end(), legs.begin(), legs.end());
        if (picture.report == nullptr || legs.empty()) continue;
        const Side anchor = anchor_of(picture);
        const auto& base = anchor == Side::a ? legs.front() : legs.back();
        for (std::size_t i = 0; i < picture.report->forks.size(); ++i) {
            const auto& fork = picture.report->forks[i];
            const auto* stream = find_stream(picture.call, fork.stream);
            const bool video = stream != nullptr && stream->media == "video";
            if (fork.present != 0 && fork.source == anchor &&
                video == (media == signaling::LegMedia::video))
                all.push_back(fork_leg(picture, base, i));
        }
    }
    return all;
}

std::vector<signaling::RtpConnection> rtp_connections(const std::vector<CallPicture>& calls) {
    std::vector<signaling::RtpConnection> connections;
    for (const CallPicture& picture : calls) {
        const CallSnapshot& call = picture.call;
        // The numbers as they came, and as they went on.
        const signaling::RtpLeg legs[] = {
            {true, call.view.called, call.view.calling},
            {false, call.view.parties[1].number, call.view.parties[0].number}};
        const std::uint64_t ids[] = {leg_id(call.view.id, 1), leg_id(call.view.id, 2)};
        for (std::size_t stream = 0; stream < kMaxStreams; ++stream)
            for (std::size_t side = 0; side < 2; ++side)
                if (call.local_rtp[stream][side].is_set())
                    connections.push_back({ids[side], ids[1 - side], call.local_rtp[stream][side],
                                           call.remote_rtp[stream][side], legs[side],
                                           legs[1 - side]});
        if (picture.report == nullptr) continue;
        for (std::size_t i = 0; i < picture.report->forks.size(); ++i) {
            const auto& fork = picture.report->forks[i];
            if (fork.present == 0) continue;
            const auto source = static_cast<std::size_t>(fork.source);
            connections.push_back({fork_leg_id(call.view.id, i),
                                   ids[source],
                                   fork.local_rtp,
                                   fork.remote_rtp,
                                   {false, recorder_number(picture), legs[source].calling},
                                   legs[source]});
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
