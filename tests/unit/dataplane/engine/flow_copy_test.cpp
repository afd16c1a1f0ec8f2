// SPDX-License-Identifier: Apache-2.0
// Which recorder's copies the kernel gets to send, and what it is told of them.
#include <gmock/gmock.h>

#include "tests/unit/dataplane/engine/copies_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using FlowCopies = CopiesEngine;

const IpAddress kV6Recorder = ip("2001:db8::9");

// The caller's packet as the recorder of the rule hears it.
Bytes payload_by(const FlowCopy& copy, Bytes payload) {
    auto* wire = view_as<RtpWire>(MutableByteSpan(payload));
    wire->sequence.set(static_cast<std::uint16_t>(wire->sequence.get() + copy.sequence_offset));
    wire->ssrc.set(copy.ssrc);
    return payload;
}

TEST_F(FlowCopies, ByItTheKernelWritesWhatTheWorkerWrites) {
    open_copied();
    const FlowCopy& copy = fake.given[0].copy;
    for (const std::size_t bytes : {0U, 1U, 20U, 33U, 160U, 240U, 1400U}) {
        SCOPED_TRACE(bytes);
        const Bytes payload = rtp(++last, 0x1111, bytes);
        io->sent.clear();
        receive(frame_of(spec_from(caller, payload)));
        turn();
        const auto copies = io->sent_to(kRecorder);
        ASSERT_EQ(copies.size(), 1U);
        EXPECT_EQ(frame_by(copy.headers, payload_by(copy, payload)), copies[0].bytes);
    }
}

TEST_F(FlowCopies, ItsLengthsAndChecksumsAreZero) {
    open_copied();
    for (const std::size_t at : {16U, 17U, 24U, 25U, 38U, 39U, 40U, 41U})
        EXPECT_EQ(fake.given[0].copy.headers.header[at], 0) << at;
}

TEST_F(FlowCopies, ItsHeadersAreThoseThatTheFramerWrites) {
    open_copied();
    Framer framer(options.frames);
    const Bytes payload = rtp(7);
    Bytes frame(kPlainHeaders + payload.size());
    std::copy(payload.begin(), payload.end(), frame.begin() + kPlainHeaders);
    write_plain_frame(frame, framer, {kRecorder, kForkPort, hops.find(kRecorderHop), 0});
    EXPECT_EQ(frame_by(fake.given[0].copy.headers, payload), frame);
}

TEST_F(FlowCopies, ItsNumbersAreThoseOfTheFork) {
    open_plain();
    record();
    speak(3);
    pause();
    speak(4);  // to the recorder they are no gap
    resume(now.ns);
    speak(kOffloadAfter);
    const FlowCopy& copy = fake.given.back().copy;
    ASSERT_EQ(copy.fork, 1);
    EXPECT_EQ(copy.ssrc, 0xF0F0U);
    EXPECT_EQ(copy.sequence_offset, 0x10000 - 4);
}

TEST_F(FlowCopies, WithoutARecorderThereIsNone) {
    open_given();
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, TheOtherDirectionHasNone) {
    open_copied();
    for (std::uint16_t i = 0; i < kOffloadAfter; ++i) {
        receive(frame_of(spec_from(callee, rtp(i, 0x2222))));
        pass(kPtime);
    }
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_EQ(fake.given[1].arrives.port, 8002);
    EXPECT_EQ(fake.given[1].copy.fork, 0);
}

// ---- which recorders the worker serves itself ----

