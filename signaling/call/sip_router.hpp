// SPDX-License-Identifier: Apache-2.0
// SipRouter: gives each SIP event to the part of the program whose dialog or transaction it is.
#pragma once

#include <vector>

#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// A part that holds SIP dialogs of its own beside the calls (recording sessions). Each method
// returns false when the event is not its own; it is then offered to the next. Thread: sip.
class SipUser {
public:
    virtual ~SipUser() = default;
    // Whether a received request belongs to a dialog of this part: it may then come from any
    // address.
    [[nodiscard]] virtual bool owns_dialog(const SipMessage& request) const {
        static_cast<void>(request);
        return false;
    }
    // Whether a request outside of dialogs is this part's instead of the calls' (REGISTER): it may
    // then come from any address.
    [[nodiscard]] virtual bool takes(const SipMessage& request, const SipPath& path) const {
        static_cast<void>(request);
        static_cast<void>(path);
        return false;
    }
    // A request inside a dialog (its To has a tag), or one that it takes. Answered by whoever
    // claims it.
    [[nodiscard]] virtual bool claim_request(const IncomingRequest& request) = 0;
    [[nodiscard]] virtual bool claim_response(const IncomingResponse& response) = 0;
    [[nodiscard]] virtual bool claim_failure(ClientTxn txn, TxnFailure failure) = 0;
    // Of a re-INVITE that it has claimed.
    [[nodiscard]] virtual bool claim_ack(ServerTxn invite, const IncomingRequest& ack) = 0;
    [[nodiscard]] virtual bool claim_ack_timeout(ServerTxn invite) = 0;
    [[nodiscard]] virtual bool claim_cancel(ServerTxn invite, const IncomingRequest& cancel) = 0;
};

// Thread: sip. The stack's one listener. `calls` gets what nobody claims or takes, and
// answers it.
class SipRouter final : public SipEvents {
public:
    explicit SipRouter(SipEvents& calls) : calls_(calls) {}
    // `user` outlives the router's last event.
    void add(SipUser& user) { users_.push_back(&user); }

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
    template <typename Claim>
    bool offer(Claim claim);

    SipEvents& calls_;
    std::vector<SipUser*> users_;
};

}  // namespace weir::signaling
