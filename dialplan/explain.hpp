// SPDX-License-Identifier: Apache-2.0
// explain: what would happen to one call and why, as values, as text and as JSON.
//
// It asks route() and losers(), which are what routes calls; nothing is decided here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/random.hpp"
#include "config/model/config.hpp"
#include "dialplan/route.hpp"
#include "dialplan/usage_map.hpp"

namespace weir::dialplan {

// Where the call comes from and what the door says to that (spec B.3). Filled by the caller of
// explain(), who knows the trusted list.
struct ExplainedSource {
    std::string address;    // "" = not given: the door was not asked
    std::string transport;  // "udp", "tcp"; "" = not given
    std::string trust;      // "ip address trusted list 203.0.113.20/30", "" = not trusted
    // The call does not come in. sip 0: there is no answer at all.
    std::optional<RouteRefusal> refused;
};

// The recording of a call that goes to one candidate (spec F.1).
struct ExplainedRecording {
    config::DialPeerTag outbound;  // the candidate
    std::uint32_t media_class = 0;
    config::DialPeerTag anchor;                  // the peer whose leg is the near end
    std::vector<config::DialPeerTag> recorders;  // in failover order; empty: nothing is recorded
    std::vector<std::string> skipped;            // recorders that cannot be used, with the reason
    std::string warning;                         // "" = none
};

struct Explanation {
    RouteQuery query;
    ExplainedSource source;
    RouteDecision decision;                      // empty when the source was refused
    std::vector<Loser> losers;                   // the same
    // The inbound peer or the first candidate is marked e911 (config/model/call_limits): no limit on
    // calls refuses it.
    bool emergency = false;
    std::vector<ExplainedRecording> recordings;  // of the candidates that have one, in their order

    // Of the source or of routing; null: the call is routed.
    [[nodiscard]] const RouteRefusal* refusal() const;
    // Of the first candidate; null: that call is not recorded.
    [[nodiscard]] const ExplainedRecording* recording() const;
};

// Routes the call and collects who lost. Source and recordings are the caller's to add.
// Thread: any; pure.
[[nodiscard]] Explanation explain(const DialPlan& plan, const RouteQuery& query, Random& random,
                                  const UsageMap& usage, const Busyout& busyout = {});

// For people: aligned, at most the losers of a large plan are longer than a screen.
[[nodiscard]] std::string explain_text(const config::Config& config,
                                       const Explanation& explanation);

// One object on one line with its line end; the keys stand in dialplan/README.md. Keys that do not
// apply are absent, the types never change.
[[nodiscard]] std::string explain_json(const Explanation& explanation);

// The lines of `debug voip dialpeer inout` (spec H.11) about one call. `call` is what stands
// between the slashes: the call's number, and the first twelve digits of its Cisco-Guid.
struct DebugCall {
    std::int64_t id = -1;
    std::string guid;  // "" = xxxxxxxxxxxx
};
[[nodiscard]] std::string debug_dialpeer_inout(const RouteQuery& query,
                                               const RouteDecision& decision,
                                               const DebugCall& call);

// ---- Words that texts of dial plans share ---------------------------------------------------

// "called", "calling", "redirect-called", ...
[[nodiscard]] const char* to_word(config::TranslatedNumber number);
[[nodiscard]] const char* to_word(Loser::Role role);

}  // namespace weir::dialplan
