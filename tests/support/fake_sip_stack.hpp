// SPDX-License-Identifier: Apache-2.0
// A SIP stack without a network: keeps what is sent, and the test plays the other side.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "signaling/api/sip_stack.hpp"

namespace weir::tests {

class FakeSipStack final : public signaling::SipStack {
public:
    struct Sent {
        signaling::ClientTxn txn;
        signaling::OutgoingRequest request;
    };
    struct Answered {
        signaling::ServerTxn txn;
        signaling::SipMessage response;
    };

    void set_events(signaling::SipEvents& events) override { events_ = &events; }
    Result<signaling::ClientTxn> send(signaling::OutgoingRequest request) override {
        if (refuse_sends) return fail(ErrorCode::unavailable, "no route in this test");
        sent.push_back({signaling::ClientTxn{++last_txn_}, request});
        return sent.back().txn;
    }
    Result<void> send_ack(signaling::OutgoingRequest ack) override {
        acks.push_back(ack);
        return {};
    }
    void cancel(signaling::ClientTxn invite, std::string_view reason) override {
        cancelled.emplace_back(invite, std::string(reason));
    }
    void abandon(signaling::ClientTxn txn) override { abandoned.push_back(txn); }
    void respond(signaling::ServerTxn txn, const signaling::SipMessage& response) override {
        answered.push_back({txn, response});
    }
    [[nodiscard]] std::vector<std::pair<signaling::SipTransport, Endpoint>> listeners()
        const override {
        return listening;
    }

    // ---- the test's side ----------------------------------------------------------------------
    // Gives a request to the program.
    signaling::ServerTxn receive(signaling::SipMessage message, const signaling::SipPath& path = {},
                                 MonoTime at = {}) {
        const signaling::ServerTxn txn{++last_txn_};
        if (!events_->admits(&message, path))
            discarded.push_back(txn);
        else if (auto refusal = events_->refuses(message, path))
            answered.push_back({txn, *std::move(refusal)});
        else
            events_->on_request({txn, std::move(message), path, at});
        return txn;
    }
    // Answers a request that the program sent.
    void answer(const Sent& to, int status, std::string_view tag, std::string sdp = {},
                std::vector<signaling::Header> extra = {}) {
        signaling::SipMessage response =
            signaling::make_response(to.request.message, status, "", tag);
        for (auto& header : extra)
            response.add(header.name, std::move(header.value));
        if (!sdp.empty()) {
            response.add("Content-Type", "application/sdp");
            response.body = std::move(sdp);
        }
        events_->on_response({to.txn, std::move(response), {}});
    }
    // The requests of one method, in order.
    [[nodiscard]] std::vector<Sent> sent_with(std::string_view method) const {
        std::vector<Sent> found;
        for (const Sent& each : sent)
            if (each.request.message.method == method) found.push_back(each);
        return found;
    }
    // The responses to one transaction, in order.
    [[nodiscard]] std::vector<signaling::SipMessage> answers_to(signaling::ServerTxn txn) const {
        std::vector<signaling::SipMessage> found;
        for (const Answered& each : answered)
            if (each.txn == txn) found.push_back(each.response);
        return found;
    }
    [[nodiscard]] signaling::SipEvents& events() { return *events_; }

    std::vector<Sent> sent;
    std::vector<signaling::OutgoingRequest> acks;
    std::vector<Answered> answered;
    std::vector<std::pair<signaling::ClientTxn, std::string>> cancelled;
    std::vector<signaling::ClientTxn> abandoned;
    std::vector<signaling::ServerTxn> discarded;
    std::vector<std::pair<signaling::SipTransport, Endpoint>> listening;
    bool refuse_sends = false;

private:
    signaling::SipEvents* events_ = nullptr;
    std::uint64_t last_txn_ = 0;
};

}  // namespace weir::tests
