// SPDX-License-Identifier: Apache-2.0
// Why a packet was not relayed or not copied: one table of enum, counter name and help.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::dataplane {

enum class Verdict : std::uint8_t {
    truncated,   // fewer bytes than its headers say
    not_ip,      // no IPv4 or IPv6 packet for us
    fragment,    // an IP fragment
    ip_options,  // IPv4 options or IPv6 extension headers
    bad_checksum,
    not_udp,
    no_session,      // the port belongs to no session
    too_short,       // fewer than 12 bytes: not RTP
    too_long,        // more than kMaxRtpBytes
    bad_version,     // RTP version is not 2
    bad_header,      // CSRC list, extension or padding reaches past the end
    wrong_source,    // not from the signalled address
    no_destination,  // the other side's address is not known yet
    no_neighbour,    // the next hop's MAC address is not known (framed drivers)
    exceeds_mtu,     // longer than the link it should leave by carries
    link_down,       // the device it should leave by is down or gone
    hand_over_full,  // the worker that owns the port took no more frames from the one that received
    send_refused,    // the socket or port took no more
    closed,          // the session ends
    restart,         // in the hands of a worker that died
    count_           // not a verdict
};
inline constexpr std::size_t kVerdictCount = static_cast<std::size_t>(Verdict::count_);

// Why an eligible packet never became a copy.
enum class ForkDrop : std::uint8_t {
    pool_short,      // no buffer for the copy
    pre_roll_short,  // overwritten in the pre-roll before the recorder was ready
    restart,         // lost with the worker that held it
    unanswered,      // the recorder never took it: the fork ended before it was started
    count_
};
inline constexpr std::size_t kForkDropCount = static_cast<std::size_t>(ForkDrop::count_);

struct ReasonText {
    std::string_view name;  // label of the counter: weir_dataplane_drops_total{verdict="name"}
    std::string_view help;
};
[[nodiscard]] const ReasonText& text_of(Verdict verdict);
[[nodiscard]] const ReasonText& text_of(ForkDrop drop);

}  // namespace weir::dataplane
