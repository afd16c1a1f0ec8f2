// SPDX-License-Identifier: Apache-2.0
// Joins what the routing functions say about one call.
#include "dialplan/explain.hpp"

#include <algorithm>

#include "config/model/call_limits.hpp"

namespace weir::dialplan {

const RouteRefusal* Explanation::refusal() const {
    if (source.refused) return &*source.refused;
    return decision.refused ? &*decision.refused : nullptr;
}

const ExplainedRecording* Explanation::recording() const {
    if (decision.candidates.empty()) return nullptr;
    const auto found = std::find_if(recordings.begin(), recordings.end(), [&](const auto& one) {
        return one.outbound == decision.candidates.front().match.peer;
    });
    return found == recordings.end() ? nullptr : &*found;
}

Explanation explain(const DialPlan& plan, const RouteQuery& query, Random& random,
                    const UsageMap& usage, const Busyout& busyout) {
    Explanation explanation;
    explanation.query = query;
    explanation.decision = route(plan, query, random, usage, busyout);
    const config::Config& config = *plan.config();
    const auto marked = [&](config::DialPeerTag tag) {
        const config::DialPeer* peer = config.find_peer(tag);
        return peer != nullptr && config::is_emergency(config, *peer);
    };
    const RouteDecision& made = explanation.decision;
    explanation.emergency =
        marked(made.inbound.peer) ||
        (!made.candidates.empty() && marked(made.candidates.front().match.peer));
    explanation.losers = losers(plan, query, explanation.decision, busyout);
    return explanation;
}

const char* to_word(config::TranslatedNumber number) {
    switch (number) {
        case config::TranslatedNumber::calling:
            return "calling";
        case config::TranslatedNumber::called:
            return "called";
        case config::TranslatedNumber::redirect_called:
            return "redirect-called";
        case config::TranslatedNumber::redirect_target:
            return "redirect-target";
        case config::TranslatedNumber::callback_number:
            return "callback-number";
    }
    return "";
}

const char* to_word(Loser::Role role) {
    return role == Loser::Role::inbound ? "inbound" : "outbound";
}

}  // namespace weir::dialplan
