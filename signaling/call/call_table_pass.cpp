// SPDX-License-Identifier: Apache-2.0
// CallTable: requests outside of calls that go on by dial-peer: routes for PassTable, and its
// actions.
#include <utility>

#include "config/base/limits.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/screening.hpp"
#include "signaling/call/transfer_limits.hpp"

namespace weir::signaling {

void CallTable::pass_on(const IncomingRequest& received) {
    // Spec D.3: inbound profiles come first; the real lookup is that of the modified message.
    IncomingRequest request = received;
    HeaderEdge headers(profiles_, plan_->config());
    if (!profiles_->empty())
        headers.arriving(request, preliminary_peer(request, *plan_), Side::a, false);
    const ScreenVerdict verdict = screen(request.message);
    if (verdict.status != 0 && verdict.status != 415)  // bodies of these are of any kind
        return refuse(received, verdict.status, 0, verdict.headers);
    const auto wait = std::to_string(std::chrono::seconds(kRetryAfter).count());
    if (pass_.table.is_full()) return refuse(received, 503, 0, {{"Retry-After", wait}});
    const auto listeners = parts_.stack.listeners();
    RoutingInput input{*plan_, usage_, parts_.random, network_, listeners, nullptr};
    input.busyout = &edge_.busyout;
    input.box = box_;
    input.trusts_source = trusted_->is_listed(request.path.remote.address);
    input.bound = bound_target(request);  // a message of the registrar to an endpoint behind us
    const TagOwner owner{shard_, CallId{++last_call_}};
    CallSetup setup = route_call(request, owner, input);
    if (challenge_caller(received, setup)) return;
    if (setup.refusal) return refuse(received, setup.refusal->status, setup.refusal->q850_cause);
    PassStart start;
    for (auto& route : setup.routes)
        if (route.reachable) start.routes.push_back(std::move(route));
    if (start.routes.empty()) return refuse(received, 503, 0, {{"Retry-After", wait}});
    start.id = owner.call;
    start.config = setup.config;
    start.request = request;
    start.local_tag = std::move(setup.local_tag);
    start.contact = std::move(setup.contact);
    start.cnonce = parts_.random.hex(16);
    start.inbound = setup.caller.dial_peer;
    start.headers = std::move(headers);
    for (auto& uuid : start.session_uuids)
        uuid = make_session_uuid(parts_.random.below(UINT64_MAX), parts_.random.below(UINT64_MAX));
    carry_out(pass_.table.begin(std::move(start), parts_.loop.clock().now()));
    if (pass_.sweep == TimerId{}) sweep_passed();
}

// The entry of a request inside a dialog that a passed request has made.
std::optional<CallId> CallTable::passed_by(const SipMessage& request) const {
    const std::string* to = request.find("To");
    const auto address = to == nullptr ? Result<NameAddr>() : NameAddr::parse(*to);
    const auto tag = to != nullptr && address ? owner_of_tag(address->tag()) : std::nullopt;
    if (!tag || tag->shard != shard_ || !pass_.table.owns(tag->call, request)) return std::nullopt;
    return tag->call;
}

bool CallTable::pass_in_dialog(const IncomingRequest& request) {
    const auto id = passed_by(request.message);
    if (!id) return false;
    carry_out(pass_.table.on_request(*id, request, parts_.loop.clock().now()));
    return true;
}

bool CallTable::pass_back(const IncomingResponse& response) {
    const auto found = pass_.clients.find(response.txn);
    if (found == pass_.clients.end()) return false;
    const Token token = found->second;
    if (response.message.status >= 200) pass_.clients.erase(found);
    carry_out(pass_.table.on_response(token, response.message, parts_.loop.clock().now()));
    return true;
}

bool CallTable::pass_failed(ClientTxn txn) {
    const auto found = pass_.clients.find(txn);
    if (found == pass_.clients.end()) return false;
    const Token token = found->second;
    pass_.clients.erase(found);
    carry_out(pass_.table.on_failure(token, parts_.loop.clock().now()));
    return true;
}

void CallTable::carry_out(PassActions actions) {
    for (auto& action : actions) {
        if (const auto* respond = std::get_if<Respond>(&action)) {
            parts_.stack.respond(respond->txn, respond->response);
            continue;
        }
        auto& request = std::get<SendRequest>(action);
        const auto txn = parts_.stack.send(std::move(request.request));
        if (txn) {
            pass_.clients[*txn] = request.token;
            continue;
        }
        ++counters_.send_errors;
        carry_out(pass_.table.on_failure(request.token, parts_.loop.clock().now()));
    }
}

void CallTable::sweep_passed() {
    pass_.sweep = parts_.loop.after(kPassedSweep, [this] {
        pass_.sweep = {};
        carry_out(pass_.table.expire(parts_.loop.clock().now()));
        if (pass_.table.size() != 0) sweep_passed();
    });
}

}  // namespace weir::signaling
