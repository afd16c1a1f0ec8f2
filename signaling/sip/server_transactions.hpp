// SPDX-License-Identifier: Apache-2.0
// ServerTransactions: answers to the requests of peers (RFC 3261 17.2, 9.2, RFC 6026). Pure.
//
// clang-format off
// | state      | INVITE                                            | other methods                     |
// |------------|---------------------------------------------------|-----------------------------------|
// | proceeding | repeats its last 1xx to a retransmission          | the same                          |
// | completed  | 300-699 sent: again by timer G (UDP) and to a     | repeats its answer to a           |
// |            | retransmission, until its ACK or timer H          | retransmission, until timer J     |
// | confirmed  | its ACK came: swallows what comes again (timer I) | -                                 |
// | accepted   | 2xx sent: swallows what comes again, until        | -                                 |
// |            | finish(), then (UDP) until timer L                |                                   |
// clang-format on
//
// Timers I and J are zero over a stream, and G never runs. The 2xx to an INVITE are sent again by
// AcceptedInvites.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/syntax.hpp"
#include "signaling/sip/transaction_timers.hpp"

namespace weir::signaling {

// Where a request came from, and so where its answers go.
struct RequestOrigin {
    std::uint64_t connection = 0;  // of a stream, as its transport counts them
    SipPath path;                  // `remote` is the source
    Endpoint reply_to;             // of a datagram; of a stream whose connection is gone (18.2.2)
};

// Thread: sip. Bound: kSipMaxTransactions. The messages have passed the guard.
class ServerTransactions {
public:
    // Sends a response the way its request came; false: it cannot be sent, now or later.
    using Send = std::function<bool(const RequestOrigin& origin, const std::string& text)>;
    ServerTransactions(EventLoop& loop, const TransactionTimers& timers, Send send)
        : loop_(loop), timers_(timers), send_(std::move(send)) {}
    ~ServerTransactions();
    ServerTransactions(const ServerTransactions&) = delete;
    ServerTransactions& operator=(const ServerTransactions&) = delete;

    // Whose a request is.
    enum class Kind : std::uint8_t {
        fresh,      // a new transaction: answered by respond()
        absorbed,   // a retransmission, or the ACK of a refusal: done with
        cancels,    // a CANCEL of the INVITE `txn`; answered here already
        ack,        // an ACK for whoever sent a 2xx
        no_invite,  // a CANCEL of nothing: answered 481 here
        full,       // answered 503 here
    };
    struct Taken {
        Kind kind = Kind::absorbed;
        ServerTxn txn;
    };
    [[nodiscard]] Taken take(const SipMessage& request, const Via& top, RequestOrigin origin);

    enum class Outcome : std::uint8_t {
        sent,      // provisional, or final and done with
        accepted,  // a 2xx to an INVITE: finish() when its ACK came
        failed,    // a final answer that could not be sent; the peer got 500, if anything
        ignored,   // there is no such transaction, or it is answered already
    };
    Outcome respond(ServerTxn txn, const SipMessage& response);
    // RFC 3261 17.2.1: an INVITE that nobody has answered within 200 ms is told 100 from here.
    void promise_trying(ServerTxn invite, const SipMessage& request);
    void send_again(ServerTxn txn);  // the 2xx of an INVITE
    void finish(ServerTxn txn);      // its ACK came, or will not
    [[nodiscard]] std::size_t size() const { return transactions_.size(); }
    // Those that wait for an answer of ours, or for the ACK of one.
    [[nodiscard]] std::size_t open() const { return transactions_.size() - resting_.size(); }
    // Requests that came again and were answered, or swallowed, here.
    [[nodiscard]] std::uint64_t absorbed() const { return absorbed_; }

private:
    enum class State : std::uint8_t { proceeding, completed, confirmed, accepted, resting };
    struct Transaction {
        State state = State::proceeding;
        bool is_invite = false;
        bool is_cancelled = false;
        std::string key;
        std::string cseq;
        RequestOrigin origin;
        std::string last;  // text of the last response
        std::chrono::nanoseconds interval{0};
        TimerId repeat;  // timer G, or the 100 that is promised
        TimerId end;     // timers H and I
    };
    [[nodiscard]] Taken take_ack(Transaction* invite, std::uint64_t id);
    [[nodiscard]] Taken take_cancel(const SipMessage& cancel, Transaction* invite,
                                    const RequestOrigin& origin);
    void answer(const SipMessage& request, int status, std::string_view to_tag,
                const RequestOrigin& origin);
    [[nodiscard]] Outcome refuse_unsent(std::uint64_t id, SipMessage response);
    void complete(std::uint64_t id, Transaction& invite);
    void repeat_refusal(std::uint64_t id);
    void rest(std::uint64_t id, Transaction& transaction);
    void wake_resting();
    void erase(std::uint64_t id);
    [[nodiscard]] Transaction* find(std::uint64_t id);
    [[nodiscard]] bool is_datagram(const Transaction& transaction) const;

    EventLoop& loop_;
    TransactionTimers timers_;
    Send send_;
    std::uint64_t last_id_ = 0;
    std::uint64_t absorbed_ = 0;
    std::unordered_map<std::uint64_t, Transaction> transactions_;
    std::unordered_map<std::string_view, std::uint64_t> by_key_;  // views of Transaction::key
    // Answered and quiet until timer J or L. All rest for the same time: the first ends first.
    std::deque<std::pair<MonoTime, std::uint64_t>> resting_;
    TimerId rest_timer_;
};

}  // namespace weir::signaling
