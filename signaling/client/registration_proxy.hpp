// SPDX-License-Identifier: Apache-2.0
// RegistrationProxy: REGISTERs of endpoints behind us go to the configured registrar (`registrar
// server` and `registration passthrough`, spec B.11).
//
// Thread: sip. signaling/edge/passthrough.hpp decides; here are messages, timers, transactions. A
// REGISTER may come from any address: endpoints have changing ones. The registrar proves who sent
// it; only its 2xx makes a binding, and with it calls from that source are taken.
//
// Where `secondary` registrars are configured, one that is silent or answers 5xx is left alone for
// a while (edge/address_health) and the next is asked with the same REGISTER, one after the other:
// the password is the endpoint's, which can answer the challenge of one registrar at a time.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "config/base/metrics.hpp"
#include "config/model/registration.hpp"
#include "signaling/call/routing.hpp"
#include "signaling/call/sip_router.hpp"
#include "signaling/client/out_of_dialog.hpp"
#include "signaling/edge/address_health.hpp"
#include "signaling/edge/passthrough.hpp"

namespace weir::signaling {

class RegistrationProxy final : public SipUser {
public:
    // The dial-peer that a REGISTER matches, as an INVITE to its address of record would.
    using PeerOf = std::function<config::DialPeerTag(const IncomingRequest&)>;

    RegistrationProxy(ClientParts parts, NetworkKnowledge network, PeerOf peer_of);
    ~RegistrationProxy() override;
    RegistrationProxy(const RegistrationProxy&) = delete;
    RegistrationProxy& operator=(const RegistrationProxy&) = delete;

    // Bindings stay until their time is over.
    void set_config(config::ConfigPtr config);
    // Bindings of the weir-sip before this one, before the first request; none where the
    // configuration passes no REGISTERs any more. After set_config().
    void restore(std::vector<Binding> bindings);
    // Told of each change of a binding from now on; outlives this, or is taken away with null.
    void set_keeper(BindingKeeper* keeper) { machine_.set_keeper(keeper); }
    [[nodiscard]] const BindingTable& bindings() const { return machine_.bindings(); }
    [[nodiscard]] std::vector<Metric> metrics() const { return machine_.metrics(); }
    // A registrar at that address was silent a moment ago, or answered 5xx.
    [[nodiscard]] bool has_left(const IpAddress& address) const {
        return health_.is_resting(address, parts_.loop.clock().now());
    }

    // SipUser: REGISTERs, and the responses to ours.
    [[nodiscard]] bool takes(const SipMessage& request, const SipPath& path) const override;
    [[nodiscard]] bool claim_request(const IncomingRequest& request) override;
    [[nodiscard]] bool claim_response(const IncomingResponse& response) override;
    [[nodiscard]] bool claim_failure(ClientTxn txn, TxnFailure failure) override;
    [[nodiscard]] bool claim_ack(ServerTxn, const IncomingRequest&) override { return false; }
    [[nodiscard]] bool claim_ack_timeout(ServerTxn) override { return false; }
    [[nodiscard]] bool claim_cancel(ServerTxn, const IncomingRequest&) override { return false; }

private:
    // What holds for a REGISTER by the dial-peer that it matches.
    struct Way {
        config::DialPeerTag peer;
        config::RegistrationPassthrough mode;
        std::vector<config::Registrar> registrars;  // that may be asked, in order
    };
    // A REGISTER that has no answer yet.
    struct Waiting {
        IncomingRequest received;
        RegisterRequest request;
        Way way;
        config::Registrar registrar;  // that is asked
        SipPath path;                 // to it
        bool is_last = true;          // there is no other to go to
    };
    [[nodiscard]] std::optional<Way> way_of(const IncomingRequest& request) const;
    void start(const IncomingRequest& received, Way way);
    void pass(const IncomingRequest& received, Way way);
    void prefer_living(std::vector<config::Registrar>& registrars) const;
    [[nodiscard]] bool goes_on(ClientTxn txn, const SipMessage* response);
    void carry_out(const Passthrough::Step& step, Waiting waiting, const SipMessage* from);
    void ask(const Passthrough::Ask& ask, Waiting waiting);
    void decided(ClientTxn txn, const SipMessage* response);
    void refuse(const IncomingRequest& received, int status, const char* unsupported = nullptr);
    void answer(const Waiting& waiting, const Passthrough::Answer& answer, const SipMessage* from);
    void watch_ends();

    ClientParts parts_;
    NetworkKnowledge network_;
    PeerOf peer_of_;
    config::ConfigPtr config_;
    std::optional<config::RegistrarServer> server_;  // none: REGISTERs are not ours
    Passthrough machine_;
    AddressHealth health_;  // of registrars
    std::map<ClientTxn, std::pair<Passthrough::Question, Waiting>> clients_;
    TimerId timer_;
};

}  // namespace weir::signaling
