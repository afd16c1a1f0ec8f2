// SPDX-License-Identifier: Apache-2.0
// A whole explanation: the door, the dial plan and the policy of recording, joined for one call.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/base/address.hpp"
#include "config/base/random.hpp"
#include "config/base/result.hpp"
#include "dialplan/explain.hpp"

namespace weir::apps {

// What an operator says about a call; the rest of its INVITE is made from this.
struct CallWords {
    std::string calling;  // "" = no number
    std::string called;
    std::optional<Endpoint> source;  // port 0 = not said
    std::string transport;           // "udp", "tcp"; "" = not said
    std::string carrier{};
    std::string voice_port{};         // a call from a TDM trunk: the port of its pots peer
    std::optional<Endpoint> local{};  // of ours, where the request comes in; port 0 = not said
};

// A call to be explained: what it says about itself, and where it comes from.
struct ExplainedCall {
    dialplan::RouteQuery query;
    std::optional<IpAddress> source;
    std::string transport;
};

// Request-URI, To, From and Via as a telephone system at the source would write them.
[[nodiscard]] ExplainedCall call_of_words(const config::Config& config, const CallWords& words);

// The call of an INVITE as it came: what it says wins over `words`, but for the source, which an
// INVITE does not know; without one the host of the topmost Via is taken, if it is an address.
// Errors: invalid: no INVITE that the guard would let in, with its reason.
[[nodiscard]] Result<ExplainedCall> call_of_invite(std::string_view text, const CallWords& words);

// Thread: any; pure.
[[nodiscard]] dialplan::Explanation explain_call(const dialplan::DialPlan& plan,
                                                 const ExplainedCall& call, Random& random,
                                                 const dialplan::UsageMap& usage);

}  // namespace weir::apps
