// SPDX-License-Identifier: Apache-2.0
// `show voip recmsp session` and `show call media-forking`: recordings by their legs.
#include "signaling/show/show_recordings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "signaling/show/recording_words.hpp"
#include "signaling/show/show_legs.hpp"
#include "signaling/show/shown_text.hpp"

namespace weir::signaling {
namespace {

constexpr std::size_t kGuidShown = 12;  // digits (spec H.8)

// The leg of the first stream that is of this end; none: "-".
std::string leg_of(const CallRecording& call, bool near_end) {
    for (const ForkedStream& stream : call.streams)
        if (stream.near_end == near_end && !stream.video) return std::to_string(stream.leg);
    for (const ForkedStream& stream : call.streams)
        if (stream.near_end == near_end) return std::to_string(stream.leg);
    return "-";
}

std::string guid_start(const Guid& guid) {
    std::string digits = guid.to_conf_id();
    std::erase(digits, ' ');
    return digits.substr(0, kGuidShown);
}

std::string leg_details(const char* title, const CallLeg& leg, const char* stream) {
    return fmt::format("{} Details:\nCall ID: {}\nForking Stream type: {}\nParticipant: {}\n\n",
                       title, leg.id, stream, shown_text(leg.number));
}

std::string leg_block(const char* kind, const CallLeg& leg, std::chrono::nanoseconds age) {
    std::string text =
        fmt::format("CC Call-ID: {} {}:\nDur: {} Dialpeer-Tag: {}:\nStream 1: {}\n", leg.id, kind,
                    ios_duration(age), leg.peer.value(), leg.video ? "video" : "voice-only");
    text += fmt::format("tx: {}/{} rx: {}/{}\n", leg.sent.packets, leg.sent.octets,
                        leg.received.packets, leg.received.octets);
    return text + fmt::format("Remote-Addr: {}, Local-Addr: {}\n", endpoint_or_dash(leg.remote_rtp),
                              endpoint_or_dash(leg.local_rtp));
}

}  // namespace

std::string endpoint_or_dash(const Endpoint& endpoint) {
    return endpoint.is_set() ? endpoint.to_string() : "-";
}

const char* to_string(ForkState state) {
    switch (state) {
        case ForkState::setup:
            return "SETUP";
        case ForkState::active:
            return "ACTIVE";
        case ForkState::hold:
            return "HOLD";
        case ForkState::ending:
            return "ENDING";
    }
    return "";
}

bool CallRecording::has_leg(std::uint64_t leg) const {
    return leg == id() || leg == anchor.id || (other && leg == other->id) ||
           std::any_of(streams.begin(), streams.end(),
                       [leg](const ForkedStream& stream) { return stream.leg == leg; });
}

std::string show_recmsp_sessions(const std::vector<CallRecording>& calls) {
    std::string text = "RECMSP active sessions:\n";
    text +=
        fmt::format("{:<14}{:<20}{}\n", "MSP Call-ID", "AnchorLeg Call-ID", "ForkedLeg Call-ID");
    for (const CallRecording& call : calls)
        text += fmt::format("{:<14}{:<20}{}\n", call.id(), call.anchor.id, leg_of(call, true));
    return text + fmt::format("Found {} active sessions\n", calls.size());
}

std::string show_recmsp_detail(const CallRecording& call) {
    std::string text = fmt::format("Recording MSP Leg Details:\nCall ID: {}\nGUID: {}\n\n",
                                   call.id(), guid_start(call.guid));
    text += leg_details("AnchorLeg", call.anchor, "voice-nearend");
    if (call.other) text += leg_details("Non-anchor Leg", *call.other, "voice-farend");
    text += fmt::format("Forked Leg Details:\nCall ID: {}\n", leg_of(call, true));
    for (const ForkedStream& stream : call.streams)
        text += fmt::format("{}{} CallID {}\nStream State {}\n", stream.video ? "Video " : "",
                            stream.near_end ? "Near End Stream" : "Far End stream", stream.leg,
                            to_string(stream.state));
    return text;
}

std::string show_recmsp_forked(const CallRecording& call) {
    std::string text = leg_block("Anchor", call.anchor, call.anchor.duration());
    text += "Status: ACTIVE\n\n";
    text += fmt::format("CC Call-ID: {} Forked:\nDur: {} Dialpeer-Tag: {}:\n", leg_of(call, true),
                        ios_duration(call.age),
                        call.recorder ? std::to_string(call.recorder->value()) : "-");
    std::size_t number = 0;
    for (const ForkedStream& stream : call.streams) {
        text += fmt::format("Stream {}: {}-{}\n", ++number, stream.video ? "video" : "voice",
                            stream.near_end ? "nearend" : "farend");
        text += fmt::format("tx: {}/{} rx: 0/0\n", stream.sent.packets, stream.sent.octets);
        text += fmt::format("Remote-Addr: {}, Local-Addr: {}\nStatus: {}\n",
                            endpoint_or_dash(stream.remote), endpoint_or_dash(stream.local),
                            to_string(stream.state));
    }
    return text;
}

std::string show_media_forking(const std::vector<CallRecording>& calls) {
    std::string text = fmt::format("{:<10}{:<10}{:<6}{}\n", "Session", "Call", "n/f",
                                   "Destination (port address)");
    for (const CallRecording& call : calls)
        for (const ForkedStream& stream : call.streams)
            text += fmt::format(
                "{:<10}{:<10X}{:<6}{}\n", call.id(), call.anchor.call.value(),
                stream.near_end ? "near" : "far",
                stream.remote.is_set()
                    ? fmt::format("{} {}", stream.remote.port, stream.remote.address.to_string())
                    : "-");
    return text;
}

}  // namespace weir::signaling
