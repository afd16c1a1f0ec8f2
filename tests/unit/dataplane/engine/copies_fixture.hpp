// SPDX-License-Identifier: Apache-2.0
// A worker whose kernel relays, and sends the copy for one recorder with it.
#pragma once

#include "tests/unit/dataplane/engine/flows_fixture.hpp"

namespace weir::dataplane::tests {

class CopiesEngine : public FlowsEngine {
protected:
    // Longer than the worker needs to notice anything: each flow is looked at in one of eight
    // spells.
    static constexpr std::chrono::milliseconds kSoon{600};

    CopiesEngine() { fake.copies = true; }

    static ForkId fork_id(std::uint32_t index) { return {kSession, index, 0}; }
    void lease(std::uint32_t index = 0) {
        for (std::uint32_t port = 0; port < 2; ++port)
            owners.set({static_cast<std::uint16_t>(kForkPort.port + 2 * index + port),
                        slot().forks[index].realm, 0},
                       0);
        arm(index, now.ns);
    }
    to_worker::StartFork start_of(std::uint32_t index, const Endpoint& rtp,
                                  HopIndex hop = kRecorderHop) const {
        return {.fork = fork_id(index),
                .rtp = rtp,
                .rtcp = next_port(rtp),
                .rtp_hop = hop,
                .rtcp_hop = hop};
    }
    // A recorder that hears the caller from now on.
    void record(std::uint32_t index = 0, HopIndex hop = kRecorderHop) {
        lease(index);
        send(start_of(index, recorder(index), hop));
        turn();
    }
    void pause(std::uint32_t index = 0) {
        send(to_worker::PauseFork{.fork = fork_id(index), .at_ns = now.ns});
        turn();
    }
    void resume(std::int64_t from_ns) {
        send(to_worker::ResumeFork{.fork = fork_id(0), .from_ns = from_ns});
        turn();
    }
    void stop_fork(std::uint32_t index = 0, std::uint8_t drain = 1) {
        send(to_worker::StopFork{.fork = fork_id(index), .drain = drain});
        turn();
    }
    std::size_t closed_forks() { return events<from_worker::ForkClosed>().size(); }

    // A session whose caller is relayed, and copied to the first recorder, by the kernel since just
    // now.
    void open_copied() {
        open_plain();
        record();
        speak(kOffloadAfter);
        ASSERT_EQ(fake.given.size(), 1U);
        ASSERT_EQ(fake.given[0].copy.fork, 1);
        io->sent.clear();
    }
    // The kernel has sent the caller's packet to the recorder, too.
    FakeIo::Arriving copied(std::uint16_t sequence, std::uint8_t fork = 1) const {
        return relayed(rtp(sequence), fork);
    }
    void kernel_copies(std::uint16_t sequence, std::uint8_t fork = 1) {
        io->arriving.push_back(copied(sequence, fork));
        turn();
    }
};

// Two plain realms, 0 and 2: what leaves by the second is shorter.
class CopiesOfTwoRealms : public CopiesEngine {
protected:
    CopiesOfTwoRealms() {
        stop();
        options.frames.realms[2] = {
            .address = ip("198.51.100.7"), .own_mac = {2, 0, 0, 0, 2, 2}, .mtu = 1200};
        start();
    }
};

}  // namespace weir::dataplane::tests
