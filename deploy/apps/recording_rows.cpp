// SPDX-License-Identifier: Apache-2.0
// A recording joined with the legs of its call and its forks.
#include "deploy/apps/recording_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/model/config.hpp"

namespace weir::apps {

using dataplane::Side;
using signaling::CallRecording;
using signaling::ForkState;
using signaling::RecordingSummary;

namespace {

// Phases of Report::Fork: 1 armed, 2 draining (the pre-roll), 3 live, 4 paused, 5 ending.
ForkState state_of(std::uint8_t phase) {
    switch (phase) {
        case 2:
        case 3:
            return ForkState::active;
        case 4:
            return ForkState::hold;
        case 5:
            return ForkState::ending;
        default:
            return ForkState::setup;
    }
}

std::vector<signaling::ForkedStream> streams_of(const CallPicture& picture, Side anchor) {
    std::vector<signaling::ForkedStream> streams;
    if (picture.report == nullptr) return streams;
    for (std::size_t i = 0; i < picture.report->forks.size(); ++i) {
        const auto& fork = picture.report->forks[i];
        if (fork.present == 0) continue;
        signaling::ForkedStream stream;
        stream.leg = fork_leg_id(picture.call.view.id, i);
        stream.near_end = fork.source == anchor;
        for (const auto& each : picture.call.view.streams)
            if (each.stream == fork.stream) {
                stream.video = each.media == "video";
                stream.codec = signaling::codec_word(each);
            }
        stream.state = state_of(fork.phase);
        stream.local = fork.local_rtp;
        stream.remote = fork.remote_rtp;
        stream.sent = {fork.account.sent, fork.account.sent_octets};
        streams.push_back(std::move(stream));
    }
    return streams;
}

// The recorders that the recording names among its failures: "8001: 503".
std::vector<config::DialPeerTag> failed_of(const RecordingSummary& recording) {
    auto failed = recording.tried;
    std::erase_if(failed, [&](config::DialPeerTag tag) {
        const std::string head = fmt::format("{}: ", tag.value());
        return std::none_of(recording.failures.begin(), recording.failures.end(),
                            [&](const std::string& failure) { return failure.starts_with(head); });
    });
    return failed;
}

// Since the first packet that went to a recorder. Not by the wall clock: it may be set meanwhile.
std::chrono::seconds age_of(const CallPicture& picture, MonoTime now) {
    if (picture.report == nullptr) return {};
    std::int64_t since = now.ns;
    for (const auto& fork : picture.report->forks)
        if (fork.present != 0 && fork.account.first_sent_ns != 0)
            since = std::min(since, fork.account.first_sent_ns);
    return std::chrono::duration_cast<std::chrono::seconds>(now - MonoTime{since});
}

CallRecording recorded_call(const CallPicture& picture, const std::vector<signaling::CallLeg>& legs,
                            MonoTime now) {
    const RecordingSummary& recording = *picture.recording;
    const Side anchor = anchor_of(picture);
    CallRecording call;
    for (const signaling::CallLeg& leg : legs) {
        if (leg.side == anchor)
            call.anchor = leg;
        else
            call.other = leg;
    }
    call.guid = recording.guid;
    call.recorder = recording.recorder;
    call.recorder_number = recorder_number(picture);
    call.tried = recording.tried;
    call.failed = failed_of(recording);
    call.sip_call_id = recording.sip_call_id;
    if (picture.call.view.config) {
        const auto& classes = picture.call.view.config->media_classes;
        const auto found = classes.find(recording.media_class);
        call.siprec = found != classes.end() && found->second.siprec;
    }
    call.age = age_of(picture, now);
    call.streams = streams_of(picture, anchor);
    return call;
}

}  // namespace

std::vector<CallRecording> recorded_calls(const std::vector<CallPicture>& calls, MonoTime now) {
    std::vector<CallRecording> all;
    for (const CallPicture& picture : calls) {
        if (picture.recording == nullptr) continue;
        for (const auto media : {signaling::LegMedia::voice, signaling::LegMedia::video}) {
            const auto legs = signaling::legs_of(
                {picture.call.view, picture.call.state, &picture.call,
                 picture.report == nullptr ? nullptr : &picture.report->state, nullptr},
                now, media);
            if (legs.empty()) continue;  // all that the call has is video
            all.push_back(recorded_call(picture, legs, now));
            break;
        }
    }
    return all;
}

}  // namespace weir::apps
