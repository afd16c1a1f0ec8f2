// SPDX-License-Identifier: Apache-2.0
// The brief, long and compact tables of call legs. Columns of things that Weir does not do (a
// jitter buffer, transcoding) stand there with the values of doing nothing.
#include "signaling/show/show_legs.hpp"

#include <fmt/format.h>

#include "signaling/show/cause_text.hpp"
#include "signaling/show/shown_text.hpp"

namespace weir::signaling {
namespace {

std::int64_t ms_since(MonoTime start, MonoTime time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time - start).count();
}

// Milliseconds from the setup; -1: it did not come to that.
std::int64_t ms_to(const CallLeg& leg, const std::optional<MonoTime>& time) {
    return time ? ms_since(leg.setup, *time) : -1;
}

std::string totals(const LegTable& table) {
    std::string text = fmt::format(
        "Telephony call-legs: 0\nSIP call-legs: {0}\nH323 call-legs: 0\n"
        "Call agent controlled call-legs: 0\nSCCP call-legs: 0\nMulticast call-legs: 0\n"
        "Total call-legs: {0}\n",
        table.legs.size());
    if (table.not_shown > 0)
        text += fmt::format(
            "% {} more calls are not shown: name one by id, calling-number or called-number\n",
            table.not_shown);
    return text;
}

constexpr const char* kLegend =
    "<id>: <callID> <setup>ms.<index> (<setup>) +<connect>[ +<disconnect>] pid:<dial-peer> "
    "<direction> <number> <state or cause>\n"
    " dur <hh:mm:ss> tx:<packets>/<bytes> rx:<packets>/<bytes>\n"
    " IP <address>:<port> lost:<lost>/<early>/<late> delay:<last>/<min>/<max>ms <codec>\n\n";

std::string head_line(const CallLeg& leg, const LegTable& table, std::size_t index) {
    std::string text = fmt::format("{:X} : {} {}ms.{} ({}) +{}", leg.call.value(), leg.id,
                                   ms_since(table.started, leg.setup), index,
                                   ios_time(leg.setup_wall), ms_to(leg, leg.connect));
    if (leg.end) text += fmt::format(" +{}", ms_to(leg, leg.end->at));
    text += fmt::format(" pid:{} {} {} ", leg.peer.value(),
                        leg.side == Side::a && !leg.is_fork ? "Answer" : "Originate",
                        shown_text(leg.number));
    if (leg.end)
        return text +
               fmt::format("{:X} ({})\n", leg.end->q850_cause, cause_text(leg.end->q850_cause));
    return text + leg_state_word(leg) + "\n";
}

std::string brief_of(const CallLeg& leg, const LegTable& table, std::size_t index) {
    std::string text = head_line(leg, table, index);
    text +=
        fmt::format(" dur {} tx:{}/{} rx:{}/{} dscp:0 media:0\n", ios_duration(leg.duration()),
                    leg.sent.packets, leg.sent.octets, leg.received.packets, leg.received.octets);
    text += fmt::format(
        " IP {} SRTP: off rtt:0ms pl:0/0ms lost:{}/0/0 delay:0/0/0ms {} TextRelay: off "
        "Transcoded: No\n",
        leg.remote_rtp.is_set() ? leg.remote_rtp.to_string() : "-", leg.lost,
        leg.codec.empty() ? "none" : leg.codec);
    text += " media inactive detected:n media contrl rcvd:n/a timestamp:n/a\n";
    text += " long duration call detected:n long duration call duration:n/a timestamp:n/a\n";
    text += fmt::format(" LostPacketRate:{:.2f} OutOfOrderRate:{:.2f}\n\n",
                        rate_of(leg.lost, leg.lost + leg.received.packets),
                        rate_of(leg.reordered, leg.received.packets));
    return text;
}

std::string generic_of(const CallLeg& leg, const LegTable& table, std::size_t index) {
    const auto at = [&](const std::optional<MonoTime>& time) {
        return time ? ms_since(table.started, *time) : 0;
    };
    std::string text = fmt::format("GENERIC:\nSetupTime={} ms\nIndex={}\nPeerAddress={}\n",
                                   at(leg.setup), index, shown_text(leg.number));
    text += fmt::format("PeerSubAddress=\nPeerId={0}\nPeerIfIndex={0}\nLogicalIfIndex=0\n",
                        leg.peer.value());
    if (leg.end)
        text += fmt::format("DisconnectCause={:X}\nDisconnectText={}\n", leg.end->q850_cause,
                            cause_text(leg.end->q850_cause));
    text += fmt::format("ConnectTime={} ms\n", at(leg.connect));
    if (leg.end) text += fmt::format("DisconnectTime={} ms\n", at(leg.end->at));
    text += fmt::format("CallDuration={}\n", ios_duration(leg.duration()));
    if (!leg.end) text += fmt::format("CallState={}\n", leg.connect ? 4 : 2);
    text += fmt::format("CallOrigin={}\n", leg.side == Side::a && !leg.is_fork ? 2 : 1);
    if (leg.end) text += fmt::format("ReleaseSource={}\n", release_source(*leg.end));
    text += fmt::format(
        "ChargedUnits=0\nInfoType={}\nTransmitPackets={}\nTransmitBytes={}\nReceivePackets={}\n"
        "ReceiveBytes={}\n",
        leg.video ? "video" : "speech", leg.sent.packets, leg.sent.octets, leg.received.packets,
        leg.received.octets);
    return text;
}

// "0x4F88E0C6 0x506811E0 0x8EDAB9D4 0xCA681ED4"
std::string guid_words(const Guid& guid) {
    return fmt::format("0x{:X} 0x{:X} 0x{:X} 0x{:X}", guid.words[0], guid.words[1], guid.words[2],
                       guid.words[3]);
}

std::string endpoint_lines(const char* name, const Endpoint& endpoint) {
    return fmt::format("Remote{0}IPAddress={1}\nRemote{0}Port={2}\n", name,
                       endpoint.address.is_set() ? endpoint.address.to_string() : "",
                       endpoint.port);
}

std::string voip_of(const CallLeg& leg) {
    std::string text =
        fmt::format("VOIP:\nConnectionId[{0}]\nIncomingConnectionId[{0}]\nCallID={1}\n",
                    guid_words(leg.guid), leg.id);
    text += fmt::format("RemoteIPAddress={}\nRemoteUDPPort={}\n",
                        leg.remote_rtp.is_set() ? leg.remote_rtp.address.to_string() : "",
                        leg.remote_rtp.port);
    text += endpoint_lines(
        "Signalling", leg.path.remote.is_set() ? leg.path.remote : Endpoint{leg.signalling, 0});
    text += endpoint_lines("Media", leg.remote_rtp);
    text += fmt::format(
        "RoundTripDelay=0 ms\ntx_DtmfRelay={}\nSessionProtocol=sipv2\nProtocolCallId={}\n"
        "SessionTarget={}\n",
        leg.nte ? "rtp-nte" : "inband-voice", shown_text(leg.sip_call_id), leg.target);
    text +=
        "OnTimeRvPlayout=0\nGapFillWithSilence=0 ms\nGapFillWithPrediction=0 ms\n"
        "GapFillWithInterpolation=0 ms\nGapFillWithRedundancy=0 ms\n"
        "HiWaterPlayoutDelay=0 ms\nLoWaterPlayoutDelay=0 ms\n";
    text += fmt::format("ReceiveDelay={} ms\nLostPackets={}\nEarlyPackets=0\nLatePackets=0\n",
                        leg.jitter_ms, leg.lost);
    text += fmt::format("SRTP = off\nVAD = disabled\nCoderTypeRate={}\nCodecBytes={}\n",
                        leg.codec.empty() ? "none" : leg.codec, leg.codec_bytes);
    text += fmt::format("Media Setting=flow-through\nCallerName={}\n", shown_text(leg.display));
    text += fmt::format(
        "OriginalCallingNumber={0}\nOriginalCalledNumber={1}\n"
        "TranslatedCallingNumber={2}\nTranslatedCalledNumber={3}\n"
        "GwReceivedCalledNumber={1}\nGwReceivedCallingNumber={0}\n",
        shown_text(leg.numbers[0]), shown_text(leg.numbers[1]), shown_text(leg.translated[0]),
        shown_text(leg.translated[1]));
    return text + "\n";
}

}  // namespace

