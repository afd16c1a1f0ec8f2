// SPDX-License-Identifier: Apache-2.0
// HeaderEdge: which profile, what it may copy, and the fields that no profile may take from us.
#include "signaling/call/header_edge.hpp"

#include <array>

#include "config/model/resolve.hpp"
#include "signaling/call/routing.hpp"

namespace weir::signaling {
namespace {

// Unknown methods are refused before they have a counterpart; this bounds what is kept of a call.
constexpr std::size_t kKeptMethods = 16;

std::string method_of(const SipMessage& message) {
    if (message.is_request) return message.method;
    const auto cseq = message.cseq();
    return cseq ? cseq->method : std::string();
}

std::string tag_of(const std::string& value) {
    const auto address = NameAddr::parse(value);
    return address ? address->tag() : std::string();
}

// What dialogs and transactions are told apart by stays as it was received: a profile changes what
// a message says, not which one it is.
void keep_identity(SipMessage& message, const SipMessage& received) {
    for (const char* name : {"Via", "Call-ID", "CSeq"}) {
        if (message.all(name) == received.all(name)) continue;
        message.remove(name);
        for (const auto value : received.all(name))
            message.add(name, std::string(value));
    }
    for (const char* name : {"From", "To"}) {
        const std::string* now = message.find(name);
        const std::string* then = received.find(name);
        if (then == nullptr || (now != nullptr && tag_of(*now) == tag_of(*then))) continue;
        message.set(name, *then);
    }
}

std::string value_of(const SipMessage& message, const char* name) {
    const std::string* value = message.find(name);
    return value == nullptr ? std::string() : *value;
}

}  // namespace

const config::DialPeer& preliminary_peer(const IncomingRequest& invite,
                                         const dialplan::DialPlan& plan) {
    const SipMessage& message = invite.message;
    const bool readable = SipUri::parse(message.request_uri) &&
                          NameAddr::parse(value_of(message, "From")) &&
                          NameAddr::parse(value_of(message, "To"));
    if (!readable) return config::default_dial_peer();
    const dialplan::RouteQuery query = route_query(message);
    const auto match =
        plan.match_inbound({query.calling.digits, query.called.digits, query.via_host,
                            query.request_uri, query.to_uri, query.from_uri});
    const config::DialPeer* peer = plan.config()->find_peer(match.peer);
    return peer == nullptr ? config::default_dial_peer() : *peer;
}

void HeaderEdge::arriving(SipMessage& message, const config::DialPeer& peer, Side side,
                          bool later_invite) {
    if (is_idle()) return;
    if (const SipProfile* profile = profiles_->inbound(*config_, peer)) {
        SipMessage changed = message;
        ProfileSubject subject;
        subject.reinvite = later_invite;
        subject.inbound = true;
        subject.peer = counterpart(message, side);
        subject.variables = &kept_->variables;
        const ProfileOutcome outcome = profile->apply(changed, subject);
        if (outcome == ProfileOutcome::refused) ++refused_;
        if (outcome == ProfileOutcome::applied) {
            keep_identity(changed, message);
            message = std::move(changed);
        }
    }
    keep(message, peer, side);
}

void HeaderEdge::arriving(IncomingRequest& request, const config::DialPeer& peer, Side side,
                          bool later_invite) {
    if (is_idle()) return;
    Addresses received{value_of(request.message, "From"), value_of(request.message, "To")};
    arriving(request.message, peer, side, later_invite);
    const bool changed = received.from != value_of(request.message, "From") ||
                         received.to != value_of(request.message, "To");
    if (changed && request.txn != ServerTxn{}) kept_->addresses[request.txn] = std::move(received);
}

void HeaderEdge::leaving(SipMessage& message, const config::DialPeer& peer, Side side,
                         bool later_invite) {
    if (is_idle()) return;
    const SipProfile* profile = profiles_->outbound(*config_, peer);
    if (profile == nullptr) return;
    ProfileSubject subject;
    subject.reinvite = later_invite;
    subject.peer = counterpart(message, side);
    subject.variables = &kept_->variables;
    if (profile->apply(message, subject) == ProfileOutcome::refused) ++refused_;
}

void HeaderEdge::leaving(ServerTxn txn, SipMessage& response, const config::DialPeer& peer,
                         Side side, bool later_invite) {
    if (is_idle()) return;
    // RFC 3261 8.2.6.2: From and To of a response are those of its request, whatever a profile has
    // made of them on the way in.
    auto& addresses = kept_->addresses;
    if (const auto received = addresses.find(txn); received != addresses.end()) {
        const std::string tag = tag_of(value_of(response, "To"));
        std::string to = received->second.to;
        if (tag_of(to).empty() && !tag.empty()) to += ";tag=" + tag;
        response.set("From", received->second.from);
        response.set("To", std::move(to));
        if (response.status >= 200) addresses.erase(received);
    }
    leaving(response, peer, side, later_invite);
}

void HeaderEdge::leaving_hop(SipMessage& request, const config::DialPeer& peer, Side side) {
    if (is_idle()) return;
    SipMessage changed = request;
    leaving(changed, peer, side, false);
    changed.request_uri = request.request_uri;
    for (const char* name : {"Via", "From", "To", "Call-ID", "CSeq", "Route"}) {
        if (changed.all(name) == request.all(name)) continue;
        changed.remove(name);
        for (const auto value : request.all(name))
            changed.add(name, std::string(value));
    }
    request = std::move(changed);
}

void HeaderEdge::keep(const SipMessage& message, const config::DialPeer& peer, Side side) {
    auto kept = peer_message(message, *config_, peer);
    if (!kept) return;
    auto& kinds = message.is_request ? kept_->requests : kept_->responses;
    auto& all = kinds[static_cast<std::size_t>(side)];
    const std::string method = method_of(message);
    if (all.size() >= kKeptMethods && !all.contains(method)) return;
    all[method] = *std::move(kept);
}

// The message of the other leg that this one answers to: the last one of its method and kind; for
// a request that nobody asked for, what the INVITE said.
const PeerMessage* HeaderEdge::counterpart(const SipMessage& message, Side side) const {
    const auto other = static_cast<std::size_t>(dataplane::other(side));
    const Kept& all = message.is_request ? kept_->requests[other] : kept_->responses[other];
    auto found = all.find(method_of(message));
    if (found == all.end()) found = all.find("INVITE");
    return found == all.end() ? nullptr : &found->second;
}

void apply_global_profile(SipMessage& message, const ProfileSet* profiles,
                          const config::Config& config) {
    if (profiles == nullptr) return;
    if (const auto* profile = profiles->outbound(config, config::default_dial_peer()))
        profile->apply(message, {});
}

}  // namespace weir::signaling
