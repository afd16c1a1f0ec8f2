// SPDX-License-Identifier: Apache-2.0
// When a stream comes back from the kernel because of its recorders, and with whose copy it is
// given again.
#include <gmock/gmock.h>

#include "tests/unit/dataplane/engine/copies_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Endpoint kOtherRecorder = at("192.0.2.10:7000");

class CopiesTakenBack : public CopiesEngine {
protected:
    CopiesTakenBack() {
        fake.on_take_back = [this] {
            then = fork_slot();
            at_take_back.push_back(now);
        };
    }
    // With the copy of the first of two recorders.
    void open_two() {
        open_plain();
        record(0);
        record(1);
        speak(kOffloadAfter);
        ASSERT_EQ(fake.given.size(), 1U);
        ASSERT_EQ(fake.given[0].copy.fork, 1);
    }
    // Until the worker has noticed what changed, and the rest behind the taking back is over.
    void speak_until_given_anew() {
        speak_for(kSoon);
        speak_for(2 * milliseconds(kOffloadRest));
    }
    static bool goes_to(const FlowCopy& copy, const MacAddress& mac) {
        return std::equal(mac.begin(), mac.end(), copy.headers.header.begin());
    }

    ForkSlot then;  // the first, as it was when a stream was taken back
    std::vector<MonoTime> at_take_back;
};

// ---- at once, before anything changes ----

TEST_F(CopiesTakenBack, BeforeTheForkPauses) {
    open_copied();
    pause();
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    EXPECT_EQ(then.phase, ForkPhase::live);
    EXPECT_EQ(then.paused, 0);
}

TEST_F(CopiesTakenBack, BeforeTheForkStops) {
    open_copied();
    stop_fork();
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    EXPECT_EQ(then.phase, ForkPhase::live);
    EXPECT_EQ(then.ending, 0);
}

TEST_F(CopiesTakenBack, BeforeTheRecorderHasAnotherAddress) {
    open_copied();
    send(start_of(0, kOtherRecorder));
    turn();
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    EXPECT_EQ(then.remote_rtp, kRecorder);
}

TEST_F(CopiesTakenBack, NotForAPauseOfARecorderWithoutKernelCopies) {
    open_two();
    pause(1);
    speak_for(kSoon);
    EXPECT_THAT(fake.taken_back, IsEmpty());
}

TEST_F(CopiesTakenBack, NotForTheEndOfARecorderWithoutKernelCopies) {
    open_two();
    stop_fork(1);
    speak_for(kSoon);
    EXPECT_THAT(fake.taken_back, IsEmpty());
}

TEST_F(CopiesTakenBack, NotForAnotherAddressOfARecorderWithoutKernelCopies) {
    open_two();
    send(start_of(1, kOtherRecorder));
    speak_for(kSoon);
    EXPECT_THAT(fake.taken_back, IsEmpty());
}

TEST_F(CopiesTakenBack, NotForAResume) {
    open_copied();
    pause();
    speak_for(kSoon);
    ASSERT_THAT(fake.given, SizeIs(2));
    fake.taken_back.clear();
    resume(now.ns);
    EXPECT_THAT(fake.taken_back, IsEmpty());
}

// ---- when it is noticed ----

TEST_F(CopiesTakenBack, AForkThatBecomesLiveIsInTheNextRuleAfterTheRest) {
    open_given();
    record();
    speak_until_given_anew();
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
    EXPECT_EQ(fake.given[1].copy.fork, 1);
    EXPECT_GE(fake.asked_at[1] - at_take_back[0], milliseconds(kOffloadRest));
}

TEST_F(CopiesTakenBack, WhatTheKernelHasIsNotGivenTwice) {
    open_copied();
    for (int i = 0; i < 100; ++i) {
        kernel_copies(++last);
        pass(kPtime);
    }
    EXPECT_THAT(fake.given, SizeIs(1));
    EXPECT_THAT(fake.taken_back, IsEmpty());
}

TEST_F(CopiesTakenBack, ANewMacAddressTowardTheRecorderIsInTheNextRule) {
    open_copied();
    hops.set(kRecorderHop, {2, 0, 0, 0, 9, 9});
    speak_until_given_anew();
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_TRUE(goes_to(fake.given[0].copy, mac_of(kRecorderHop)));
    EXPECT_TRUE(goes_to(fake.given[1].copy, {2, 0, 0, 0, 9, 9}));
}

TEST_F(CopiesTakenBack, WhileTheWayToTheRecorderIsNotKnownTheKernelRelaysAlone) {
    open_copied();
    hops.clear(kRecorderHop);
    speak_until_given_anew();
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_EQ(fake.given[1].copy.fork, 0);
}

// ---- and what is given then ----

TEST_F(CopiesTakenBack, TheNewAddressOfTheRecorderIsInTheNextRule) {
    open_copied();
    send(start_of(0, kOtherRecorder));
    speak_for(2 * milliseconds(kOffloadRest));
    ASSERT_THAT(fake.given, SizeIs(2));
    const auto copies = io->sent_to(kOtherRecorder);
    ASSERT_FALSE(copies.empty());
    const auto& header = fake.given[1].copy.headers.header;
    EXPECT_TRUE(std::equal(header.begin() + 26, header.begin() + 38, copies[0].bytes.begin() + 26));
}

TEST_F(CopiesTakenBack, WhileTheForkIsPausedTheKernelRelaysAlone) {
    open_copied();
    pause();
    speak_for(2 * milliseconds(kOffloadRest));
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_EQ(fake.given[1].copy.fork, 0);
    resume(now.ns);
    speak_until_given_anew();
    ASSERT_THAT(fake.given, SizeIs(3));
    EXPECT_EQ(fake.given[2].copy.fork, 1);
}

TEST_F(CopiesTakenBack, AfterAResumeTheFirstRecorderIsCopiedAgain) {
    open_two();
    pause(0);
    speak_for(2 * milliseconds(kOffloadRest));
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_EQ(fake.given[1].copy.fork, 2);
    resume(now.ns);
    speak_until_given_anew();
    ASSERT_THAT(fake.given, SizeIs(3));
    EXPECT_EQ(fake.given[2].copy.fork, 1);
}

TEST_F(CopiesTakenBack, AfterTheEndOfTheFirstRecorderTheSecondIsCopied) {
    open_two();
    stop_fork(0);
    speak_for(2 * milliseconds(kOffloadRest));
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_EQ(fake.given[1].copy.fork, 2);
}

}  // namespace
}  // namespace weir::dataplane::tests