std::string ios_time(WallTime time) {
    const std::string date = rfc1123(time);  // "Sat, 21 Nov 2026 04:48:34 GMT"
    const std::string iso = iso8601(time);   // "2026-11-21T04:48:34.123Z"
    return fmt::format("{} UTC {} {} {} {}", iso.substr(11, 12), date.substr(0, 3),
                       date.substr(8, 3), date.substr(5, 2), date.substr(12, 4));
}

std::string ios_duration(std::chrono::nanoseconds duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string show_legs_brief(const LegTable& table) {
    std::string text = kLegend + totals(table);
    std::size_t index = 0;
    for (const CallLeg& leg : table.legs)
        text += brief_of(leg, table, ++index);
    return text;
}

std::string show_legs_long(const LegTable& table) {
    std::string text = totals(table) + "\n";
    std::size_t index = 0;
    for (const CallLeg& leg : table.legs)
        text += generic_of(leg, table, ++index) + voip_of(leg);
    return text;
}

std::string show_history_compact(const LegTable& table) {
    std::string text =
        "<callID>  A/O FAX T<sec> Codec       type        Peer Address       IP R<ip>:<udp>       "
        "    disc-cause\n";
    text += fmt::format("Total call-legs: {}\n", table.legs.size());
    for (const CallLeg& leg : table.legs)
        text += fmt::format(
            "{:>10} {}     T{:<6}{:<12}{:<12}P{:<18}{:<24} {}\n", leg.id,
            leg.side == Side::a && !leg.is_fork ? "ANS" : "ORG",
            std::chrono::duration_cast<std::chrono::seconds>(leg.duration()).count(),
            leg.codec.empty() ? "none" : leg.codec, leg.video ? "VOIP-VIDEO" : "VOIP",
            shown_text(leg.number), leg.remote_rtp.is_set() ? leg.remote_rtp.to_string() : "-",
            leg.end ? fmt::format("D{:X}", leg.end->q850_cause) : "");
    return text;
}

}  // namespace weir::signaling
