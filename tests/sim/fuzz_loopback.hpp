// SPDX-License-Identifier: Apache-2.0
// FuzzLoopback: what the table sends to its own address comes back to it, as over the loopback
// device: in order, nothing lost, nothing twice.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/fuzz_bench.hpp"

namespace weir::signaling {

// What has happened on the wire of a sequence, kept for its laws (fuzz_laws.hpp).
struct FuzzWire {
    struct Accepted {  // a 2xx to an INVITE of ours, as it was delivered
        std::string call_id;
        std::string tag;
        std::uint32_t cseq = 0;
    };
    std::set<ServerTxn> received;
    std::vector<Accepted> accepted;
    // Call-IDs of dialogs that a BYE of the peer, a 408, a 481 or silence has ended.
    std::set<std::string> ended;
    std::map<ClientTxn, int> finals;  // as they were delivered
};

class FuzzLoopback {
public:
    // Both outlive it.
    FuzzLoopback(FuzzBench& bench, FuzzWire& wire) : bench_(bench), wire_(wire) {}

    // Carries everything that is on its way, and what follows from it.
    void carry();
    // An INVITE of ours has come back at some time.
    [[nodiscard]] bool is_used() const { return !servers_.empty(); }
    // INVITEs that were answered with 2xx here and whose ACK has never come.
    [[nodiscard]] std::vector<ServerTxn> unacknowledged() const;

    [[nodiscard]] static bool is_own(const OutgoingRequest& request) {
        return request.path.remote == our_address();
    }

private:
    bool carry_one();
    void take_ack(const OutgoingRequest& ack);
    void take_answer(ClientTxn client, const SipMessage& response);
    void take_request(const tests::FakeSipStack::Sent& sent);
    void take_cancel(ClientTxn invite);

    struct Invite {
        ServerTxn txn;
        std::string key;
        int final = 0;
        bool acked = false;
    };
    FuzzBench& bench_;
    FuzzWire& wire_;
    std::map<ServerTxn, ClientTxn> clients_;
    std::map<ClientTxn, ServerTxn> servers_;
    std::vector<Invite> invites_;
    std::size_t acks_ = 0;  // how far each has been looked at
    std::size_t answers_ = 0;
    std::size_t sent_ = 0;
    std::size_t cancels_ = 0;
};

}  // namespace weir::signaling
