// SPDX-License-Identifier: Apache-2.0
// Packets whose copy the kernel has sent with them: booked on the fork, copied no more.
#include "dataplane/rtp/rtcp.hpp"
#include "tests/unit/dataplane/engine/copies_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;
using CopiedByKernel = CopiesEngine;

TEST_F(CopiedByKernel, ItIsEligibleCopiedAndSent) {
    open_copied();
    const ForkAccount before = account();
    kernel_copies(++last);
    kernel_copies(++last);
    EXPECT_EQ(account().eligible, before.eligible + 2);
    EXPECT_EQ(account().copied, before.copied + 2);
    EXPECT_EQ(account().sent, before.sent + 2);
    EXPECT_EQ(account().sent_octets, before.sent_octets + 2 * 160);
    EXPECT_EQ(account().awaiting, 0U);
    EXPECT_EQ(account().queued, 0U);
    expect_laws();
}

TEST_F(CopiedByKernel, ItCountsAsCopiedAndAsTheKernels) {
    open_copied();
    const auto before = counters().copied.load();
    EXPECT_EQ(counters().copied_by_kernel.load(), 0U);
    kernel_copies(++last);
    EXPECT_EQ(counters().copied.load(), before + 1);
    EXPECT_EQ(counters().copied_by_kernel.load(), 1U);
}

TEST_F(CopiedByKernel, TheWorkerSendsNothing) {
    open_copied();
    kernel_copies(++last);
    EXPECT_TRUE(io->sent.empty());
}

TEST_F(CopiedByKernel, TheLastSequenceIsTheRecorders) {
    open_plain();
    record();
    speak(3);
    pause();
    speak(4);
    resume(now.ns);
    speak(kOffloadAfter);
    ASSERT_EQ(fake.given.back().copy.fork, 1);
    kernel_copies(++last);
    EXPECT_EQ(account().last_sequence, last - 4) << "a pause is no gap";
    EXPECT_EQ(fork_slot().next_sequence, last - 3);
}

