// SPDX-License-Identifier: Apache-2.0
// Asks the searches that route calls, and prints what they find.
#include "dialplan/show_dialplan.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/json.hpp>
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

// Spec H.4: without the word timeout the digits are all there are, and T waits for more.
bool waits_for_digits(const DialPeer& peer) {
    return peer.destination_pattern.ends_with('T') && !peer.destination_map;
}

ShownDialplan of_number(const DialPlan& plan, const std::string& number) {
    ShownDialplan shown;
    shown.expanded = expand_number(plan.compiled(), number);
    shown.head = fmt::format("Macro Exp.: {}\n\n", text::printable(shown.expanded));
    return shown;
}

ShownDialplan::Row row_of(const DialPlan& plan, const OutboundCandidate& candidate) {
    return {candidate.peer, candidate.matched, "", candidate.length,
            target_text(*plan.config()->find_peer(candidate.peer))};
}

ShownDialplan inbound_of(const DialPlan& plan, const RouteQuery& query) {
    const InboundMatch match = find_inbound(plan.compiled(), query).match;
    ShownDialplan shown;
    shown.rows.push_back({match.peer, match.matched, match.criterion, 0, ""});
    return shown;
}

std::string row_text(const DialPlan& plan, const ShownDialplan::Row& row, const PeerBlock& block) {
    const bool inbound = !row.criterion.empty();
    if (inbound && row.peer == DialPeerTag{0})
        return std::string(kNoMatch) + "A call of this kind gets dial-peer 0.\n";
    std::string text = block(*plan.config()->find_peer(row.peer));
    const std::string matched = text::printable(row.matched);
    if (inbound) return text + fmt::format("Matched: {}   by {}\n", matched, row.criterion);
    text += row.length == 0 ? fmt::format("Matched: {}\n", matched)
                            : fmt::format("Matched: {}   Digits: {}\n", matched, row.length);
    return text + fmt::format("Target: {}\n\n", row.target);
}

}  // namespace

ShownDialplan show_dialplan_number(const DialPlan& plan, const ShowNumber& asked, Random& random) {
    ShownDialplan shown = of_number(plan, asked.number);
    RouteQuery call;
    call.carrier = asked.carrier;
    std::vector<OutboundCandidate> candidates;
    for (const PeerMatch& match :
         find_outbound(plan.compiled(), {call, {shown.expanded}, {}, nullptr}).peers) {
        const DialPeer& peer = *plan.compiled().peers[match.peer].source;
        if (!asked.variable_length && waits_for_digits(peer)) {
            shown.notes = "Patterns that end in T are shown by: show dialplan number ... timeout\n";
            continue;
        }
        candidates.push_back(
            {peer.tag, shown.expanded.substr(0, match.consumed), match.length, peer.preference});
    }
    order_candidates(candidates, plan.config()->dial_peer_hunt, random, UsageMap{});
    for (const OutboundCandidate& candidate : candidates) {
        shown.rows.push_back(row_of(plan, candidate));
        if (asked.until_huntstop && plan.config()->find_peer(candidate.peer)->huntstop) break;
    }
    return shown;
}

ShownDialplan show_dialplan_uri(const DialPlan& plan, const std::string& uri) {
    ShownDialplan shown;
    shown.head = "Outbound dialpeer matching based on destination URI\n\n";
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
        shown.rows.push_back({peer->tag, peer->destination_uri, "", 0, target_text(*peer)});
    return shown;
}

ShownDialplan show_dialplan_peer(const DialPlan& plan, DialPeerTag tag, const std::string& number) {
    const DialPeer* peer = tag == DialPeerTag{0} ? nullptr : plan.config()->find_peer(tag);
    ShownDialplan shown = of_number(plan, number);
    if (peer == nullptr) {
        shown.error = fmt::format("% dial-peer {} does not exist\n", tag.value());
        return shown;
    }
    for (const PeerMatch& match : by_called(plan.compiled(), {shown.expanded})) {
        if (plan.compiled().peers[match.peer].source != peer) continue;
        shown.rows.push_back(row_of(
            plan, {tag, shown.expanded.substr(0, match.consumed), match.length, peer->preference}));
        return shown;
    }
    RouteQuery query;
    query.called.digits = shown.expanded;
    for (const Loser& loser : losers(plan, query, RouteDecision{}))
        if (loser.peer == tag && loser.role == Loser::Role::outbound)
            shown.notes +=
                fmt::format("dial-peer {}: {}\n", tag.value(), text::printable(loser.reason, 400));
    return shown;
}

ShownDialplan show_dialplan_incall_uri(const DialPlan& plan, const std::string& uri,
                                       const std::string& calling) {
    RouteQuery query;
    query.request_uri = query.to_uri = query.from_uri = uri;
    query.via_host = std::string(split_uri(uri).host);
    query.calling.digits = calling;
    ShownDialplan shown = inbound_of(plan, query);
    shown.head = "Inbound VoIP dialpeer matching based on SIP URI's\n\n";
    return shown;
}

ShownDialplan show_dialplan_incall_number(const DialPlan& plan, const std::string& calling,
                                          const std::string& voice_port) {
    RouteQuery query;
    query.calling.digits = calling;
    query.voice_port = voice_port;
    return inbound_of(plan, query);
}

std::string show_dialplan_text(const DialPlan& plan, const ShownDialplan& shown,
                               const PeerBlock& block) {
    std::string text = shown.head;
    for (const ShownDialplan::Row& row : shown.rows)
        text += row_text(plan, row, block);
    if (shown.rows.empty()) text += kNoMatch;
    return text + shown.notes;
}

std::string show_dialplan_json(const DialPlan& plan, const ShownDialplan& shown) {
    boost::json::object object;
    boost::json::array candidates;
    // What an operator typed stands in it: JSON is ASCII here as in explain.
    const auto ascii = [](const std::string& text) { return text::printable(text, text.size()); };
    for (const ShownDialplan::Row& row : shown.rows) {
        if (!row.criterion.empty()) {
            object["inbound"] = boost::json::object{{"tag", row.peer.value()},
                                                    {"criterion", row.criterion},
                                                    {"matched", ascii(row.matched)}};
            continue;
        }
        candidates.push_back(
            boost::json::object{{"tag", row.peer.value()},
                                {"matched", ascii(row.matched)},
                                {"length", row.length},
                                {"preference", plan.config()->find_peer(row.peer)->preference},
                                {"target", row.target}});
    }
    if (!object.contains("inbound")) {
        object["expanded"] = ascii(shown.expanded);
        object["candidates"] = std::move(candidates);
    }
    return boost::json::serialize(object) + "\n";
}

}  // namespace weir::dialplan
