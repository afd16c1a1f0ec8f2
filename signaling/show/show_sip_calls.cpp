// SPDX-License-Identifier: Apache-2.0
// Two sections, a block for each leg.
#include "signaling/show/show_sip_calls.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "signaling/show/show_legs.hpp"
#include "signaling/show/shown_text.hpp"

namespace weir::signaling {
namespace {

// The words and numbers of the router's state machine.
std::string state_text(const CallLeg& leg) {
    const bool uas = leg.side == Side::a;
    switch (leg.state) {
        case CallState::routing:
        case CallState::opening:
            return uas ? "STATE_RECD_INVITE (4)" : "STATE_IDLE (0)";
        case CallState::inviting:
            return uas ? "STATE_SENT_ALERTING (6)" : "STATE_SENT_INVITE (1)";
        case CallState::answered:
            return uas ? "STATE_SENT_SUCCESS (15)" : "STATE_ACTIVE (7)";
        case CallState::connected:
            return "STATE_ACTIVE (7)";
        default:
            return "STATE_DISCONNECTING (8)";
    }
}

std::string address(const Endpoint& endpoint) {
    if (!endpoint.is_set()) return "-";
    return fmt::format("[{}]:{}", endpoint.address.to_string(), endpoint.port);
}

std::string media_address(const Endpoint& endpoint) {
    return endpoint.is_set() ? endpoint.to_string() : "-";
}

std::string stream_block(const CallLeg& leg) {
    if (!leg.has_media) return "";
    const char* type = leg.video ? "video (7)" : leg.nte ? "voice+dtmf (1)" : "voice-only (0)";
    std::string text = "   Media Stream 1\n";
    text += fmt::format("     State of the stream      : {}\n",
                        leg.remote_rtp.is_set() ? "STREAM_ACTIVE" : "STREAM_IDLE");
    text += fmt::format("     Stream Call ID           : {}\n", leg.id);
    text += fmt::format("     Stream Type              : {}\n", type);
    text += fmt::format("     Negotiated Codec         : {} ({} bytes)\n",
                        leg.codec.empty() ? "none" : leg.codec, leg.codec_bytes);
    text += fmt::format("     Codec Payload Type       : {}\n", leg.payload_type);
    text +=
        fmt::format("     Negotiated Dtmf-relay    : {}\n", leg.nte ? "rtp-nte" : "inband-voice");
    text += fmt::format("     Dtmf-relay Payload Type  : {}\n", leg.nte.value_or(0));
    text +=
        "     QoS ID                   : -1\n     Local QoS Strength       : BestEffort\n"
        "     Negotiated QoS Strength  : BestEffort\n"
        "     Negotiated QoS Direction : None\n     Local QoS Status         : None\n";
    text += fmt::format("     Media Source IP Addr:Port: {}\n", media_address(leg.local_rtp));
    text += fmt::format("     Media Dest IP Addr:Port  : {}\n", media_address(leg.remote_rtp));
    text += "     Local Crypto Suite       : None\n     Remote Crypto Suite      : None\n";
    return text;
}

std::string call_block(const CallLeg& leg, std::size_t number) {
    std::string text = fmt::format("Call {}\n", number);
    text += fmt::format("SIP Call ID                : {}\n", shown_text(leg.sip_call_id));
    text += fmt::format("   State of the call       : {}\n", state_text(leg));
    text += "   Substate of the call    : SUBSTATE_NONE (0)\n";
    text += fmt::format("   Calling Number          : {}\n", shown_text(leg.translated[0]));
    text += fmt::format("   Called Number           : {}\n", shown_text(leg.translated[1]));
    text +=
        fmt::format("   Called URI              : sip:{}@{}\n", shown_text(leg.translated[1]),
                    leg.side == Side::a ? leg.path.local.to_string() : leg.path.remote.to_string());
    text += "   Bit Flags               : 0x0\n";
    text += fmt::format("   CC Call ID              : {}\n", leg.id);
    text += fmt::format("   Local UUID              : {}\n", leg.uuids[0]);
    text += fmt::format("   Remote UUID             : {}\n", leg.uuids[1]);
    text += fmt::format("   Source IP Address (Sig ): {}\n",
                        leg.path.local.is_set() ? leg.path.local.address.to_string() : "-");
    text += fmt::format("   Destn SIP Req Addr:Port : {}\n", address(leg.path.remote));
    text += fmt::format("   Destn SIP Resp Addr:Port: {}\n", address(leg.path.remote));
    text += fmt::format("   Destination Name        : {}\n", leg.path.host);
    text += fmt::format("   Transport               : {}\n", to_string(leg.path.transport));
    text += fmt::format("   Number of Media Streams : {}\n", leg.streams);
    text += fmt::format("   Number of Active Streams: {}\n", leg.active_streams);
    text += "   RTP Fork Object         : 0x0\n   Media Mode              : flow-through\n";
    text += stream_block(leg);
    return text + "Mid-Call Re-Assocation Count: 0\n\n";
}

std::string section(const LegTable& table, Side side) {
    const char* short_name = side == Side::b ? "UAC" : "UAS";
    const char* name = side == Side::b ? "Client" : "Server";
    std::string text = fmt::format("SIP {} CALL INFO\n\n", short_name);
    std::size_t number = 0;
    for (const CallLeg& leg : table.legs)
        if (leg.side == side) text += call_block(leg, ++number);
    return text + fmt::format("   Number of SIP User Agent {}({}) calls: {}\n\n", name, short_name,
                              number);
}

std::string sip_totals(const LegTable& table) {
    const auto made = std::count_if(table.legs.begin(), table.legs.end(),
                                    [](const CallLeg& leg) { return leg.side == Side::b; });
    std::string text =
        fmt::format("Total SIP call legs:{}, User Agent Client:{}, User Agent Server:{}\n",
                    table.legs.size(), made, table.legs.size() - static_cast<std::size_t>(made));
    if (table.not_shown > 0)
        text += fmt::format(
            "% {} more calls are not shown: name one by calling-number or "
            "called-number\n",
            table.not_shown);
    return text;
}

}  // namespace

std::string show_sip_ua_calls(const LegTable& table) {
    return sip_totals(table) + section(table, Side::b) + section(table, Side::a);
}

std::string show_sip_ua_calls_brief(const LegTable& table) {
    std::string text = sip_totals(table);
    text += fmt::format("{:<5} {:<6} {:<8} {:<24} {:<18} {:<18} {}\n", "UA", "CcId", "Duration",
                        "State", "Calling", "Called", "Destination");
    for (const CallLeg& leg : table.legs)
        text += fmt::format(
            "{:<5} {:<6} {:<8} {:<24} {:<18} {:<18} {}\n", leg.side == Side::b ? "UAC" : "UAS",
            leg.id, ios_duration(leg.duration()), state_text(leg), shown_text(leg.translated[0]),
            shown_text(leg.translated[1]), address(leg.path.remote));
    return text;
}

}  // namespace weir::signaling
