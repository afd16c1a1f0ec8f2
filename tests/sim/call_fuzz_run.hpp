// SPDX-License-Identifier: Apache-2.0
// FuzzRun: one sequence: a drawn number of drawn events against the machines of a call table.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/fuzz_bench.hpp"
#include "tests/sim/fuzz_loopback.hpp"
#include "tests/sim/fuzz_messages.hpp"
#include "tests/sim/fuzz_settings.hpp"
#include "tests/sim/memory_tape.hpp"

namespace weir::signaling {

class FuzzRun {
public:
    // The same dice give the same sequence, recorded or not. `dice` outlive it.
    FuzzRun(Random& dice, const FuzzSettings& settings, bool is_recorded);
    ~FuzzRun();
    FuzzRun(const FuzzRun&) = delete;
    FuzzRun& operator=(const FuzzRun&) = delete;

    // Plays the sequence; then everybody falls silent, and the stack says what it would.
    void play();

    // ---- for whoever judges it (fuzz_laws.hpp) -------------------------------------------------
    [[nodiscard]] const FuzzWire& wire() const { return wire_; }
    [[nodiscard]] bool lost_the_link() const { return was_down_; }
    [[nodiscard]] bool lost_sends() const { return refused_sends_; }
    [[nodiscard]] const MemoryTape& tape() const { return tape_; }
    FuzzBench& bench() { return bench_; }

private:
    struct Incoming {
        std::string call_id;
        ServerTxn txn;
        unsigned cseq = 1;
    };
    struct Confirmable {  // an INVITE that came in
        ServerTxn txn;
        SipMessage invite;
    };
    bool chance(unsigned one_in) { return dice_.below(one_in) == 0; }
    void step();
    void pass_time(std::chrono::milliseconds time);
    bool rare_event();
    // On time, late, twice or never.
    void deliver(std::function<void()> message);
    void take_request(const SipMessage& message, const Endpoint& from);
    void take_response(ClientTxn txn, const std::string& method, const SipMessage& response);
    void new_call();
    void caller_request(std::string method);
    void callee_request(std::string method);
    void respond_to_ours();
    void fail_ours();
    void touch_invite();
    void acknowledge(const Confirmable& invite);
    // The stack ends a cancelled INVITE 64*T1 after its CANCEL (RFC 3261 9.1).
    void note_cancels(MonoTime before);
    [[nodiscard]] bool is_overdue(ClientTxn txn) const;
    void be_silent();
    void time_out_what_waits();
    // The To of our last answer with a tag; "" if there is none.
    [[nodiscard]] std::string tagged_to(ServerTxn txn) const;
    [[nodiscard]] std::string last_rseq(ServerTxn txn) const;
    [[nodiscard]] int final_of(ServerTxn txn) const;
    [[nodiscard]] std::string some_replaces();

    Random& dice_;
    MemoryTape tape_;
    FuzzBench bench_;
    FuzzWire wire_;
    FuzzLoopback loopback_{bench_, wire_};
    FuzzMessages messages_{dice_};
    bool link_fails_ = false;  // most sequences never lose weir-media
    bool was_down_ = false;
    bool refused_sends_ = false;
    std::vector<Incoming> calls_;
    std::vector<Confirmable> invites_;
    std::set<ServerTxn> confirmed_;
    std::map<ClientTxn, std::uint64_t> rseq_;
    std::map<ClientTxn, MonoTime> cancelled_;  // not later than it was
    std::size_t cancels_seen_ = 0;
    std::vector<std::function<void()>> late_;
    unsigned callee_cseq_ = 0;
};

}  // namespace weir::signaling
