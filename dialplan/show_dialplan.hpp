// SPDX-License-Identifier: Apache-2.0
// The texts of `show dialplan ...` (spec H.4) over a compiled plan.
#pragma once

#include <functional>
#include <string>

#include "config/base/random.hpp"
#include "config/model/config.hpp"
#include "dialplan/dial_plan.hpp"

namespace weir::dialplan {

// The block of one dial-peer as `show dial-peer voice N` has it (spec H.3), with its line ends.
using PeerBlock = std::function<std::string(const config::DialPeer&)>;

struct ShowNumber {
    std::string number;
    std::string carrier{};         // carrier C: of carrier-id target
    bool until_huntstop = false;   // only up to the first candidate with huntstop
    bool variable_length = false;  // timeout: patterns that end in T match, too
};

// Outbound: every candidate in hunting order, as for a call that comes in on dial-peer 0.
[[nodiscard]] std::string show_dialplan_number(const DialPlan& plan, const ShowNumber& asked,
                                               const PeerBlock& block, Random& random);
// Outbound by `destination uri`, the most specific class first.
[[nodiscard]] std::string show_dialplan_uri(const DialPlan& plan, const std::string& uri,
                                            const PeerBlock& block);
// One dial-peer against a called number: matched with how many digits, or why it is not taken.
[[nodiscard]] std::string show_dialplan_peer(const DialPlan& plan, config::DialPeerTag tag,
                                             const std::string& number, const PeerBlock& block);
// Inbound by a URI, taken for the topmost Via, Request-URI, To and From in the order of A.7, or by
// the calling number alone.
[[nodiscard]] std::string show_dialplan_incall_uri(const DialPlan& plan, const std::string& uri,
                                                   const PeerBlock& block);
[[nodiscard]] std::string show_dialplan_incall_number(const DialPlan& plan,
                                                      const std::string& calling,
                                                      const std::string& voice_port,
                                                      const PeerBlock& block);

}  // namespace weir::dialplan
