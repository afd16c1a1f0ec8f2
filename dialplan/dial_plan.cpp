// SPDX-License-Identifier: Apache-2.0
// DialPlan: compiles, and answers the two questions that need no whole route.
#include "dialplan/dial_plan.hpp"

#include <utility>

#include "dialplan/compiler.hpp"
#include "dialplan/hunt.hpp"
#include "dialplan/matching.hpp"

namespace weir::dialplan {

Result<std::shared_ptr<const DialPlan>> DialPlan::compile(config::ConfigPtr config,
                                                          MapFiles files) {
    WEIR_ASSERT(config != nullptr);
    Compiler compiler(std::move(config), std::move(files));
    auto compiled = compiler.run();
    if (!compiler.errors().empty()) return fail(ErrorCode::invalid, compiler.errors());
    return std::make_shared<const DialPlan>(DialPlan(std::move(compiled)));
}

const config::ConfigPtr& DialPlan::config() const {
    return compiled_->config;
}

const MapFiles& DialPlan::files() const {
    return compiled_->files;
}

const std::vector<std::string>& DialPlan::notices() const {
    return compiled_->notices;
}

InboundMatch DialPlan::match_inbound(const InboundQuery& query) const {
    RouteQuery call;
    call.calling.digits = query.calling;
    call.called.digits = query.called;
    call.via_host = query.via_host;
    call.request_uri = query.request_uri;
    call.to_uri = query.to_uri;
    call.from_uri = query.from_uri;
    return find_inbound(*compiled_, call).match;
}

std::vector<OutboundCandidate> DialPlan::match_outbound(std::string_view called, Random& random,
                                                        const UsageMap& usage) const {
    std::vector<OutboundCandidate> candidates;
    for (const PeerMatch& match : by_called(*compiled_, {std::string(called)})) {
        const config::DialPeer& peer = *compiled_->peers[match.peer].source;
        if (!connection_allowed(*compiled_->config, {}, peer)) continue;
        candidates.push_back({peer.tag, std::string(called.substr(0, match.consumed)), match.length,
                              peer.preference});
    }
    order_candidates(candidates, compiled_->config->dial_peer_hunt, random, usage);
    return candidates;
}

}  // namespace weir::dialplan
