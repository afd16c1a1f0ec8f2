// SPDX-License-Identifier: Apache-2.0
// Call: a 3xx that is consumed (spec B.6; the table of Contacts stands in redirect.hpp).
//
// | outbound peer says                                  | a 3xx of it |
// |-----------------------------------------------------|-------------|
// | nothing                                             | passes to the caller with its Contacts |
// | no redirection (sip-ua, tenant)                     | is a failure like any other: the call
// hunts on | | no supplementary-service sip moved-temporarily      | is followed: its Contacts are
// called, best q first | | ... and no redirect ip2ip                           | is a failure like
// any other |
#include "config/base/limits.hpp"
#include "config/model/supplementary.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"

namespace weir::signaling {
namespace {

// Q.850 23, redirection to new destination, when nobody could be called instead.
constexpr int kCauseRedirected = 23;

}  // namespace

void Call::on_redirect(const SipMessage& response) {
    const bool treated = option(Side::b, &config::SipOptions::redirection);
    const config::DialPeer& from = peer(Side::b);
    if (treated &&
        config::passes(*setup_.config, from, config::SupplementaryService::moved_temporarily))
        return pass_redirect(response);
    services_.redirects.note_tried(leg(Side::b).dialog->remote_target());
    if (treated && config::redirects_between_ip(*setup_.config, from))
        services_.redirects.take(response, from.max_redirects);
    note_attempt(response.status, kCauseRedirected);
    attempt_failed(480, kCauseRedirected);
}

// Asks for routes to the next Contact; the attempt at hand is over.
bool Call::next_contact() {
    const auto uri = services_.redirects.next();
    if (!uri || setup_.routes.size() >= kMaxHuntAttempts) return false;
    state_ = CallState::routing;
    services_.redirecting = true;
    FindRoutes query{*uri, Side::a, {}, {}};
    if (const std::string* from = setup_.invite.message.find("From")) query.identity = *from;
    for (const std::string_view name : {"Remote-Party-ID", "P-Asserted-Identity", "Privacy"})
        if (const std::string* value = setup_.invite.message.find(name))
            query.headers.push_back({std::string(name), *value});
    // Who was called first and sent the call on (RFC 5806).
    query.headers.push_back(
        {"Diversion", "<" + leg(Side::b).dialog->remote_target() + ">;reason=unconditional"});
    act(query);
    return true;
}

// The routes of a Contact are tried before what is left of the call's own.
void Call::on_redirect_routes(const RoutesFound& found) {
    services_.redirecting = false;
    if (state_ != CallState::routing) return;
    std::size_t at = route_ + 1;
    for (const OutboundRoute& route : found.routes) {
        if (setup_.routes.size() >= kMaxHuntAttempts) break;
        setup_.routes.insert(setup_.routes.begin() + static_cast<std::ptrdiff_t>(at++), route);
    }
    if (at > route_ + 1) {
        ++route_;
        return try_route();
    }
    if (next_contact()) return;
    const int cause = found.refusal ? found.refusal->q850_cause : kCauseRedirected;
    const std::size_t next = next_route(cause, false);
    if (next < setup_.routes.size() && next < kMaxHuntAttempts) {
        route_ = next;
        return try_route();
    }
    fail_call(found.refusal ? found.refusal->status : 480, cause);
}

}  // namespace weir::signaling
