// SPDX-License-Identifier: Apache-2.0
// CallTable: endpoints behind us that have registered (registration passthrough, spec B.11): their
// calls are taken, and calls of their registrar go to where they are.
#include "signaling/call/call_table.hpp"

namespace weir::signaling {

config::DialPeerTag CallTable::peer_of(const IncomingRequest& request) const {
    return plan_ ? preliminary_peer(request, *plan_).tag : config::DialPeerTag{};
}

// A binding is proof enough: the registrar has asked its endpoint for a password, if anybody shall
// be asked for one. The registrar itself must be let in to call it.
bool CallTable::is_bound(const SipPath& path) const {
    return edge_.bindings != nullptr &&
           (edge_.bindings->has_source(path) || edge_.bindings->has_registrar(path.remote.address));
}

// None: the call is for nobody who has registered. Null: for one whose time is over. Only the
// registrar and trusted sources may name a binding: endpoints call each other by its rules.
std::optional<const Binding*> CallTable::bound_target(const IncomingRequest& invite) const {
    if (edge_.bindings == nullptr) return std::nullopt;
    const auto token = token_in(invite.message.request_uri);
    if (!token) return std::nullopt;
    const IpAddress& source = invite.path.remote.address;
    if (!trusted_->is_listed(source) && !edge_.bindings->has_registrar(source)) return std::nullopt;
    return edge_.bindings->find(*token, parts_.loop.clock().now());
}

}  // namespace weir::signaling