TEST_F(CopiedByKernel, TheFirstThatWasSentAtAllIsTheFirst) {
    open_given();
    record();
    io->refuse = true;
    speak(1);
    io->refuse = false;
    ASSERT_EQ(account().sent, 0U);
    ASSERT_EQ(account().send_drops, 1U);
    auto packet = copied(++last);
    packet.arrival_ns = now.ns - 700'000;
    io->arriving.push_back(packet);
    turn();
    EXPECT_EQ(account().first_sequence, last);
    EXPECT_EQ(account().first_sent_ns, now.ns - 700'000) << "when the kernel had it";
    EXPECT_EQ(account().last_sent_ns, now.ns - 700'000);
}

TEST_F(CopiedByKernel, TheWorkersNextCopyGoesOnBehindIt) {
    open_copied();
    kernel_copies(++last);
    caller_sends_frame(++last);
    turn();
    const auto copies = io->sent_to(kRecorder);
    ASSERT_EQ(copies.size(), 1U);
    EXPECT_EQ(sequence_of(read_sent(copies[0].bytes, kRecorder).payload), last);
    EXPECT_EQ(account().last_sequence, last);
}

TEST_F(CopiedByKernel, AfterItASourceThatBeginsAnewGoesOnByOne) {
    open_copied();
    kernel_copies(++last);
    for (const std::uint16_t sequence : {60000, 60001})
        receive(frame_of(spec_from(caller, rtp(sequence, 0x9999))));
    turn();
    const auto copies = io->sent_to(kRecorder);
    ASSERT_EQ(copies.size(), 2U);
    EXPECT_EQ(sequence_of(read_sent(copies[0].bytes, kRecorder).payload), last + 1);
}

TEST_F(CopiedByKernel, ASecondRecorderStillGetsItsCopy) {
    open_copied();
    record(1);
    kernel_copies(++last);
    const auto copies = io->sent_to(recorder(1));
    ASSERT_EQ(copies.size(), 1U);
    EXPECT_TRUE(read_sent(copies[0].bytes, recorder(1)).is_good);
    EXPECT_EQ(account(1).sent, 1U);
    EXPECT_TRUE(io->sent_to(kRecorder).empty());
    expect_laws();
}

TEST_F(CopiedByKernel, AGapIsLostBeforeUs) {
    open_copied();
    last = static_cast<std::uint16_t>(last + 3);
    kernel_copies(++last);
    EXPECT_EQ(account().lost_before_us, 3U);
    EXPECT_EQ(account().lost_ours, 0U);
    expect_laws();
}

TEST_F(CopiedByKernel, TheSenderReportCountsIt) {
    open_copied();
    for (int i = 0; i < 5; ++i)
        kernel_copies(++last);
    pass(std::chrono::duration_cast<milliseconds>(kRtcpInterval) + milliseconds(20));
    const auto reports = io->sent_to(kRecorderRtcp);
    ASSERT_FALSE(reports.empty());
    const auto info = find_sender_info(read_sent(reports.back().bytes, kRecorderRtcp).payload);
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->packets, kOffloadAfter + 5);
    EXPECT_EQ(info->octets, (kOffloadAfter + 5) * 160U);
}

TEST_F(CopiedByKernel, TheSenderReportsTimeGoesOnFromIt) {
    open_copied();
    fork_slot().clock_rate = 8000;
    pass(milliseconds(1000));  // a silence: what came before it tells another time
    last = static_cast<std::uint16_t>(last + 100);
    kernel_copies(++last);
    const MonoTime then = now;
    stop_fork();
    pass(kOffloadRest + milliseconds(60));
    const auto reports = io->sent_to(kRecorderRtcp);
    ASSERT_FALSE(reports.empty());
    const auto info = find_sender_info(read_sent(reports.back().bytes, kRecorderRtcp).payload);
    ASSERT_TRUE(info.has_value());
    const auto since = static_cast<std::uint32_t>((reports.back().at - then) / milliseconds(1));
    EXPECT_EQ(info->rtp_timestamp, last * 160U + since * 8U);
}

TEST_F(CopiedByKernel, ThePreRollKeepsItForARecorderThatAnswersLate) {
    open_copied();
    lease(1);
    for (int i = 0; i < 5; ++i)
        kernel_copies(++last);
    EXPECT_EQ(account(1).awaiting, 5U);
    send(start_of(1, recorder(1)));
    pass(milliseconds(200));
    EXPECT_EQ(io->sent_to(recorder(1)).size(), 5U);
    expect_laws();
}

TEST_F(CopiedByKernel, ThePreRollKeepsItForARecorderThatIsLeasedLate) {
    open_copied();
    const std::int64_t answered = now.ns;
    pass(milliseconds(1));
    for (int i = 0; i < 5; ++i)
        kernel_copies(++last);
    arm(1, answered);
    EXPECT_EQ(account(1).awaiting, 5U);
}

TEST_F(CopiedByKernel, WithoutAPreRollItIsBookedToo) {
    open_copied();
    slot().streams[0].from[0].pre_roll_ring = 0;
    const std::uint64_t sent = account().sent;
    kernel_copies(++last);
    pause();
    kernel_copies(++last);
    EXPECT_EQ(account().sent, sent + 2);
    expect_laws();
}

// The rule held when it came: the recorder has it.
TEST_F(CopiedByKernel, WhatComesMarkedAfterAPauseWasSentAllTheSame) {
    open_copied();
    const ForkAccount before = account();
    pause();
    kernel_copies(++last);
    EXPECT_EQ(account().eligible, before.eligible + 1);
    EXPECT_EQ(account().sent, before.sent + 1);
    EXPECT_EQ(account().paused, 0U);
    expect_laws();
}

TEST_F(CopiedByKernel, AResumeFromBeforeItDoesNotSendItAgain) {
    open_copied();
    const std::int64_t before = now.ns;
    pass(milliseconds(1));
    pause();
    kernel_copies(++last);
    const std::uint64_t eligible = account().eligible;
    resume(before);
    pass(milliseconds(100));
    EXPECT_TRUE(io->sent_to(kRecorder).empty());
    EXPECT_EQ(account().eligible, eligible);
    EXPECT_EQ(fork_slot().phase, ForkPhase::live);
    expect_laws();
}

TEST_F(CopiedByKernel, WhatComesUnmarkedBehindItInAPauseIsStillResumed) {
    open_copied();
    const std::int64_t before = now.ns;
    pass(milliseconds(1));
    pause();
    io->arriving.push_back(copied(++last));
    caller_sends_frame(++last);
    turn();
    EXPECT_EQ(account().paused, 1U);
    resume(before);
    pass(milliseconds(100));
    const auto copies = io->sent_to(kRecorder);
    ASSERT_EQ(copies.size(), 1U);
    EXPECT_EQ(sequence_of(read_sent(copies[0].bytes, kRecorder).payload), last);
    expect_laws();
}

TEST_F(CopiedByKernel, WhatComesMarkedAfterItsResumeIsBookedOnce) {
    open_copied();
    const std::uint64_t sent = account().sent;
    pause();
    resume(now.ns);
    kernel_copies(++last);
    pass(milliseconds(100));
    EXPECT_EQ(account().sent, sent + 1);
    EXPECT_TRUE(io->sent_to(kRecorder).empty());
    expect_laws();
}

TEST_F(CopiedByKernel, WhatComesMarkedAfterForkClosedIsNotBooked) {
    open_copied();
    stop_fork();
    pass(kOffloadRest + milliseconds(60));
    ASSERT_EQ(closed_forks(), 1U);
    const ForkAccount final = account();
    const auto relayed_before = from(Side::a).relayed;
    kernel_copies(++last);
    EXPECT_EQ(from(Side::a).relayed, relayed_before + 1);
    EXPECT_EQ(account().eligible, final.eligible);
    EXPECT_EQ(account().copied, final.copied);
    EXPECT_EQ(account().sent, final.sent);
    EXPECT_EQ(counters().copied_by_kernel.load(), 0U);
    expect_laws();
}

// 40: in a shift of 32 bits it would be the eighth.
TEST_F(CopiedByKernel, AMarkOfNoForkThatCouldBeIsNone) {
    open_copied();
    record(7);
    for (const int mark : {9, 32, 40, 255}) {
        SCOPED_TRACE(mark);
        io->sent.clear();
        kernel_copies(++last, static_cast<std::uint8_t>(mark));
        EXPECT_EQ(io->sent_to(recorder(7)).size(), 1U);
        EXPECT_EQ(counters().copied_by_kernel.load(), 0U);
    }
    expect_laws();
}

TEST_F(CopiedByKernel, AMarkOfAForkThatIsNotThereIsNotBooked) {
    open_copied();
    kernel_copies(++last, 6);
    EXPECT_EQ(account(5).copied, 0U);
    EXPECT_EQ(counters().copied_by_kernel.load(), 0U);
    expect_laws();
}

TEST_F(CopiedByKernel, WithoutTheMarkOfTheKernelItIsTheWorkersToCopy) {
    open_copied();
    auto packet = copied(++last);
    packet.flags = 0;
    io->arriving.push_back(packet);
    turn();
    EXPECT_EQ(io->sent_to(kRecorder).size(), 1U);
    EXPECT_EQ(counters().copied_by_kernel.load(), 0U);
}

TEST_F(CopiedByKernel, TheBuffersAreFreed) {
    open_copied();
    for (int i = 0; i < 300; ++i)
        kernel_copies(++last);
    expect_no_leak();
}

}  // namespace
}  // namespace weir::dataplane::tests
