// SPDX-License-Identifier: Apache-2.0
// The end of a fork with kernel copies: its account is final when the last of them was told.
#include "dataplane/rtp/rtcp.hpp"
#include "tests/unit/dataplane/engine/copies_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;

class CopiesEnd : public CopiesEngine {
protected:
    // Each session is looked at so often, at least.
    static constexpr milliseconds kLook = 5 * milliseconds(kHousekeeping);

    // For a while each turn gets more than it can take.
    void be_behind(milliseconds time) {
        for (std::int64_t ms = 0; ms < time.count(); ++ms) {
            while (io->arriving.size() <= kBurst)
                receive(frame_of(spec_from(callee, rtp(++callees, 0x2222))));
            pass(milliseconds(1));
        }
    }
    void expect_end_after_rest() {
        pass(kOffloadRest - milliseconds(1));
        EXPECT_EQ(closed_forks(), 0U);
        EXPECT_EQ(fork_slot().phase, ForkPhase::ending);
        pass(kLook + milliseconds(1));
        EXPECT_EQ(closed_forks(), 1U);
        EXPECT_EQ(fork_slot().phase, ForkPhase::absent);
        expect_laws();
    }

    std::uint16_t callees = 0;
};

TEST_F(CopiesEnd, ForkClosedComesAfterTheRest) {
    open_copied();
    stop_fork();
    expect_end_after_rest();
}

TEST_F(CopiesEnd, WithoutADrainItComesNoEarlier) {
    open_copied();
    stop_fork(0, 0);
    expect_end_after_rest();
}

TEST_F(CopiesEnd, WhatComesMarkedUntilThenIsInTheFinalAccount) {
    open_copied();
    kernel_copies(++last);
    stop_fork();
    pass(milliseconds(50));
    kernel_copies(++last);
    pass(milliseconds(49));
    kernel_copies(++last);
    pass(kLook + milliseconds(1));
    ASSERT_EQ(closed_forks(), 1U);
    EXPECT_EQ(account().eligible, kOffloadAfter + 3);
    EXPECT_EQ(account().sent, kOffloadAfter + 3);
    EXPECT_EQ(account().last_sequence, last);
    expect_laws();
}

TEST_F(CopiesEnd, TheLastReportCountsThem) {
    open_copied();
    stop_fork();
    kernel_copies(++last);
    pass(kOffloadRest + kLook);
    const auto reports = io->sent_to(kRecorderRtcp);
    ASSERT_FALSE(reports.empty());
    const Bytes report = read_sent(reports.back().bytes, kRecorderRtcp).payload;
    EXPECT_TRUE(has_bye(report, 0xF0F0));
    ASSERT_TRUE(find_sender_info(report).has_value());
    EXPECT_EQ(find_sender_info(report)->packets, kOffloadAfter + 1);
}

TEST_F(CopiesEnd, WhatComesUnmarkedIsNotEligible) {
    open_copied();
    stop_fork();
    speak(2);
    EXPECT_EQ(account().eligible, kOffloadAfter);
    EXPECT_TRUE(io->sent_to(kRecorder).empty());
}

TEST_F(CopiesEnd, AskedTwiceItEndsOnce) {
    open_copied();
    stop_fork();
    stop_fork();
    expect_end_after_rest();
}

TEST_F(CopiesEnd, WhileTheWorkerIsBehindItWaits) {
    open_copied();
    fake.holds_back = true;
    stop_fork();
    be_behind(kOffloadRest + milliseconds(60));
    EXPECT_EQ(closed_forks(), 0U);
    io->arriving.clear();
    pass(kLook);
    EXPECT_EQ(closed_forks(), 1U);
}

// The stream itself is given again in the meantime: that is no news of the fork's packets.
TEST_F(CopiesEnd, WhileTheWorkerIsBehindItWaitsLongerThanTheStream) {
    open_copied();
    stop_fork();
    be_behind(3 * milliseconds(kOffloadRest));
    EXPECT_EQ(closed_forks(), 0U);
}

TEST_F(CopiesEnd, AWorkerThatIsAlwaysBehindEndsItAtTheLimitOfADrain) {
    open_copied();
    stop_fork();
    be_behind(milliseconds(200));
    now = now + (kForkDrainLimit - milliseconds(220));
    be_behind(milliseconds(19));
    EXPECT_EQ(closed_forks(), 0U);
    be_behind(kLook + milliseconds(1));
    EXPECT_EQ(closed_forks(), 1U);
}

