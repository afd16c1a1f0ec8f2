// SPDX-License-Identifier: Apache-2.0
// `show call active voice stats`: what is counted of the RTP of each leg. The router's values of a
// DSP (levels, echo, concealment) do not exist here and are not printed.
#include <fmt/format.h>

#include "signaling/show/show_legs.hpp"
#include "signaling/show/shown_text.hpp"

namespace weir::signaling {
namespace {

std::string received_of(const CallLeg& leg) {
    const std::uint64_t lost = leg.lost + leg.lost_ours;
    const std::uint64_t all = leg.received.packets + lost;
    std::string text =
        fmt::format("  RX: packets {}, octets {}, lost {} ({:.2f} %), reordered {}, duplicates {}",
                    leg.received.packets, leg.received.octets, lost, rate_of(lost, all),
                    leg.reordered, leg.duplicates);
    // RFC 3550 A.8 counts in units of the clock, which is known for telephone codecs.
    if (!leg.video) text += fmt::format(", jitter {} ms", leg.jitter_ms);
    text += "\n";
    if (leg.lost_ours > 0)
        text += fmt::format("  RX: of the lost ones {} were lost by this node\n", leg.lost_ours);
    text += fmt::format("  RX: SSRC 0x{:08X}, changed {} times, RTCP packets {}\n", leg.ssrc,
                        leg.ssrc_changes, leg.rtcp);
    return text;
}

}  // namespace

std::string show_legs_stats(const LegTable& table) {
    std::string text = fmt::format("Call legs: {}\n", table.legs.size());
    if (table.not_shown > 0)
        text += fmt::format(
            "% {} more calls are not shown: name one by id, calling-number or called-number\n",
            table.not_shown);
    for (const CallLeg& leg : table.legs) {
        text += fmt::format(
            "\n{:X} : {} pid:{} {} {} dur {} {}\n", leg.call.value(), leg.id, leg.peer.value(),
            leg.side == Side::a && !leg.is_fork ? "Answer" : "Originate", shown_text(leg.number),
            ios_duration(leg.duration()), leg.codec.empty() ? "none" : leg.codec);
        if (!leg.counted) {
            text += "  not counted: the call has no media, or weir-media has not answered\n";
            continue;
        }
        text += fmt::format("  TX: packets {}, octets {}\n", leg.sent.packets, leg.sent.octets);
        if (!leg.is_fork) text += received_of(leg);
    }
    return text;
}

}  // namespace weir::signaling
