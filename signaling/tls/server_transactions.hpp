// SPDX-License-Identifier: Apache-2.0
// ServerTransactions: answers to requests that came over a reliable transport (RFC 3261 17.2).
// Pure.
//
// | state      | INVITE                                     | other methods                  |
// |------------|--------------------------------------------|--------------------------------|
// | proceeding | repeats its last 1xx to a retransmission   | the same                       |
// | completed  | 300-699 sent; waits for ACK, at most 64*T1 | (timer J is 0: gone at once)   |
// | accepted   | 2xx sent; until finish()                   | -                              |
//
// Nothing is retransmitted here: timers G and I are for UDP, and the 2xx to an INVITE are
// AcceptedInvites'.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// Thread: sip. Bound: kSipMaxTransactions. The messages have passed the guard.
class ServerTransactions {
public:
    // Sends a response the way its request came; false: there is no way back.
    using Send =
        std::function<bool(std::uint64_t connection, const std::string& text, const SipPath& path)>;
    ServerTransactions(EventLoop& loop, std::chrono::milliseconds t1, Send send)
        : loop_(loop), t1_(t1), send_(std::move(send)) {}
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
    [[nodiscard]] Taken take(const SipMessage& request, std::uint64_t connection,
                             const SipPath& path);

    enum class Outcome : std::uint8_t { sent, accepted, failed, ignored };  // as NtaServer's
    Outcome respond(ServerTxn txn, const SipMessage& response);
    void send_again(ServerTxn txn);  // the 2xx of an INVITE
    void finish(ServerTxn txn);      // its ACK came, or will not
    [[nodiscard]] std::size_t size() const { return transactions_.size(); }

private:
    enum class State : std::uint8_t { proceeding, completed, accepted };
    struct Transaction {
        State state = State::proceeding;
        std::string key;
        std::string method;
        std::string cseq;
        std::uint64_t connection = 0;
        SipPath path;
        std::string last;  // text of the last response
        TimerId end;       // timer H
    };
    void answer(const SipMessage& request, int status, std::uint64_t connection,
                const SipPath& path);
    void erase(std::uint64_t id);

    EventLoop& loop_;
    std::chrono::milliseconds t1_;
    Send send_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, Transaction> transactions_;
    std::map<std::string, std::uint64_t> by_key_;
};

}  // namespace weir::signaling
