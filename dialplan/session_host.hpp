// SPDX-License-Identifier: Apache-2.0
// The host that a session target means for one call: $s$, $d$, $e$, $u$ (spec A.6).
#pragma once

#include <string>
#include <string_view>

#include "config/model/dial_peer.hpp"

namespace weir::dialplan {

// The number in reverse with a dot behind each digit, as ENUM and $e$ write it: "8.4.1.0."; what
// is no digit is left out.
[[nodiscard]] std::string dotted_digits(std::string_view number);

// The host of `session target dns:`, with the number in the place of a variable:
//   $s$  destination-pattern of the peer, its digits
//   $d$  the called number that is sent, its digits
//   $e$  the same, reversed and dotted
//   $u$  what the pattern's leading digits leave of the called number
// A variable that gives nothing is left out with its dot. "" for other targets. `called`: after the
// inbound translation; `sent`: what goes out on this peer. Thread: any; linear.
[[nodiscard]] std::string session_host(const config::DialPeer& peer, std::string_view called,
                                       std::string_view sent);

}  // namespace weir::dialplan
