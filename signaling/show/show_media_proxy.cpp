// SPDX-License-Identifier: Apache-2.0
// `show media-proxy sessions` (spec H.10): the inbound leg of a recording, then its copies.
#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "signaling/show/recording_words.hpp"
#include "signaling/show/show_legs.hpp"
#include "signaling/show/show_recordings.hpp"
#include "signaling/show/shown_text.hpp"

namespace weir::signaling {
namespace {

namespace json = boost::json;

std::string uuid_or_dash(const std::string& uuid) {
    return uuid.empty() ? "-" : shown_text(uuid);
}

std::string tag_or_dash(const std::optional<config::DialPeerTag>& tag) {
    return tag ? std::to_string(tag->value()) : "-";
}

std::string inbound_block(const CallLeg& leg) {
    std::string text = fmt::format("CC Call-ID: {}  Inbound-leg\n", leg.id);
    text += fmt::format(" Dur: {} tx: {}/{} rx: {}/{} lost: {}/0/0 delay: 0/0/0ms\n",
                        ios_duration(leg.duration()), leg.sent.packets, leg.sent.octets,
                        leg.received.packets, leg.received.octets, leg.lost);
    text += fmt::format(" Remote-Addr: {} Local-Addr: {} rtt:0ms pl:0/0ms\n",
                        endpoint_or_dash(leg.remote_rtp), endpoint_or_dash(leg.local_rtp));
    text += fmt::format(" Dialpeer-Tag: {} Negotiated-Codec: {}\n", leg.peer.value(),
                        leg.codec.empty() ? "none" : leg.codec);
    return text + fmt::format(" SRTP-Status: off SRTP-Cipher: NA\n LocalUUID: {} RemoteUUID: {}\n",
                              uuid_or_dash(leg.uuids[0]), uuid_or_dash(leg.uuids[1]));
}

std::string forked_block(const CallRecording& call, const ForkedStream& stream) {
    std::string text = fmt::format("CC Call-ID: {}  Forked-leg (Primary) {}\n", stream.leg,
                                   stream.near_end ? "near end" : "far end");
    text += fmt::format(" Dur: {} tx: {}/{} rx: 0/0 lost: 0/0/0 delay: 0/0/0ms\n",
                        ios_duration(call.age), stream.sent.packets, stream.sent.octets);
    text += fmt::format(" Remote-Addr: {} Local-Addr: {} rtt:0ms pl:0/0ms\n",
                        endpoint_or_dash(stream.remote), endpoint_or_dash(stream.local));
    text += fmt::format(" Dialpeer-Tag: {} Negotiated-Codec: {}\n", tag_or_dash(call.recorder),
                        stream.codec.empty() ? "none" : stream.codec);
    return text + " SRTP-Status: off SRTP-Cipher: NA\n";
}

struct PeerSessions {
    Endpoint media;  // of its first session
    std::size_t total = 0;
    std::size_t failed = 0;
};

std::string summary_lines(const char* side, const std::map<std::string, PeerSessions>& peers,
                          std::size_t& number) {
    std::string text;
    for (const auto& [tag, peer] : peers)
        text += fmt::format("{:<4}{:<17}{:<14}{:<26}{}/{}\n", ++number, side, tag,
                            endpoint_or_dash(peer.media), peer.total, peer.failed);
    return text;
}

json::value endpoint_or_null(const Endpoint& endpoint) {
    if (!endpoint.is_set()) return nullptr;
    return json::string(endpoint.to_string());
}

json::value leg_or_null(const std::optional<CallLeg>& leg) {
    return leg ? json::value(leg->id) : json::value(nullptr);
}

}  // namespace

std::string show_media_proxy(const std::vector<CallRecording>& calls) {
    std::string text =
        fmt::format("{:<5}{:<16}{:<68}{:<10}{:<8}{}\n{:<5}{:<16}{:<68}{:<10}{:<8}{}\n{}\n", "No.",
                    "Call-ID", "Session-ID", "Dialpeer", "Secure", "SIPREC", "", "Inbound/Forked",
                    "LocalUuid;RemoteUuid", "Tag", "(Y/N)", "(Y/N)", std::string(113, '-'));
    std::size_t number = 0;
    for (const CallRecording& call : calls) {
        const char* siprec = call.siprec ? "Y" : "N";
        text += fmt::format(
            "{:<5}{:<16}{:<68}{:<10}{:<8}{}\n", ++number, fmt::format("{}/-", call.anchor.id),
            uuid_or_dash(call.anchor.uuids[0]) + ";" + uuid_or_dash(call.anchor.uuids[1]),
            call.anchor.peer.value(), "N", "N");
        for (const ForkedStream& stream : call.streams)
            if (stream.near_end && !stream.video)
                text += fmt::format("{:<5}{:<16}{:<68}{:<10}{:<8}{}\n", "",
                                    fmt::format("-/{}", stream.leg), "-",
                                    tag_or_dash(call.recorder), "N", siprec);
    }
    return text + fmt::format("Found {} active sessions\n", calls.size());
}

std::string show_media_proxy_summary(const std::vector<CallRecording>& calls) {
    std::map<std::string, PeerSessions> inbound;
    std::map<std::string, PeerSessions> forked;
    for (const CallRecording& call : calls) {
        PeerSessions& from = inbound[std::to_string(call.anchor.peer.value())];
        if (from.total++ == 0) from.media = call.anchor.remote_rtp;
        for (const config::DialPeerTag tag : call.tried)
            ++forked[std::to_string(tag.value())].total;
        for (const config::DialPeerTag tag : call.failed)
            ++forked[std::to_string(tag.value())].failed;
        if (!call.recorder || call.streams.empty()) continue;
        PeerSessions& to = forked[std::to_string(call.recorder->value())];
        if (!to.media.is_set()) to.media = call.streams.front().remote;
    }
    std::string text = fmt::format("{:<4}{:<17}{:<14}{:<26}{}\n", "No", "Inbound/Forked",
                                   "Dialpeer-Tag", "IP:Port", "Total/Failed Sessions");
    std::size_t number = 0;
    text += summary_lines("Inbound", inbound, number);
    return text + summary_lines("Forked", forked, number);
}

std::string show_media_proxy_detail(const CallRecording& call) {
    std::string text = inbound_block(call.anchor);
    for (const ForkedStream& stream : call.streams)
        text += "\n" + forked_block(call, stream);
    return text;
}

std::string recordings_json(const std::vector<CallRecording>& calls) {
    json::array all;
    for (const CallRecording& call : calls) {
        json::array streams;
        for (const ForkedStream& stream : call.streams)
            streams.push_back(json::object{{"leg", stream.leg},
                                           {"end", stream.near_end ? "near" : "far"},
                                           {"type", stream.video ? "video" : "voice"},
                                           {"state", to_string(stream.state)},
                                           {"codec", stream.codec},
                                           {"local", endpoint_or_null(stream.local)},
                                           {"remote", endpoint_or_null(stream.remote)},
                                           {"packets", stream.sent.packets},
                                           {"octets", stream.sent.octets}});
        const auto recorder =
            call.recorder ? json::value(call.recorder->value()) : json::value(nullptr);
        all.push_back(json::object{{"id", call.id()},
                                   {"call", call.anchor.call.value()},
                                   {"guid", call.guid.to_string()},
                                   {"anchor_leg", call.anchor.id},
                                   {"other_leg", leg_or_null(call.other)},
                                   {"dial_peer", call.anchor.peer.value()},
                                   {"recorder", recorder},
                                   {"tried", call.tried.size()},
                                   {"failed", call.failed.size()},
                                   {"sip_call_id", shown_text(call.sip_call_id)},
                                   {"siprec", call.siprec},
                                   {"seconds", call.age.count()},
                                   {"streams", std::move(streams)}});
    }
    return json::serialize(all) + "\n";
}

}  // namespace weir::signaling
