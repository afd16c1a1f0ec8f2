// SPDX-License-Identifier: Apache-2.0
// supplementary-service sip {refer | moved-temporarily | handle-replaces} and redirect ip2ip (spec
// B.6): whether REFER, 3xx and Replaces pass from leg to leg, or are consumed.
#pragma once

#include <cstdint>

#include "config/model/config.hpp"

namespace weir::config {

enum class SupplementaryService : std::uint8_t { refer, moved_temporarily, handle_replaces };

// All pass by default; a `no` at voice service voip or at the dial-peer of the leg on which the
// request or response came makes us act on it ourselves. Thread: any; the kept lines of both are
// read through, so it is for the moment of a transfer, not for each message.
[[nodiscard]] bool passes(const Config& config, const DialPeer& peer, SupplementaryService service);

// redirect ip2ip, on by default: whether a redirection that is consumed may go to another IP peer.
[[nodiscard]] bool redirects_between_ip(const Config& config, const DialPeer& peer);

}  // namespace weir::config
