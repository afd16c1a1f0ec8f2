// SPDX-License-Identifier: Apache-2.0
// `debug voip dialpeer inout` (spec H.11): the lines that engineers know how to read.
#include <fmt/format.h>

#include "config/base/text.hpp"
#include "dialplan/explain.hpp"
#include "dialplan/explain_limits.hpp"

namespace weir::dialplan {
namespace {

std::string traced(const std::string& value) {
    return text::printable(value, kExplainValueBytes);
}

// The name of the rule behind a criterion of spec A.7; those without a public trace are ours.
struct Rule {
    const char* criterion;
    const char* name;
    enum class Value : std::uint8_t { called, calling, uri } value;
};
constexpr Rule kTraceRules[] = {
    {"incoming uri via", "DP_MATCH_INCOMING_URI_VIA", Rule::Value::uri},
    {"incoming uri request", "DP_MATCH_INCOMING_URI_REQUEST", Rule::Value::uri},
    {"incoming uri to", "DP_MATCH_INCOMING_URI_TO", Rule::Value::uri},
    {"incoming uri from", "DP_MATCH_INCOMING_URI_FROM", Rule::Value::uri},
    {"incoming called-number", "DP_MATCH_INCOMING_DNIS", Rule::Value::called},
    {"incoming called e164-pattern-map", "DP_MATCH_INCOMING_DNIS", Rule::Value::called},
    {"incoming calling e164-pattern-map", "DP_MATCH_ANSWER", Rule::Value::calling},
    {"answer-address", "DP_MATCH_ANSWER", Rule::Value::calling},
    {"destination-pattern", "DP_MATCH_ORIGINATE", Rule::Value::calling},
};

const Rule* rule_of(const std::string& criterion) {
    for (const Rule& rule : kTraceRules)
        if (criterion == rule.criterion) return &rule;
    return nullptr;
}

std::string match_rule(const RouteQuery& query, const InboundMatch& inbound) {
    const Rule* rule = rule_of(inbound.criterion);
    if (rule == nullptr)
        return "Match Rule=DP_MATCH_CARRIER_ID; Carrier Id=" + traced(inbound.matched);
    const std::string name = std::string("Match Rule=") + rule->name;
    switch (rule->value) {
        case Rule::Value::called:
            return name + "; Called Number=" + traced(query.called.digits);
        case Rule::Value::calling:
            return name + "; Calling Number=" + traced(query.calling.digits);
        case Rule::Value::uri:
            break;
    }
    return name + "; URI Class=" + traced(inbound.matched);
}

}  // namespace

std::string debug_dialpeer_inout(const RouteQuery& query, const RouteDecision& decision,
                                 const DebugCall& call) {
    const std::string head =
        fmt::format("//{}/{}/DPM/", call.id, call.guid.empty() ? "xxxxxxxxxxxx" : call.guid);
    std::string out;
    const auto event = [&](const char* function, const std::vector<std::string>& lines) {
        out += fmt::format("{}{}:\n   {}\n", head, function, fmt::join(lines, "\n   "));
    };
    event("dpAssociateIncomingPeerCore",
          {fmt::format("Calling Number={}, Called Number={}, Voice-Interface=0x0,",
                       traced(query.calling.digits), traced(query.called.digits)),
           "Timeout=TRUE, Peer Encap Type=ENCAP_VOIP, Peer Search Type=PEER_TYPE_VOICE,",
           "Peer Info Type=DIALPEER_INFO_SPEECH"});
    if (decision.inbound.peer == config::DialPeerTag{0}) {
        event("dpAssociateIncomingPeerCore", {"Result=NO_MATCH(-1); Incoming Dial-peer=0"});
    } else {
        const Rule* rule = rule_of(decision.inbound.criterion);
        event("dpAssociateIncomingPeerCore",
              {match_rule(query, decision.inbound),
               fmt::format("Result=Success(0) after {}; Incoming Dial-peer={}",
                           rule == nullptr ? "DP_MATCH_CARRIER_ID" : rule->name,
                           decision.inbound.peer.value())});
    }
    event("dpMatchCore", {fmt::format("Dial String={}, Expanded String={}, Calling Number={}",
                                      traced(query.called.digits), traced(decision.called),
                                      traced(decision.calling)),
                          "Timeout=TRUE, Is Incoming=FALSE, Peer Info Type=DIALPEER_INFO_SPEECH"});
    if (decision.candidates.empty()) {
        std::string why = "Result=NO_MATCH(-1)";
        if (decision.refused)
            why += fmt::format("; Cause={}, SIP={}: {}",
                               static_cast<unsigned>(decision.refused->cause),
                               decision.refused->sip, traced(decision.refused->why));
        event("dpMatchPeersCore", {why});
        return out;
    }
    std::vector<std::string> list{"Result=SUCCESS(0)", "List of Matched Outgoing Dial-peer(s):"};
    std::size_t place = 0;
    for (const RouteCandidate& candidate : decision.candidates)
        list.push_back(
            fmt::format("  {}: Dial-peer Tag={}", ++place, candidate.match.peer.value()));
    event("dpMatchPeersMoreArg", list);
    return out;
}

}  // namespace weir::dialplan