TEST_F(FlowCopies, AForkWhoseRecorderHasNotAnsweredIsNotCopied) {
    open_plain();
    lease();
    speak(kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, AForkThatDrainsIsNotCopied) {
    auto then = ForkPhase::absent;
    fake.on_give = [&] { then = fork_slot().phase; };
    open_plain();
    lease();
    speak(kOffloadAfter - 1);
    send(start_of(0, kRecorder));
    speak(1);
    ASSERT_THAT(fake.given, SizeIs(1));
    ASSERT_EQ(then, ForkPhase::draining);
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, AForkThatIsPausedIsNotCopied) {
    open_plain();
    record();
    speak(4);
    pause();
    speak(kOffloadAfter - 4);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, ARecorderWithoutANextHopIsNotCopied) {
    open_plain();
    record(0, kUnresolvedHop);
    speak(kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, ARecorderOfIpv6IsNotCopied) {
    open_plain();
    slot().forks[0].realm = 1;
    lease();
    send(start_of(0, {kV6Recorder, 0, 7000}));
    speak(kOffloadAfter);
    ASSERT_EQ(account().sent, kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, ARecorderInAVlanIsNotCopied) {
    open_plain();
    slot().forks[0].realm = 2;
    record();
    speak(kOffloadAfter);
    ASSERT_EQ(account().sent, kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, AKernelThatCannotCopyIsNotAskedTo) {
    fake.copies = false;
    open_plain();
    record();
    speak(kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, BeforeTheWorkersFirstCopyTheNumbersAreNotSettled) {
    fake.holds_back = true;
    open_plain();
    speak(kOffloadAfter);
    record();
    fake.holds_back = false;
    pass(milliseconds(20));
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, AfterAPauseTheNumbersAreSettledByTheWorkersNextCopy) {
    fake.holds_back = true;
    open_plain();
    record();
    speak(kOffloadAfter);
    pause();
    speak(3);
    resume(now.ns);
    ASSERT_EQ(fork_slot().phase, ForkPhase::live);
    fake.holds_back = false;
    pass(milliseconds(20));
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, WhileItsNumbersAreThoseOfAnEarlierSourceTheForkIsNotCopied) {
    fake.holds_back = true;
    open_plain();
    record();
    speak(kOffloadAfter);
    ++fork_slot().epoch;  // as if no buffer had been free since the source began anew
    fake.holds_back = false;
    pass(milliseconds(20));
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 0);
}

TEST_F(FlowCopies, OfTwoRecordersTheFirstIsCopied) {
    open_plain();
    record(1);
    record(0);
    speak(kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 1);
}

TEST_F(FlowCopies, WhereTheFirstCannotBeCopiedTheSecondIs) {
    open_plain();
    record(0, kUnresolvedHop);
    record(1);
    speak(kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].copy.fork, 2);
    EXPECT_EQ(fake.given[0].copy.ssrc, 0xF0F1U);
}

// ---- when ----

// The recorder would hear the kernel's next packet before it. A drain ends and the next look may
// come in the same turn, whichever that is.
TEST_F(FlowCopies, WhatTheWorkerHasCopiedIsSentBeforeTheKernelCopies) {
    unsigned given_with_the_last_of_a_drain = 0;
    const MonoTime began = now;
    fake.on_give = [&] { EXPECT_EQ(account().queued, 0U); };
    for (milliseconds shift{0}; shift < kHousekeeping; ++shift) {
        SCOPED_TRACE(shift.count());
        while ((now - began) % kHousekeeping != shift)
            pass(milliseconds(1));
        fake.holds_back = true;
        last = 0;
        open_plain();
        lease();
        speak(kOffloadAfter);
        send(start_of(0, kRecorder));
        turn();
        while (fork_slot().phase != ForkPhase::live) {
            fake.holds_back = account().awaiting > 1;
            pass(milliseconds(1));
        }
        if (!fake.given.empty() && fake.given.back().copy.fork == 1)
            ++given_with_the_last_of_a_drain;
        stop_fork();
        end_session();
    }
    EXPECT_GT(given_with_the_last_of_a_drain, 0U) << "nothing was tried";
}

TEST_F(CopiesOfTwoRealms, WhileACopyWaitsToBeSentTheNextOneIsNotTheKernels) {
    fake.holds_back_at = 2;
    open_plain();
    slot().forks[0].realm = 2;
    record();
    speak(kOffloadAfter + 10);
    EXPECT_THAT(fake.given, IsEmpty());
    fake.holds_back_at.reset();
    pass(milliseconds(20));
    ASSERT_THAT(fake.given, SizeIs(1)) << "no rest was needed";
    EXPECT_EQ(fake.given[0].copy.fork, 1);
}

TEST_F(CopiesOfTwoRealms, ItLeavesByTheRealmOfTheRecorder) {
    open_plain();
    slot().forks[0].realm = 2;
    record();
    speak(kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    const FlowCopy& copy = fake.given[0].copy;
    EXPECT_EQ(copy.leaves, 2);
    const auto copies = io->sent_to(kRecorder);
    ASSERT_FALSE(copies.empty());
    EXPECT_EQ(frame_by(copy.headers, payload_by(copy, rtp(last))), copies.back().bytes);
}

TEST_F(CopiesOfTwoRealms, TheLongestPayloadIsTheRecordersWhereThatIsShorter) {
    open_plain();
    slot().forks[0].realm = 2;
    record();
    speak(kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].longest_payload, 1200 - 28);
}

TEST_F(CopiesOfTwoRealms, TheLongestPayloadIsThePartysWhereThatIsShorter) {
    open_between({kCaller, 0, kCallerHop, 8000}, {at("198.51.100.1:5000"), 2, kCalleeHop, 8002});
    record();
    speak(kOffloadAfter);
    ASSERT_THAT(fake.given, SizeIs(1));
    ASSERT_EQ(fake.given[0].copy.fork, 1);
    EXPECT_EQ(fake.given[0].longest_payload, 1200 - 28);
}

}  // namespace
}  // namespace weir::dataplane::tests
