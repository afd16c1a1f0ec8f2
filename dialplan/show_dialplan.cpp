// SPDX-License-Identifier: Apache-2.0
// Asks the searches that route calls, and prints what they find.
#include "dialplan/show_dialplan.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "dialplan/digits.hpp"
#include "dialplan/hunt.hpp"
#include "dialplan/matching.hpp"
#include "dialplan/route.hpp"
#include "dialplan/uri_text.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::DialPeerTag;

constexpr const char* kNoMatch = "% No match, result=-1\n";

std::string matched_text(const DialPlan& plan, const OutboundCandidate& candidate,
                         const PeerBlock& block) {
    const DialPeer& peer = *plan.config()->find_peer(candidate.peer);
    return fmt::format("{}Matched: {}   Digits: {}\nTarget: {}\n\n", block(peer), candidate.matched,
                       candidate.length, target_text(peer));
}

// Spec H.4: without the word timeout the digits are all there are, and T waits for more.
bool waits_for_digits(const DialPeer& peer) {
    return peer.destination_pattern.ends_with('T') && !peer.destination_map;
}

std::string inbound_text(const DialPlan& plan, const RouteQuery& query, const PeerBlock& block) {
    const InboundMatch match = find_inbound(plan.compiled(), query).match;
    if (match.peer == DialPeerTag{0})
        return std::string(kNoMatch) + "A call of this kind gets dial-peer 0.\n";
    return fmt::format("{}Matched: {}   by {}\n", block(*plan.config()->find_peer(match.peer)),
                       match.matched, match.criterion);
}

}  // namespace

std::string show_dialplan_number(const DialPlan& plan, const ShowNumber& asked,
                                 const PeerBlock& block, Random& random) {
    const std::string expanded = expand_number(plan.compiled(), asked.number);
    std::string out = fmt::format("Macro Exp.: {}\n\n", text::printable(expanded));
    RouteQuery call;
    call.carrier = asked.carrier;
    std::vector<OutboundCandidate> candidates;
    bool passed_over = false;
    for (const PeerMatch& match :
         find_outbound(plan.compiled(), {call, expanded, "", nullptr}).peers) {
        const DialPeer& peer = *plan.compiled().peers[match.peer].source;
        if (!asked.variable_length && waits_for_digits(peer)) {
            passed_over = true;
            continue;
        }
        candidates.push_back(
            {peer.tag, expanded.substr(0, match.consumed), match.length, peer.preference});
    }
    order_candidates(candidates, plan.config()->dial_peer_hunt, random, UsageMap{});
    for (const OutboundCandidate& candidate : candidates) {
        out += matched_text(plan, candidate, block);
        if (asked.until_huntstop && plan.config()->find_peer(candidate.peer)->huntstop) break;
    }
    if (candidates.empty()) out += kNoMatch;
    if (passed_over)
        out += "Patterns that end in T are shown by: show dialplan number ... timeout\n";
    return out;
}

std::string show_dialplan_uri(const DialPlan& plan, const std::string& uri,
                              const PeerBlock& block) {
    std::string out = "Outbound dialpeer matching based on destination URI\n\n";
    std::vector<std::pair<UriScore, const DialPeer*>> found;
    for (const CompiledPeer& peer : plan.compiled().peers) {
        if (!peer.outbound || peer.source->destination_uri.empty()) continue;
        const auto uris = plan.compiled().classes.find(peer.source->destination_uri);
        if (uris == plan.compiled().classes.end()) continue;
        if (const auto score = uris->second.match(uri))
            found.emplace_back(ranked(*score, plan.config()->uri_prefer_user_id), peer.source);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second->preference < b.second->preference;
    });
    for (const auto& [score, peer] : found)
        out += fmt::format("{}Matched: {}\nTarget: {}\n\n", block(*peer), peer->destination_uri,
                           target_text(*peer));
    return found.empty() ? out + kNoMatch : out;
}

std::string show_dialplan_peer(const DialPlan& plan, DialPeerTag tag, const std::string& number,
                               const PeerBlock& block) {
    const DialPeer* peer = tag == DialPeerTag{0} ? nullptr : plan.config()->find_peer(tag);
    if (peer == nullptr) return fmt::format("% dial-peer {} does not exist\n", tag.value());
    const std::string expanded = expand_number(plan.compiled(), number);
    std::string out = fmt::format("Macro Exp.: {}\n\n", text::printable(expanded));
    for (const PeerMatch& match : by_called(plan.compiled(), expanded))
        if (plan.compiled().peers[match.peer].source == peer)
            return out + matched_text(plan,
                                      {tag, expanded.substr(0, match.consumed), match.length,
                                       peer->preference},
                                      block);
    RouteQuery query;
    query.called.digits = expanded;
    out += kNoMatch;
    for (const Loser& loser : losers(plan, query, RouteDecision{}))
        if (loser.peer == tag && loser.role == Loser::Role::outbound)
            out +=
                fmt::format("dial-peer {}: {}\n", tag.value(), text::printable(loser.reason, 400));
    return out;
}

std::string show_dialplan_incall_uri(const DialPlan& plan, const std::string& uri,
                                     const PeerBlock& block) {
    RouteQuery query;
    query.request_uri = query.to_uri = query.from_uri = uri;
    query.via_host = std::string(split_uri(uri).host);
    return "Inbound VoIP dialpeer matching based on SIP URI's\n\n" +
           inbound_text(plan, query, block);
}

std::string show_dialplan_incall_number(const DialPlan& plan, const std::string& calling,
                                        const std::string& voice_port, const PeerBlock& block) {
    RouteQuery query;
    query.calling.digits = calling;
    query.voice_port = voice_port;
    return inbound_text(plan, query, block);
}

}  // namespace weir::dialplan
