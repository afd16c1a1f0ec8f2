// SPDX-License-Identifier: Apache-2.0
// ClientTransactions: our requests, their retransmissions and answers (RFC 3261 17.1, RFC 6026).
// Pure.
//
// | state      | INVITE                                  | other methods                        |
// |------------|-----------------------------------------|--------------------------------------|
// | calling    | sent again at t1, 2*t1, ... (UDP)       | the same, at most T2 apart           |
// | proceeding | a 1xx came: waits without limit         | a 1xx came: sent again every T2      |
// | completed  | 300-699: ACKs what is sent again        | swallows what is sent again          |
// | accepted   | each 2xx goes up, forked ones too       | -                                    |
//
// The retries of spec B.12 differ by method and peer: each request has its own t1 and count.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "config/base/random.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/large_requests.hpp"
#include "signaling/sip/sip_stats.hpp"
#include "signaling/sip/syntax.hpp"
#include "signaling/sip/transaction_timers.hpp"

namespace weir::signaling {

// How bytes leave. `key` names a message that may be sent again; 0: once and forgotten.
class MessageSender {
public:
    virtual ~MessageSender() = default;
    [[nodiscard]] virtual Result<void> send(std::uint64_t key, std::string text,
                                            const SipPath& path) = 0;
    virtual void send_again(std::uint64_t key) = 0;
    virtual void forget(std::uint64_t key) = 0;
};

// Thread: sip. Bound: kSipMaxTransactions.
class ClientTransactions {
public:
    struct Seams {
        EventLoop& loop;
        MessageSender& sender;
        Random& random;
        SipStats& stats;
    };
    struct Callbacks {
        std::function<void(IncomingResponse)> on_response;
        std::function<void(ClientTxn, TxnFailure)> on_failure;
        // SipEvents::leaving; may be empty.
        std::function<void(ClientTxn, SipMessage&)> leaving{};
        // SofiaStack::WayListener; may be empty.
        std::function<void(const SipMessage&, const SipPath&)> switched{};
    };
    ClientTransactions(const Seams& seams, const TransactionTimers& timers, Callbacks callbacks);
    ~ClientTransactions();
    ClientTransactions(const ClientTransactions&) = delete;
    ClientTransactions& operator=(const ClientTransactions&) = delete;

    // `tcp`: the way of a request for UDP that is too large for it (RFC 3261 18.1.1). Where it is
    // refused the request goes by UDP all the same.
    [[nodiscard]] Result<ClientTxn> send(OutgoingRequest request,
                                         const std::optional<SipPath>& tcp = std::nullopt);
    [[nodiscard]] Result<void> send_ack(OutgoingRequest ack,
                                        const std::optional<SipPath>& tcp = std::nullopt);
    void cancel(ClientTxn invite, std::string_view reason);
    void abandon(ClientTxn txn);

    // A response that passed the guard. False: it belongs to none of ours.
    bool on_response(SipMessage response, const TopVia& top, MonoTime received_at);
    // The connection of that message broke, or its port is closed.
    void on_send_error(std::uint64_t key);
    [[nodiscard]] std::size_t size() const { return transactions_.size(); }

private:
    enum class State : std::uint8_t { calling, proceeding, completed, accepted };
    struct Transaction {
        std::uint64_t id = 0;
        State state = State::calling;
        bool is_invite = false;
        bool is_muted = false;  // abandoned, or a CANCEL of ours: nobody wants its events
        bool has_response = false;
        bool is_cancelled = false;  // wanted
        bool cancel_is_sent = false;
        std::string cancel_reason;
        std::string ack;          // of a failure, as it was sent
        OutgoingRequest request;  // with its Via, without its body
        std::string branch;
        std::chrono::nanoseconds interval{0};
        unsigned sent_again = 0;
        TimerId retransmit;
        TimerId end;
        // The same for UDP, while it is not known whether the peer takes TCP.
        std::unique_ptr<OutgoingRequest> over_udp;
    };

    [[nodiscard]] Result<ClientTxn> start(OutgoingRequest request, const std::string& branch);
    [[nodiscard]] std::optional<ClientTxn> send_by_tcp(OutgoingRequest& over_udp,
                                                       OutgoingRequest by_tcp,
                                                       const std::string& branch);
    bool fall_back_to_udp(std::uint64_t id);
    void arm_retransmission(Transaction& transaction);
    void retransmit(std::uint64_t id);
    void set_end(Transaction& transaction, std::chrono::nanoseconds delay, bool is_failure);
    void fail_transaction(std::uint64_t id, TxnFailure failure);
    void finish(std::uint64_t id);
    void stop_retransmission(Transaction& transaction);
    void handle_provisional(Transaction& transaction);
    bool handle_final(Transaction& transaction, const SipMessage& response);
    void acknowledge(Transaction& invite, const SipMessage& response);
    void shrink(Transaction& answered);
    void send_cancel(Transaction& invite);
    [[nodiscard]] std::string new_branch();
    Transaction* find(std::uint64_t id);

    Seams seams_;
    TransactionTimers timers_;
    Callbacks callbacks_;
    std::uint64_t last_id_ = 0;
    LargeRequests large_;
    std::unordered_map<std::uint64_t, Transaction> transactions_;
    std::unordered_map<std::string, std::uint64_t> by_branch_;  // by branch_key()
};

}  // namespace weir::signaling
