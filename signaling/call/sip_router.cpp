// SPDX-License-Identifier: Apache-2.0
// SipRouter: asks each user in turn, then the calls.
#include "signaling/call/sip_router.hpp"

#include <algorithm>
#include <utility>

#include "signaling/api/party.hpp"

namespace weir::signaling {
namespace {

bool is_in_dialog(const SipMessage& request) {
    return !tag_in(request, "To").empty();
}

}  // namespace

template <typename Claim>
bool SipRouter::offer(Claim claim) {
    return std::any_of(users_.begin(), users_.end(), [&](SipUser* user) { return claim(*user); });
}

bool SipRouter::admits(const SipMessage* request, const SipPath& path) {
    if (request != nullptr && is_in_dialog(*request) &&
        offer([&](const SipUser& user) { return user.owns_dialog(*request); }))
        return true;
    if (request != nullptr &&
        offer([&](const SipUser& user) { return user.takes(*request, path); }))
        return true;
    return calls_.admits(request, path);
}

std::optional<SipMessage> SipRouter::refuses(const SipMessage& request, const SipPath& path) {
    return calls_.refuses(request, path);
}

void SipRouter::on_request(IncomingRequest request) {
    const bool in_dialog = is_in_dialog(request.message);
    const bool claimed = offer([&](SipUser& user) {
        return (in_dialog || user.takes(request.message, request.path)) &&
               user.claim_request(request);
    });
    if (claimed) return;
    calls_.on_request(std::move(request));
}

void SipRouter::on_cancel(ServerTxn invite, IncomingRequest cancel) {
    if (!offer([&](SipUser& user) { return user.claim_cancel(invite, cancel); }))
        calls_.on_cancel(invite, std::move(cancel));
}

void SipRouter::on_ack(ServerTxn invite, IncomingRequest ack) {
    if (!offer([&](SipUser& user) { return user.claim_ack(invite, ack); }))
        calls_.on_ack(invite, std::move(ack));
}

void SipRouter::on_ack_timeout(ServerTxn invite) {
    if (!offer([&](SipUser& user) { return user.claim_ack_timeout(invite); }))
        calls_.on_ack_timeout(invite);
}

void SipRouter::on_response(IncomingResponse response) {
    if (!offer([&](SipUser& user) { return user.claim_response(response); }))
        calls_.on_response(std::move(response));
}

void SipRouter::on_failure(ClientTxn txn, TxnFailure failure) {
    if (!offer([&](SipUser& user) { return user.claim_failure(txn, failure); }))
        calls_.on_failure(txn, failure);
}

// The INVITEs of other users have no profile but that of their peer (spec F.5).
void SipRouter::leaving(ClientTxn invite, SipMessage& request) {
    calls_.leaving(invite, request);
}

}  // namespace weir::signaling
