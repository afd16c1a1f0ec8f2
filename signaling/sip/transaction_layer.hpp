// SPDX-License-Identifier: Apache-2.0
// TransactionLayer: what stands between the transports of a stack and SipEvents: server and client
// transactions, and the 2xx that wait for their ACK (RFC 3261 17, 13.3.1.4). Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>

#include "config/base/random.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/accepted_invites.hpp"
#include "signaling/sip/client_transactions.hpp"
#include "signaling/sip/intake.hpp"
#include "signaling/sip/server_transactions.hpp"
#include "signaling/sip/sip_stats.hpp"
#include "signaling/sip/transaction_timers.hpp"

namespace weir::signaling {

// Thread: sip. Events come from on_message() and from timers, never from within another call.
class TransactionLayer {
public:
    struct Seams {
        EventLoop& loop;
        Random& random;
        SipStats& stats;
        MessageSender& sender;           // of our requests
        ServerTransactions::Send reply;  // of our answers
        // A request that went by another transport than its path says; may be empty.
        std::function<void(const SipMessage&, const SipPath&)> switched{};
    };
    TransactionLayer(const Seams& seams, const TransactionTimers& timers);
    ~TransactionLayer();
    TransactionLayer(const TransactionLayer&) = delete;
    TransactionLayer& operator=(const TransactionLayer&) = delete;

    void set_events(SipEvents& events) { events_ = &events; }
    // From now on the intake asks the events whom it admits and refuses.
    void decide_for(Intake& intake);

    // A message that has passed the intake; `connection`: of a stream, for its answers. False: a
    // response to nothing of ours.
    bool on_message(ReceivedMessage received, std::uint64_t connection = 0);
    // What was sent as `key` did not get there.
    void on_send_error(std::uint64_t key) { client_.on_send_error(key); }

    // As SipStack's; the path's listener is chosen already. `tcp`: see ClientTransactions::send.
    [[nodiscard]] Result<ClientTxn> send(OutgoingRequest request,
                                         const std::optional<SipPath>& tcp = std::nullopt) {
        return client_.send(std::move(request), tcp);
    }
    [[nodiscard]] Result<void> send_ack(OutgoingRequest ack,
                                        const std::optional<SipPath>& tcp = std::nullopt) {
        return client_.send_ack(std::move(ack), tcp);
    }
    void cancel(ClientTxn invite, std::string_view reason) { client_.cancel(invite, reason); }
    void abandon(ClientTxn txn) { client_.abandon(txn); }
    void respond(ServerTxn txn, const SipMessage& response);

    // Its three fields of `gauges`.
    void count(SipGauges& gauges) const;

private:
    [[nodiscard]] ClientTransactions::Callbacks client_callbacks(
        std::function<void(const SipMessage&, const SipPath&)> switched);
    void on_request(ReceivedMessage received, std::uint64_t connection);
    void on_fresh(IncomingRequest request);
    void on_ack(IncomingRequest ack);
    void on_ack_timeout(ServerTxn invite);

    EventLoop& loop_;
    SipStats& stats_;
    SipEvents* events_ = nullptr;
    ServerTransactions server_;
    AcceptedInvites accepted_;
    ClientTransactions client_;
    // 2xx that did not leave: whoever answered hears of it in the next turn.
    std::deque<ServerTxn> unsent_;
    TimerId tell_unsent_;
};

}  // namespace weir::signaling
