// SPDX-License-Identifier: Apache-2.0
// A recording begins before the kernel has found the recorder's next hop: nothing is lost by that.
#include "dataplane/engine/engine_limits.hpp"
#include "tests/unit/dataplane/engine/framed_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;

class ForkHop : public FramedEngine {
protected:
    static constexpr HopIndex kHop = kUnresolvedHop;
    static constexpr milliseconds kPatience{kRecorderHopPatience};

    void start_unresolved() {
        open_plain();
        start_framed_fork(kHop, kHop);
    }
    void resolve(HopIndex hop = kHop) { hops.set(hop, mac_of(hop)); }
    // So many packets of the caller, 20 ms apart.
    void speak(unsigned packets) {
        for (unsigned i = 0; i < packets; ++i) {
            caller_sends_frame(++last);
            pass(milliseconds(20));
        }
    }
    // The numbers of the copies that `recorder` was sent, in the order of sending.
    std::vector<std::uint16_t> heard_by(const Endpoint& recorder) {
        std::vector<std::uint16_t> numbers;
        for (const auto& copy : io->sent_to(recorder))
            numbers.push_back(sequence_of(read_sent(copy.bytes, recorder).payload));
        return numbers;
    }
    void move_to(const Endpoint& recorder, HopIndex hop) {
        send(to_worker::StartFork{.fork = kFork,
                                  .rtp = recorder,
                                  .rtcp = next_port(recorder),
                                  .rtp_hop = hop,
                                  .rtcp_hop = hop});
        turn();
    }

    const Endpoint kOther = at("203.0.113.77:31000");
    std::uint16_t last = 0;
};

using Numbers = std::vector<std::uint16_t>;

