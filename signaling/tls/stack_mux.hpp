// SPDX-License-Identifier: Apache-2.0
// StackMux: two SipStacks as one; the transport of a path chooses.
#pragma once

#include <utility>
#include <vector>

#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// Thread: sip. Transactions of the secure stack have the highest bit of their number set. Both
// stacks outlive it.
class StackMux final : public SipStack {
public:
    StackMux(SipStack& plain, SipStack& secure) : plain_(plain), secure_(secure), tagged_(*this) {}
    StackMux(const StackMux&) = delete;
    StackMux& operator=(const StackMux&) = delete;

    void set_events(SipEvents& events) override;
    [[nodiscard]] Result<ClientTxn> send(OutgoingRequest request) override;
    Result<void> send_ack(OutgoingRequest ack) override;
    void cancel(ClientTxn invite, std::string_view reason) override;
    void abandon(ClientTxn txn) override;
    void respond(ServerTxn txn, const SipMessage& response) override;
    [[nodiscard]] std::vector<std::pair<SipTransport, Endpoint>> listeners() const override;

private:
    // What the secure stack tells, with numbers that are told apart.
    class Tagged final : public SipEvents {
    public:
        explicit Tagged(StackMux& mux) : mux_(mux) {}
        [[nodiscard]] bool admits(const SipMessage* request, const SipPath& path) override;
        [[nodiscard]] std::optional<SipMessage> refuses(const SipMessage& request,
                                                        const SipPath& path) override;
        void on_request(IncomingRequest request) override;
        void on_cancel(ServerTxn invite, IncomingRequest cancel) override;
        void on_ack(ServerTxn invite, IncomingRequest ack) override;
        void on_ack_timeout(ServerTxn invite) override;
        void on_response(IncomingResponse response) override;
        void on_failure(ClientTxn txn, TxnFailure failure) override;
        void leaving(ClientTxn invite, SipMessage& request) override;

    private:
        StackMux& mux_;
    };

    SipStack& plain_;
    SipStack& secure_;
    Tagged tagged_;
    SipEvents* events_ = nullptr;
};

}  // namespace weir::signaling