TEST_F(CopiesEnd, AStreamTakenBackForAnotherReasonJustBeforeCountsToo) {
    open_copied();
    send(remote_of(Side::b, at("192.0.2.77:6000"), kCalleeHop));
    turn();
    const MonoTime taken_back = now;
    pass(milliseconds(50));
    stop_fork();
    pass(milliseconds(49));
    EXPECT_EQ(closed_forks(), 0U);
    EXPECT_LT(now - taken_back, kOffloadRest);
    pass(kLook + milliseconds(1));
    EXPECT_EQ(closed_forks(), 1U);
}

TEST_F(CopiesEnd, AForkThatPausedLongBeforeEndsAtOnce) {
    open_copied();
    pause();
    pass(milliseconds(kOffloadRest));
    stop_fork();
    EXPECT_EQ(closed_forks(), 1U);
}

TEST_F(CopiesEnd, StoppedTogetherWithItsSessionItWaitsToo) {
    open_copied();
    send(to_worker::CloseSession{kSession});
    stop_fork();
    expect_end_after_rest();
}

TEST_F(CopiesEnd, AfterItsSessionWasClosedItEndsAtOnce) {
    open_copied();
    send(to_worker::CloseSession{kSession});
    pass(kSessionLinger + kLook);
    ASSERT_EQ(events<from_worker::Closed>().size(), 1U);
    stop_fork();
    EXPECT_EQ(closed_forks(), 1U);
}

TEST_F(CopiesEnd, WithoutKernelCopiesItComesAtOnce) {
    fake.copies = false;
    open_given();
    record();
    speak(2);
    stop_fork();
    EXPECT_EQ(closed_forks(), 1U);
    expect_laws();
}

TEST_F(CopiesEnd, BesideARecorderWithKernelCopiesItComesAtOnce) {
    open_copied();
    record(1);
    speak(2);
    stop_fork(1);
    EXPECT_EQ(closed_forks(), 1U);
    expect_laws();
}

TEST_F(CopiesEnd, TheIndexIsFreeAgain) {
    open_copied();
    stop_fork();
    pass(kOffloadRest + kLook);
    record();
    speak(3);
    EXPECT_EQ(account().eligible, 3U);
    EXPECT_EQ(io->sent_to(kRecorder).size(), 3U);
    expect_laws();
}

TEST_F(CopiesEnd, ASuccessorEndsTheForkThatItAdopts) {
    open_copied();
    stop_fork();
    ASSERT_EQ(fork_slot().phase, ForkPhase::ending);
    stop();
    start();
    send(to_worker::Install{.session = kSession, .adopt = 1, .forks = 1});
    pass(kLook);
    EXPECT_EQ(closed_forks(), 1U);
    expect_laws();
}

// ---- with something to drain as well ----

// A recorder with kernel copies until just now awaits a stretch of the pre-roll.
class CopiesEndWithDrain : public CopiesEnd {
protected:
    void await_two(milliseconds apart) {
        open_copied();
        fake.holds_back = true;  // the stream is not given again
        pause();
        const std::int64_t from_ns = now.ns;
        pass(milliseconds(1));
        for (int i = 0; i < 2; ++i) {
            caller_sends_frame(++last);
            turn();
            if (i == 0) now = now + apart;
        }
        send(to_worker::ResumeFork{.fork = fork_id(0), .from_ns = from_ns});
    }
};

TEST_F(CopiesEndWithDrain, TheDrainIsSentAndTheRestIsWaitedFor) {
    await_two(milliseconds(20));
    stop_fork();
    pass(milliseconds(40));
    EXPECT_EQ(io->sent_to(kRecorder).size(), 2U);
    EXPECT_EQ(closed_forks(), 0U);
    pass(kOffloadRest);
    EXPECT_EQ(closed_forks(), 1U);
    EXPECT_EQ(account().dropped(), 0U);
    expect_laws();
}

TEST_F(CopiesEndWithDrain, WithoutADrainWhatItAwaitsIsLostToIt) {
    await_two(milliseconds(80));
    stop_fork(0, 0);
    pass(kOffloadRest + kLook);
    EXPECT_EQ(closed_forks(), 1U);
    EXPECT_TRUE(io->sent_to(kRecorder).empty());
    EXPECT_EQ(account().drops[static_cast<std::size_t>(ForkDrop::unanswered)], 2U);
    expect_laws();
}

// The limit of a drain is one for all that a fork waits for.
TEST_F(CopiesEndWithDrain, BehindAtTheLimitOfTheDrainItStillEnds) {
    await_two(std::chrono::seconds(100));
    stop_fork();
    pass(milliseconds(kForkDrainLimit) - milliseconds(10));
    EXPECT_EQ(closed_forks(), 0U);
    be_behind(milliseconds(20));
    io->arriving.clear();
    pass(2 * kLook);
    EXPECT_EQ(closed_forks(), 1U);
    expect_laws();
}

}  // namespace
}  // namespace weir::dataplane::tests
