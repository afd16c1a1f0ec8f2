// SPDX-License-Identifier: Apache-2.0
// The worker allocates nothing after it was built, whatever happens to a session.
#include <memory>
#include <vector>

#include "tests/unit/dataplane/engine/allocation_counter.hpp"
#include "tests/unit/dataplane/engine/framed_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;

class NoAllocation : public Engine {
protected:
    void SetUp() override {
        if (!can_count_allocations()) GTEST_SKIP() << "the sanitizer brings its own allocator";
        io->record = false;
    }
    // Turns are counted, not what the test does between them.
    void counted_turn() {
        start_counting_allocations();
        worker->turn(now);
        seen += stop_counting_allocations();
    }
    void counted(const WorkerCommand& command) {
        send(command);
        counted_turn();
    }
    void talk(std::uint16_t first, int packets) {
        for (int i = 0; i < packets; ++i) {
            caller_sends(static_cast<std::uint16_t>(first + i));
            callee_sends(static_cast<std::uint16_t>(first + i));
            for (int ms = 0; ms < 20; ++ms) {
                now = now + milliseconds(1);
                counted_turn();
            }
        }
    }
    std::uint64_t seen = 0;
};

TEST_F(NoAllocation, TheCounterCounts) {
    start_counting_allocations();
    const auto bytes = std::make_unique<std::vector<int>>(100);
    const auto found = stop_counting_allocations();
    EXPECT_GE(found, 1U);
}

TEST_F(NoAllocation, InAWholeLifeOfASessionWithForks) {
    open_unanswered();
    callee_sends(1);  // held back
    counted_turn();
    counted(to_worker::SetRemote{
        .session = kSession, .side = Side::b, .rtp = kCallee, .rtcp = next_port(kCallee)});
    counted(to_worker::SetPayloadTypes{.session = kSession, .count = 1, .pairs = {{{0, 96}}}});
    talk(2, 20);
    arm(0, now.ns - 1'000'000'000);
    talk(22, 150);  // the pre-roll overwrites
    counted(to_worker::StartFork{.fork = kFork, .rtp = kRecorder, .rtcp = kRecorderRtcp});
    talk(172, 150);
    counted(to_worker::PauseFork{.fork = kFork, .at_ns = now.ns});
    talk(322, 10);
    counted(to_worker::ResumeFork{.fork = kFork, .from_ns = now.ns - 100'000'000});
    talk(332, 300);  // with a sender report
    io->arriving.push_back({rtp(1), at("192.0.2.66:1"), kTowardCaller});
    io->arriving.push_back({Bytes(3), kCaller, kTowardCaller});
    counted(to_worker::Snapshot{.session = kSession, .buffer = 0});
    counted(to_worker::CloseSession{kSession});
    talk(632, 20);
    counted(to_worker::StopFork{.fork = kFork, .drain = 1});
    talk(652, 5);
    EXPECT_EQ(seen, 0U);
    EXPECT_EQ(events<from_worker::Closed>().size(), 1U);
    EXPECT_GT(account().sent, 100U);
}

class NoAllocationFramed : public FramedEngine {
protected:
    void SetUp() override {
        if (!can_count_allocations()) GTEST_SKIP() << "the sanitizer brings its own allocator";
        io->record = false;
    }
    std::uint64_t counted_turn() {
        now = now + milliseconds(1);
        start_counting_allocations();
        worker->turn(now);
        return stop_counting_allocations();
    }
};

TEST_F(NoAllocationFramed, WhateverKindOfFrameComes) {
    open_plain();
    start_framed_fork(kRecorderHop, kUnresolvedHop);
    // The lists of the fake network do not grow while it is counted.
    io->rings_full = true;
    owners.set({8600, 0, 0}, 3);
    FrameSpec elsewhere = spec_from(caller, rtp(1));
    elsewhere.to.port = 8600;
    FrameSpec fragment = spec_from(caller, rtp(1));
    fragment.fragment = 0x2000;
    std::uint64_t seen = 0;
    for (std::uint16_t i = 0; i < 500; ++i) {
        caller_sends_frame(i, FrameSpec::Sum::partial);
        receive(frame_of(spec_from(callee, rtp(i, 0x2222))));
        caller_sends_frame(i, FrameSpec::Sum::wrong);
        receive(frame_of(elsewhere));
        receive(frame_of(fragment));
        receive(Bytes(60, 0));
        if (i == 250) hops.clear(kCalleeHop);
        seen += counted_turn();
    }
    EXPECT_EQ(seen, 0U);
    EXPECT_GT(from(Side::a).relayed, 200U);
    EXPECT_GT(dropped(Verdict::no_neighbour), 200U);
    expect_laws();
}

}  // namespace
}  // namespace weir::dataplane::tests