TEST_F(ForkHop, CopiesWaitUntilItIsKnownAndGoOutInOrder) {
    start_unresolved();
    speak(3);
    EXPECT_EQ(heard_by(kRecorder), Numbers{});
    EXPECT_EQ(fork_slot().phase, ForkPhase::draining);
    resolve();
    speak(3);
    EXPECT_EQ(heard_by(kRecorder), (Numbers{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(account().send_drops, 0U);
    EXPECT_EQ(fork_slot().phase, ForkPhase::live);
    expect_laws();
    expect_no_leak();
}

TEST_F(ForkHop, WhatWaitedIsSentNoFasterThanAnyPreRoll) {
    start_unresolved();
    speak(40);  // 800 ms
    resolve();
    pass(milliseconds(100));
    EXPECT_LE(heard_by(kRecorder).size(), 100U * kPreRollSpeedup / 20U + 1U);
    EXPECT_GE(heard_by(kRecorder).size(), 100U * kPreRollSpeedup / 20U - 1U);
}

TEST_F(ForkHop, TheCallIsRelayedMeanwhile) {
    start_unresolved();
    speak(3);
    EXPECT_EQ(io->sent_to(kCallee).size(), 3U);
    EXPECT_EQ(dropped(Verdict::no_neighbour), 0U);
}

TEST_F(ForkHop, ControlHearsThatTheForkIsLiveWhenItIs) {
    start_unresolved();
    speak(2);
    EXPECT_EQ(events<from_worker::ForkLive>().size(), 0U);
    resolve();
    speak(2);
    EXPECT_EQ(events<from_worker::ForkLive>().size(), 1U);
}

TEST_F(ForkHop, AForkWithoutAPacketYetIsLiveAsSoonAsItIsKnown) {
    start_unresolved();
    resolve();
    pass(milliseconds(1));
    EXPECT_EQ(fork_slot().phase, ForkPhase::live);
    EXPECT_EQ(events<from_worker::ForkLive>().size(), 1U);
}

TEST_F(ForkHop, ANeighbourThatStaysSilentCostsTheCopiesOnly) {
    start_unresolved();
    speak(1);
    pass(kPatience);
    speak(1);
    EXPECT_EQ(account().send_drops, 2U);
    EXPECT_EQ(account().queued, 0U);
    EXPECT_EQ(copy_dropped(Verdict::no_neighbour), 2U);
    EXPECT_EQ(dropped(Verdict::no_neighbour), 0U);
    EXPECT_EQ(io->sent_to(kCallee).size(), 2U);
    EXPECT_EQ(fork_slot().phase, ForkPhase::live);
    expect_laws();
    expect_no_leak();
}

TEST_F(ForkHop, WithoutAPreRollCopiesAreNotKept) {
    open_plain();
    slot().streams[0].from[0].pre_roll_ring = 0;
    start_framed_fork(kHop, kHop);
    speak(1);
    EXPECT_EQ(account().send_drops, 1U);
    EXPECT_EQ(fork_slot().phase, ForkPhase::live);
    expect_laws();
}

TEST_F(ForkHop, ARecorderThatMovesMissesNothingWhileItsNewHopIsSought) {
    open_plain();
    start_framed_fork(kRecorderHop, kRecorderHop);
    speak(3);
    move_to(kOther, kHop);
    speak(3);
    EXPECT_EQ(heard_by(kOther), Numbers{});
    resolve();
    speak(1);
    EXPECT_EQ(heard_by(kRecorder), (Numbers{1, 2, 3}));
    EXPECT_EQ(heard_by(kOther), (Numbers{4, 5, 6, 7}));
    expect_laws();
}

TEST_F(ForkHop, WhatTheNetworkLosesMeanwhileIsAGapToTheRecorderToo) {
    open_plain();
    start_framed_fork(kRecorderHop, kRecorderHop);
    speak(3);
    move_to(kOther, kHop);
    ++last;
    speak(1);
    resolve();
    speak(1);
    EXPECT_EQ(heard_by(kOther), (Numbers{5, 6}));
    expect_laws();
}

TEST_F(ForkHop, OneThatMovesToAKnownHopInTheMeantimeIsServedThere) {
    start_unresolved();
    speak(3);
    move_to(kOther, kRecorderHop);
    speak(2);
    EXPECT_EQ(heard_by(kOther), (Numbers{1, 2, 3, 4, 5}));
    EXPECT_EQ(events<from_worker::ForkLive>().size(), 1U);
    expect_laws();
}

TEST_F(ForkHop, AForkThatEndsMeanwhileSendsWhatWaitedWhenItIsKnown) {
    start_unresolved();
    speak(3);
    send(to_worker::StopFork{.fork = kFork, .drain = 1});
    pass(milliseconds(100));
    EXPECT_EQ(events<from_worker::ForkClosed>().size(), 0U);
    resolve();
    pass(milliseconds(100));
    EXPECT_EQ(heard_by(kRecorder), (Numbers{1, 2, 3}));
    EXPECT_EQ(events<from_worker::ForkClosed>().size(), 1U);
    EXPECT_EQ(account().dropped(), 0U);
}

TEST_F(ForkHop, AForkThatEndsBehindASilentNeighbourEnds) {
    start_unresolved();
    speak(3);
    send(to_worker::StopFork{.fork = kFork, .drain = 1});
    pass(kPatience + milliseconds(100));
    EXPECT_EQ(events<from_worker::ForkClosed>().size(), 1U);
    EXPECT_EQ(account().send_drops, 3U);
    expect_laws();
}

TEST_F(ForkHop, AnArmedForkWaitsForItsRecorderAndNotForAHop) {
    open_plain();
    owners.set(kForkPort, 0);
    arm(0, now.ns);
    pass(kPatience + milliseconds(100));
    EXPECT_EQ(fork_slot().phase, ForkPhase::armed);
}

TEST_F(ForkHop, APauseMeanwhileLeavesOutWhatItShould) {
    start_unresolved();
    speak(2);
    send(to_worker::PauseFork{.fork = kFork, .at_ns = now.ns});
    turn();
    speak(2);
    send(to_worker::ResumeFork{.fork = kFork, .from_ns = now.ns});
    turn();
    speak(1);
    resolve();
    speak(1);
    pass(milliseconds(100));
    EXPECT_EQ(heard_by(kRecorder).size(), 4U);
    EXPECT_EQ(account().paused, 2U);
    EXPECT_EQ(fork_slot().phase, ForkPhase::live);
    expect_laws();
}

TEST_F(ForkHop, ASuccessorWaitsForTheHopsThatItHasToFindAnew) {
    open_plain();
    start_framed_fork(kRecorderHop, kRecorderHop);
    speak(3);
    hops.clear(kRecorderHop);
    restart();
    speak(2);
    EXPECT_EQ(heard_by(kRecorder), Numbers{});
    resolve(kRecorderHop);
    speak(1);
    EXPECT_EQ(heard_by(kRecorder), (Numbers{4, 5, 6}));
    expect_laws();
}

TEST_F(ForkHop, ASuccessorLeavesAnArmedForkArmed) {
    open_plain();
    owners.set(kForkPort, 0);
    arm(0, now.ns);
    restart();
    pass(milliseconds(5));
    EXPECT_EQ(fork_slot().phase, ForkPhase::armed);
}

}  // namespace
}  // namespace weir::dataplane::tests
