// SPDX-License-Identifier: Apache-2.0
// `show dialplan ...` (spec H.4) over a compiled plan: what was found, as text and as JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

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

// The answer to one of the questions below.
struct ShownDialplan {
    struct Row {
        config::DialPeerTag peer;
        std::string matched;    // the digits, or the class
        std::string criterion;  // inbound: by which command; outbound: ""
        std::uint32_t length = 0;
        std::string target;  // outbound
    };
    std::string head;       // lines above the rows
    std::string expanded;   // the number after num-exp; "" where no number was asked for
    std::vector<Row> rows;  // in hunting order
    std::string notes;      // lines below them
    std::string error;      // refused: there is no such dial-peer
};

// Outbound: every candidate in hunting order, as for a call that comes in on dial-peer 0.
[[nodiscard]] ShownDialplan show_dialplan_number(const DialPlan& plan, const ShowNumber& asked,
                                                 Random& random);
// Outbound by `destination uri`, the most specific class first.
[[nodiscard]] ShownDialplan show_dialplan_uri(const DialPlan& plan, const std::string& uri);
// One dial-peer against a called number: matched with how many digits, or why it is not taken.
[[nodiscard]] ShownDialplan show_dialplan_peer(const DialPlan& plan, config::DialPeerTag tag,
                                               const std::string& number);
// Inbound by a URI, taken for the topmost Via, Request-URI, To and From in the order of A.7;
// `calling` is the calling number of the same call, "" = none.
[[nodiscard]] ShownDialplan show_dialplan_incall_uri(const DialPlan& plan, const std::string& uri,
                                                     const std::string& calling);
// Inbound by the calling number, of a call from a port where one is named.
[[nodiscard]] ShownDialplan show_dialplan_incall_number(const DialPlan& plan,
                                                        const std::string& calling,
                                                        const std::string& voice_port);

[[nodiscard]] std::string show_dialplan_text(const DialPlan& plan, const ShownDialplan& shown,
                                             const PeerBlock& block);
// {"expanded", "candidates": [{tag, matched, length, preference, target}]}, or "inbound" where the
// question was inbound; keys as of explain (EXPLAIN.md); ends in \n.
[[nodiscard]] std::string show_dialplan_json(const DialPlan& plan, const ShownDialplan& shown);

}  // namespace weir::dialplan
