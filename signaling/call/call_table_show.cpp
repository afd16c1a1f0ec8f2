// SPDX-License-Identifier: Apache-2.0
// CallTable: what operators look at and end.
#include <algorithm>

#include "signaling/call/call_table.hpp"

namespace weir::signaling {

CallSnapshot CallTable::snapshot_of(const Call& call) {
    CallSnapshot snapshot;
    snapshot.view = call.view();
    snapshot.state = call.state();
    snapshot.recordable = call.setup().recordable;
    for (const Side side : {Side::a, Side::b}) {
        const auto index = static_cast<std::size_t>(side);
        snapshot.paths[index] = call.path(side);
        snapshot.uuids[index] = call.session_uuid(side);
        for (std::size_t stream = 0; stream < kMaxStreams; ++stream) {
            snapshot.local_rtp[stream][index] = call.local_rtp(stream, side);
            snapshot.remote_rtp[stream][index] = call.remote_rtp(stream, side);
        }
    }
    return snapshot;
}

std::vector<CallSnapshot> CallTable::calls() const {
    return some_calls({}).calls;
}

ChosenCalls CallTable::some_calls(const CallChoice& choice) const {
    std::vector<const Call*> chosen;
    for (const auto& [id, entry] : calls_)
        if (entry->call->state() < CallState::ended && choice.wants(*entry->call))
            chosen.push_back(entry->call.get());
    ChosenCalls result;
    const std::size_t most = choice.most == 0 ? chosen.size() : choice.most;
    const std::size_t kept = std::min(most, chosen.size());
    std::partial_sort(
        chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(kept), chosen.end(),
        [](const Call* left, const Call* right) { return left->setup().id < right->setup().id; });
    result.left_out = chosen.size() - kept;
    chosen.resize(kept);
    result.calls.reserve(chosen.size());
    for (const Call* call : chosen)
        result.calls.push_back(snapshot_of(*call));
    return result;
}

bool CallChoice::wants(const Call& call) const {
    const CallSetup& setup = call.setup();
    if (setup.id <= after || (id && setup.id != *id)) return false;
    if (!calling.empty() && setup.calling != calling && setup.caller.number != calling)
        return false;
    const auto any_route = [&setup](const auto& matches) {
        return std::any_of(setup.routes.begin(), setup.routes.end(), matches);
    };
    if (!called.empty() && setup.called != called &&
        !any_route([this](const auto& route) { return route.party.number == called; }))
        return false;
    if (voice_port.empty()) return true;
    // Where the call is, not where it might go: candidates of hunting do not count.
    const CallView view = call.view();
    return std::any_of(view.parties.begin(), view.parties.end(), [&](const CallParty& party) {
        const config::DialPeer* peer = setup.config->find_peer(party.dial_peer);
        return peer != nullptr && peer->port == voice_port;
    });
}

std::size_t CallTable::release_calls(const CallChoice& choice, std::uint8_t q850_cause) {
    std::vector<CallId> ids;
    for (const auto& [id, entry] : calls_)
        if (entry->call->state() < CallState::releasing && choice.wants(*entry->call))
            ids.push_back(id);
    for (const CallId id : ids) {
        parts_.log.info("call.cleared", {{"call_id", id.value()}, {"cause", q850_cause}});
        feed(id, ReleaseOrdered{q850_cause});
    }
    return ids.size();
}

const Call* CallTable::find_call(CallId id) const {
    const auto found = calls_.find(id);
    return found == calls_.end() ? nullptr : found->second->call.get();
}

}  // namespace weir::signaling
