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
    FakeSipStack();
    ~FakeSipStack() override;
    FakeSipStack(const FakeSipStack&) = delete;
    FakeSipStack& operator=(const FakeSipStack&) = delete;

    struct Sent {
        signaling::ClientTxn txn;
        signaling::OutgoingRequest request;
    };
    struct Answered {
        signaling::ServerTxn txn;
        signaling::SipMessage response;
    };

    void set_events(signaling::SipEvents& events) override { events_ = &events; }
    Result<signaling::ClientTxn> send(signaling::OutgoingRequest request) override;
    Result<void> send_ack(signaling::OutgoingRequest ack) override;
    void cancel(signaling::ClientTxn invite, std::string_view reason) override;
    void abandon(signaling::ClientTxn txn) override { abandoned.push_back(txn); }
    void respond(signaling::ServerTxn txn, const signaling::SipMessage& response) override;
    [[nodiscard]] std::vector<std::pair<signaling::SipTransport, Endpoint>> listeners()
        const override;

    // ---- the test's side ----------------------------------------------------------------------
    // Gives a request to the program.
    signaling::ServerTxn receive(signaling::SipMessage message, const signaling::SipPath& path = {},
                                 MonoTime at = {});
    // Answers a request that the program sent.
    void answer(const Sent& to, int status, std::string_view tag, std::string sdp = {},
                std::vector<signaling::Header> extra = {});
    // The requests of one method, in order.
    [[nodiscard]] std::vector<Sent> sent_with(std::string_view method) const;
    // The responses to one transaction, in order.
    [[nodiscard]] std::vector<signaling::SipMessage> answers_to(signaling::ServerTxn txn) const;
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
