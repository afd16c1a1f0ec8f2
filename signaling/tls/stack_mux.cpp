// SPDX-License-Identifier: Apache-2.0
// StackMux; see stack_mux.hpp.
#include "signaling/tls/stack_mux.hpp"

namespace weir::signaling {
namespace {

constexpr std::uint64_t kSecure = std::uint64_t{1} << 63U;

template <typename Txn>
Txn tagged(Txn txn) {
    return txn.value() == 0 ? txn : Txn{txn.value() | kSecure};
}

template <typename Txn>
Txn untagged(Txn txn) {
    return Txn{txn.value() & ~kSecure};
}

template <typename Txn>
bool is_secure(Txn txn) {
    return (txn.value() & kSecure) != 0;
}

}  // namespace

void StackMux::set_events(SipEvents& events) {
    events_ = &events;
    plain_.set_events(events);
    secure_.set_events(tagged_);
}

Result<ClientTxn> StackMux::send(OutgoingRequest request) {
    if (request.path.transport != SipTransport::tls) return plain_.send(std::move(request));
    return secure_.send(std::move(request)).map([](ClientTxn txn) { return tagged(txn); });
}

Result<void> StackMux::send_ack(OutgoingRequest ack) {
    return (ack.path.transport == SipTransport::tls ? secure_ : plain_).send_ack(std::move(ack));
}

void StackMux::cancel(ClientTxn invite, std::string_view reason) {
    (is_secure(invite) ? secure_ : plain_).cancel(untagged(invite), reason);
}

void StackMux::abandon(ClientTxn txn) {
    (is_secure(txn) ? secure_ : plain_).abandon(untagged(txn));
}

void StackMux::respond(ServerTxn txn, const SipMessage& response) {
    (is_secure(txn) ? secure_ : plain_).respond(untagged(txn), response);
}

std::vector<std::pair<SipTransport, Endpoint>> StackMux::listeners() const {
    auto all = plain_.listeners();
    for (auto& listener : secure_.listeners())
        all.push_back(std::move(listener));
    return all;
}

bool StackMux::Tagged::admits(const SipMessage* request, const SipPath& path) {
    return mux_.events_->admits(request, path);
}

std::optional<SipMessage> StackMux::Tagged::refuses(const SipMessage& request,
                                                    const SipPath& path) {
    return mux_.events_->refuses(request, path);
}

void StackMux::Tagged::on_request(IncomingRequest request) {
    request.txn = tagged(request.txn);
    mux_.events_->on_request(std::move(request));
}

void StackMux::Tagged::on_cancel(ServerTxn invite, IncomingRequest cancel) {
    mux_.events_->on_cancel(tagged(invite), std::move(cancel));
}

void StackMux::Tagged::on_ack(ServerTxn invite, IncomingRequest ack) {
    mux_.events_->on_ack(tagged(invite), std::move(ack));
}

void StackMux::Tagged::on_ack_timeout(ServerTxn invite) {
    mux_.events_->on_ack_timeout(tagged(invite));
}

void StackMux::Tagged::on_response(IncomingResponse response) {
    response.txn = tagged(response.txn);
    mux_.events_->on_response(std::move(response));
}

void StackMux::Tagged::on_failure(ClientTxn txn, TxnFailure failure) {
    mux_.events_->on_failure(tagged(txn), failure);
}

void StackMux::Tagged::leaving(ClientTxn invite, SipMessage& request) {
    mux_.events_->leaving(tagged(invite), request);
}

}  // namespace weir::signaling
