// SPDX-License-Identifier: Apache-2.0
// Calls that we send to ourselves: each is followed until it leaves, or does not (spec G.3).
#include <fmt/format.h>

#include "dialplan/lint_limits.hpp"
#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::DialPeerTag;

// A call that leaves on a dial-peer to ourselves.
struct Pass {
    DialPeerTag peer;
    std::string calling;
    std::string called;
};

// The pass that the call of this decision makes: by its first candidate, as calls do.
std::optional<Pass> pass_of(const LintContext& context, const RouteDecision& decision) {
    if (decision.refused || decision.candidates.empty()) return std::nullopt;
    const RouteCandidate& first = decision.candidates.front();
    const DialPeer* peer = context.config.find_peer(first.match.peer);
    if (peer == nullptr || !context.is_own(*peer)) return std::nullopt;
    return Pass{first.match.peer, first.calling, first.called};
}

std::string own_host(const LintContext& context, const DialPeer& peer) {
    if (peer.target.kind == config::SessionTarget::Kind::address)
        return uri_host(peer.target.address);
    return context.input.own.empty() ? "" : uri_host(context.input.own.front().address);
}

// The numbers that the call has in each pass; they are kLintPasses + 1 when it never leaves.
std::vector<std::string> follow(LintContext& context, Pass pass) {
    std::vector<std::string> numbers{pass.called};
    while (numbers.size() <= kLintPasses) {
        const DialPeer& peer = *context.config.find_peer(pass.peer);
        const auto decision =
            context.try_call(sample_query(own_host(context, peer), pass.calling, pass.called));
        if (!decision) break;
        auto next = pass_of(context, *decision);
        if (!next) break;
        pass = std::move(*next);
        numbers.push_back(pass.called);
    }
    return numbers;
}

bool report_loop(LintContext& context, const DialPeer& peer, const RouteQuery& query) {
    const auto decision = context.try_call(query);
    if (!decision) return true;  // no more calls: nothing is claimed
    const auto pass = pass_of(context, *decision);
    if (!pass || pass->peer != peer.tag) return false;
    const auto numbers = follow(context, *pass);
    if (numbers.size() <= kLintPasses) return false;
    context.add(
        "WL201", block_of(peer.tag), "session",
        fmt::format("a call to {} runs in circles: dial-peer {} sends it to our own address as {}, "
                    "and there it is sent to our own address again, as {}{}",
                    query.called.digits, peer.tag.value(), numbers[0], numbers[1],
                    peer.max_conn ? fmt::format(", until max-conn {} is used up", *peer.max_conn)
                                  : ", until nothing is left"),
        "mark the number on the way out (translation-profile outgoing) and let the inbound "
        "dial-peer of the mark lead on by destination dpg");
    return true;
}

}  // namespace

void lint_loops(LintContext& context) {
    std::map<DialPeerTag, std::vector<const SampledCall*>> calls;  // by the first candidate
    for (const SampledCall& call : context.calls)
        if (!call.candidates.empty()) calls[call.candidates.front()].push_back(&call);
    for (const auto& [tag, peer] : context.config.dial_peers) {
        if (!peer.usable_outbound() || !context.is_own(peer)) continue;
        std::vector<RouteQuery> queries;
        for (const SampledCall* call : calls[tag])
            queries.push_back(sample_query(call->source, call->calling, call->called));
        for (const std::string& number : context.numbers[tag])
            queries.push_back(sample_query("", "5550199", number));
        for (const RouteQuery& query : queries)
            if (report_loop(context, peer, query)) break;
    }
}

}  // namespace weir::dialplan
