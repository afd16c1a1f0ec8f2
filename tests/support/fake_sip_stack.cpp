// SPDX-License-Identifier: Apache-2.0
// What the program sends is kept, what the test sends is delivered.
#include "tests/support/fake_sip_stack.hpp"

namespace weir::tests {

FakeSipStack::FakeSipStack() = default;
FakeSipStack::~FakeSipStack() = default;

Result<signaling::ClientTxn> FakeSipStack::send(signaling::OutgoingRequest request) {
    if (refuse_sends) return fail(ErrorCode::unavailable, "no route in this test");
    sent.push_back({signaling::ClientTxn{++last_txn_}, std::move(request)});
    return sent.back().txn;
}

Result<void> FakeSipStack::send_ack(signaling::OutgoingRequest ack) {
    acks.push_back(std::move(ack));
    return {};
}

void FakeSipStack::cancel(signaling::ClientTxn invite, std::string_view reason) {
    cancelled.emplace_back(invite, std::string(reason));
}

void FakeSipStack::respond(signaling::ServerTxn txn, const signaling::SipMessage& response) {
    answered.push_back({txn, response});
}

std::vector<std::pair<signaling::SipTransport, Endpoint>> FakeSipStack::listeners() const {
    return listening;
}

signaling::ServerTxn FakeSipStack::receive(signaling::SipMessage message,
                                           const signaling::SipPath& path, MonoTime at) {
    const signaling::ServerTxn txn{++last_txn_};
    if (!events_->admits(&message, path))
        discarded.push_back(txn);
    else if (auto refusal = events_->refuses(message, path))
        answered.push_back({txn, *std::move(refusal)});
    else
        events_->on_request({txn, std::move(message), path, at});
    return txn;
}

void FakeSipStack::answer(const Sent& to, int status, std::string_view tag, std::string sdp,
                          std::vector<signaling::Header> extra) {
    signaling::SipMessage response = signaling::make_response(to.request.message, status, "", tag);
    for (auto& header : extra)
        response.add(header.name, std::move(header.value));
    if (!sdp.empty()) {
        response.add("Content-Type", "application/sdp");
        response.body = std::move(sdp);
    }
    events_->on_response({to.txn, std::move(response), {}});
}

std::vector<FakeSipStack::Sent> FakeSipStack::sent_with(std::string_view method) const {
    std::vector<Sent> found;
    for (const Sent& each : sent)
        if (each.request.message.method == method) found.push_back(each);
    return found;
}

std::vector<signaling::SipMessage> FakeSipStack::answers_to(signaling::ServerTxn txn) const {
    std::vector<signaling::SipMessage> found;
    for (const Answered& each : answered)
        if (each.txn == txn) found.push_back(each.response);
    return found;
}

}  // namespace weir::tests
