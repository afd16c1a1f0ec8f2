// SPDX-License-Identifier: Apache-2.0
// Tables of RTP ports, connections and forks.
#include "signaling/call/show_rtp.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

constexpr std::array kStreamNames{
    "voice-only",         "voice+dtmf",   "dtmf-only",         "voice-nearend",
    "voice+dtmf-nearend", "voice-farend", "voice+dtmf-farend", "video",
    "video-nearend",      "video-farend", "application",
};
static_assert(kStreamNames.size() == static_cast<std::size_t>(ForkStream::application) + 1);

std::string port_or_dash(const Endpoint& endpoint) {
    return endpoint.is_set() ? std::to_string(endpoint.port) : "-";
}
std::string leg_or_dash(std::uint64_t leg) {
    return leg == 0 ? "-" : std::to_string(leg);
}
std::string address_or_dash(const Endpoint& endpoint) {
    return endpoint.is_set() ? endpoint.address.to_string() : "-";
}

constexpr std::size_t kShownNumber = 64;  // bytes of what a peer has sent

// Two lines under a connection: 1 is a leg that called us, 2 one that we called (spec H.7).
std::string leg_lines(const RtpConnection& each) {
    const auto numbers = [](const RtpLeg& leg) {
        return fmt::format("(dir={}): called={} calling={} redirect=", leg.incoming ? 1 : 2,
                           text::printable(leg.called, kShownNumber),
                           text::printable(leg.calling, kShownNumber));
    };
    if (each.leg == 0) return "    of no call here: its session outlived a restart\n";
    return fmt::format("    callId {} {}\n    dest callId {} {}\n", each.leg, numbers(each.own),
                       each.other_leg, numbers(each.other));
}

}  // namespace

std::string show_voip_rtp_connections(const RtpPortUsage& usage,
                                      const std::vector<RtpConnection>& connections, bool detail) {
    const std::string rule(78, '-');
    std::string text = "VoIP RTP Port Usage Information:\n";
    text += fmt::format("Max Ports Available: {}, Ports Reserved: {}, Ports in Use: {}\n",
                        usage.available, usage.reserved, usage.in_use);
    text += "                                         Min   Max   Ports     Ports     Ports\n";
    text += "Media-Address Range                      Port  Port  Available Reserved  In-use\n";
    text += rule + "\n";
    text += fmt::format("{:<41}{:<6}{:<6}{:<10}{:<10}{}\n", "Global Media Pool", usage.min,
                        usage.max, usage.available, usage.reserved, usage.in_use);
    text += rule + "\n";
    text += "VoIP RTP active connections :\n";
    text += "No. CallId     dstCallId  LocalRTP RmtRTP LocalIP          RemoteIP        MPSS VRF\n";
    std::size_t number = 0;
    for (const RtpConnection& each : connections) {
        text += fmt::format("{:<4}{:<11}{:<11}{:<9}{:<7}{:<17}{:<16}NO   NA\n", ++number,
                            leg_or_dash(each.leg), leg_or_dash(each.other_leg), each.local.port,
                            port_or_dash(each.remote), each.local.address.to_string(),
                            address_or_dash(each.remote));
        if (detail) text += leg_lines(each);
    }
    text += fmt::format("Found {} active RTP connections\n", connections.size());
    return text;
}

std::string show_voip_rtp_forking(const std::vector<ForkGroup>& groups) {
    std::string text = "VoIP RTP active forks :\n";
    std::size_t number = 0;
    for (const ForkGroup& group : groups) {
        text += fmt::format(" Fork {}\n", ++number);
        for (std::size_t kind = 0; kind < kStreamNames.size(); ++kind) {
            const auto is_kind = [kind](const ForkRow& row) {
                return static_cast<std::size_t>(row.stream) == kind;
            };
            const auto count = std::count_if(group.rows.begin(), group.rows.end(), is_kind);
            text += fmt::format("   stream type {} ({}): count {}\n", kStreamNames.at(kind), kind,
                                count);
            for (const ForkRow& row : group.rows) {
                if (!is_kind(row)) continue;
                text += fmt::format("     remote ip {}, remote port {}, local port {}\n",
                                    address_or_dash(row.remote), port_or_dash(row.remote),
                                    row.local_port);
                text += fmt::format("      codec {}, logical ssrc 0x{:X}\n",
                                    row.codec.empty() ? "none" : row.codec, row.ssrc);
                text +=
                    fmt::format("      packets sent {}, packets received 0\n", row.packets_sent);
            }
        }
    }
    return text;
}

}  // namespace weir::signaling
