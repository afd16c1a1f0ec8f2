// SPDX-License-Identifier: Apache-2.0
// Forks: what a recorder gets, in which order, how fast, and what the account says of the rest.
#include <numeric>

#include "dataplane/rtp/rtcp.hpp"
#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;
using testing_sequence = std::vector<std::uint16_t>;

testing_sequence numbers(std::uint16_t first, std::size_t count) {
    testing_sequence all(count);
    std::iota(all.begin(), all.end(), first);
    return all;
}

class Fork : public Engine {};

TEST_F(Fork, LiveCopyKeepsPayloadAndTimestampAndHasItsOwnSsrc) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_sends(41);
    turn();
    const auto copies = io->sent_to(kRecorder);
    ASSERT_EQ(copies.size(), 1U);
    Bytes expected = rtp(41);
    view_as<RtpWire>(MutableByteSpan(expected))->ssrc.set(0xF0F0);
    EXPECT_EQ(copies[0].bytes, expected);
    EXPECT_EQ(copies[0].from, kForkPort);
    EXPECT_EQ(account().sent, 1U);
    EXPECT_EQ(account().sent_octets, 160U);
    expect_laws();
}

TEST_F(Fork, TheRelayedPacketLeavesBeforeItsCopies) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_sends(1);
    turn();
    ASSERT_EQ(io->sent.size(), 2U);
    EXPECT_EQ(io->sent[0].to, kCallee);
    EXPECT_EQ(io->sent[1].to, kRecorder);
}

TEST_F(Fork, RecordingBeginsWithTheFirstPacketSinceEligibleFrom) {
    open();
    caller_talks(1, 10);  // before the 2xx
    const std::int64_t answered = now.ns;
    caller_talks(11, 20);
    arm(0, answered);  // leased late
    caller_talks(31, 10);
    EXPECT_TRUE(recorded().empty());
    EXPECT_EQ(account().eligible, 30U);
    EXPECT_EQ(account().awaiting, 30U);
    start_fork();
    caller_talks(41, 20);
    EXPECT_EQ(recorded(), numbers(11, 50));
    EXPECT_EQ(account().sent, 50U);
    expect_laws();
}

TEST_F(Fork, ThePreRollDrainsAtMostFourTimesAsFastAsItCame) {
    open();
    arm(0, now.ns);
    caller_talks(1, 50);  // one second
    start_fork();
    const MonoTime started = now;
    caller_talks(51, 30);
    const auto copies = io->sent_to(kRecorder);
    ASSERT_GE(copies.size(), 50U);
    for (std::size_t i = 0; i < 50; ++i) {
        const auto media = milliseconds(20) * static_cast<int>(i);
        EXPECT_GE((copies[i].at - started) * 4 + milliseconds(1), media) << "copy " << i;
    }
    EXPECT_EQ(recorded(), numbers(1, 80));
}

TEST_F(Fork, ForkLiveComesWhenTheDrainHasCaughtUp) {
    open();
    arm(0, now.ns);
    caller_talks(1, 20);
    start_fork();
    EXPECT_TRUE(events<from_worker::ForkLive>().empty());
    EXPECT_EQ(fork_slot().phase, ForkPhase::draining);
    pass(milliseconds(400));
    EXPECT_EQ(events<from_worker::ForkLive>().size(), 1U);
    EXPECT_EQ(fork_slot().phase, ForkPhase::live);
}

TEST_F(Fork, EightForksHaveEachTheirOwnCopy) {
    open();
    for (std::uint32_t i = 0; i < kMaxForks; ++i) {
        arm(i, now.ns);
        if (i % 2 == 0) start_fork(i);
    }
    for (std::uint16_t i = 0; i < 64; ++i)
        caller_sends(i);
    turn();
    turn();
    for (std::uint32_t i = 1; i < kMaxForks; i += 2)
        start_fork(i);
    pass(milliseconds(10));
    for (std::uint32_t i = 0; i < kMaxForks; ++i)
        EXPECT_EQ(recorded(i), numbers(0, 64)) << "fork " << i;
    expect_laws();
}

TEST_F(Fork, OverwrittenBeforeTheRecorderIsReadyIsNamed) {
    open();
    arm(0, now.ns);
    caller_talks(1, 400);  // eight seconds; the ring holds somewhat over two
    const std::uint64_t lost = account().drops[static_cast<std::size_t>(ForkDrop::pre_roll_short)];
    EXPECT_EQ(account().eligible, 400U);
    EXPECT_EQ(lost + account().awaiting, 400U);
    EXPECT_GT(account().awaiting, 100U);
    EXPECT_GT(lost, 100U);
    start_fork();
    pass(milliseconds(3000));
    EXPECT_EQ(recorded(), numbers(static_cast<std::uint16_t>(1 + lost), 400 - lost));
    expect_laws();
}

TEST_F(Fork, LeasedAfterItsFirstPacketsWereOverwrittenItSaysSo) {
    open();
    const std::int64_t answered = now.ns;
    caller_talks(1, 300);
    arm(0, answered);
    const std::uint64_t lost = account().drops[static_cast<std::size_t>(ForkDrop::pre_roll_short)];
    EXPECT_GE(account().eligible, 300U);  // never flattering: at most 250 ms too many
    EXPECT_LE(account().eligible, 313U);
    EXPECT_EQ(lost + account().awaiting, account().eligible);
    expect_laws();
}

TEST_F(Fork, PauseTakesEffectFromItsInstantResumeFromIts) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(1, 10);
    send(to_worker::PauseFork{.fork = kFork, .at_ns = now.ns});
    turn();
    caller_talks(11, 10);  // on hold
    const std::int64_t resumed = now.ns;
    caller_talks(21, 10);  // the recorder has not answered the resume yet
    EXPECT_EQ(account().paused, 20U);
    send(to_worker::ResumeFork{.fork = kFork, .from_ns = resumed});
    turn();
    caller_talks(31, 10);
    EXPECT_EQ(account().paused, 10U);
    EXPECT_EQ(account().eligible, 30U);
    const auto copies = io->sent_to(kRecorder);
    ASSERT_EQ(copies.size(), 30U);
    // The payload tells the sender's number; ours are continuous, so that a pause is no loss.
    for (std::size_t i = 0; i < 30; ++i) {
        EXPECT_EQ(copies[i].bytes[20], i < 10 ? 1 + i : 11 + i);
        EXPECT_EQ(sequence_of(copies[i].bytes), 1 + i);
    }
    expect_laws();
}

TEST_F(Fork, PausedBeforeItsRecorderAnsweredItGetsOnlyTheRest) {
    open();
    arm(0, now.ns);
    caller_talks(1, 10);
    const std::int64_t hold = now.ns;
    caller_talks(11, 10);
    send(to_worker::PauseFork{.fork = kFork, .at_ns = hold});
    turn();
    EXPECT_EQ(account().eligible, 10U);
    EXPECT_EQ(account().paused, 10U);
    start_fork();
    pass(milliseconds(100));
    EXPECT_EQ(recorded(), numbers(1, 10));
    EXPECT_EQ(fork_slot().phase, ForkPhase::paused);
    expect_laws();
}

TEST_F(Fork, ALongHoldWithMediaLosesNothingButThePausedStretch) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(1, 5);
    send(to_worker::PauseFork{.fork = kFork, .at_ns = now.ns});
    turn();
    caller_talks(6, 400);  // eight seconds: overwrites the ring
    const std::int64_t resumed = now.ns;
    caller_talks(406, 5);
    send(to_worker::ResumeFork{.fork = kFork, .from_ns = resumed});
    turn();
    caller_talks(411, 5);
    EXPECT_EQ(account().eligible, 15U);
    EXPECT_EQ(account().sent, 15U);
    EXPECT_EQ(account().paused, 400U);
    EXPECT_EQ(recorded(), numbers(1, 15));
    expect_laws();
}

TEST_F(Fork, StoppedWhileDrainingItDrainsFirst) {
    open();
    arm(0, now.ns);
    caller_talks(1, 40);
    start_fork();
    send(to_worker::StopFork{.fork = kFork, .drain = 1});
    turn();
    EXPECT_EQ(fork_slot().phase, ForkPhase::ending);
    caller_sends(41);  // no longer eligible
    pass(milliseconds(400));
    EXPECT_EQ(recorded(), numbers(1, 40));
    EXPECT_EQ(events<from_worker::ForkClosed>().size(), 1U);
    EXPECT_EQ(account().eligible, 40U);
    expect_laws();
}

TEST_F(Fork, StoppedWithoutAnAnswerItsPacketsAreUnanswered) {
    open();
    arm(0, now.ns);
    caller_talks(1, 40);
    send(to_worker::StopFork{.fork = kFork, .drain = 1});
    turn();
    EXPECT_EQ(account().drops[static_cast<std::size_t>(ForkDrop::unanswered)], 40U);
    EXPECT_EQ(events<from_worker::ForkClosed>().size(), 1U);
    EXPECT_TRUE(io->sent_to(kRecorder).empty());
    expect_laws();
}

TEST_F(Fork, AnIndexIsFreeAgainAfterForkClosed) {
    open();
    arm(0, now.ns);
    caller_talks(1, 3);
    send(to_worker::StopFork{.fork = kFork, .drain = 0});
    turn();
    EXPECT_EQ(io->ports.count(kForkPort.port), 0U);
    arm(0, now.ns);
    start_fork();
    caller_talks(4, 3);
    EXPECT_EQ(recorded(), numbers(4, 3));
    EXPECT_EQ(account().eligible, 3U);
}

TEST_F(Fork, TheSessionsEndDoesNotEndTheFork) {
    open();
    arm(0, now.ns);
    caller_talks(1, 30);
    send(to_worker::CloseSession{kSession});
    pass(milliseconds(400));
    EXPECT_EQ(events<from_worker::Closed>().size(), 1U);
    start_fork();  // the recorder answered after the caller had hung up
    send(to_worker::StopFork{.fork = kFork, .drain = 1});
    pass(milliseconds(400));
    EXPECT_EQ(recorded(), numbers(1, 30));
    EXPECT_EQ(events<from_worker::ForkClosed>().size(), 1U);
    expect_laws();
}

TEST_F(Fork, ADrainThatTakesTooLongEndsAndSaysWhatIsMissing) {
    open();
    arm(0, now.ns);
    caller_sends(1);
    turn();
    now = now + std::chrono::seconds(100);  // one packet, then a long silence, then one more
    caller_sends(2);
    turn();
    start_fork();
    send(to_worker::StopFork{.fork = kFork, .drain = 1});
    pass(milliseconds(20'100));
    EXPECT_EQ(account().sent, 1U);
    EXPECT_EQ(account().drops[static_cast<std::size_t>(ForkDrop::unanswered)], 1U);
    expect_laws();
}

TEST_F(Fork, SequenceGoesOnOverAChangeOfSource) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(100, 3);
    io->arriving.push_back({rtp(60000, 0x9999), kCaller, kTowardCaller});
    io->arriving.push_back({rtp(60001, 0x9999), kCaller, kTowardCaller});
    turn();
    EXPECT_EQ(recorded(), numbers(100, 5));
    EXPECT_EQ(from(Side::a).ssrc_changes, 1U);
}

TEST_F(Fork, APacketThatComesLateIsNoLoss) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(1, 3);
    caller_talks(5, 1);
    EXPECT_EQ(account().lost_before_us, 1U);
    caller_talks(4, 1);
    EXPECT_EQ(account().lost_before_us, 0U);
    EXPECT_EQ(account().sent, 5U);
}

TEST_F(Fork, APacketThatComesLateInTheSameBurstIsNoLoss) {
    open();
    arm(0, now.ns);
    start_fork();
    for (const std::uint16_t sequence : {1, 2, 4, 3, 5})
        caller_sends(sequence);
    turn();
    EXPECT_EQ(account().lost_before_us, 0U);
    EXPECT_EQ(account().sent, 5U);
}

TEST_F(Fork, APacketThatCameLateBeforeTheForkWasArmedIsNoLoss) {
    open();
    const std::int64_t answered = now.ns;
    for (const std::uint16_t sequence : {1, 2, 4, 3, 5})
        caller_talks(sequence, 1);
    arm(0, answered);
    EXPECT_EQ(account().lost_before_us, 0U);
    EXPECT_EQ(account().eligible, 5U);
}

TEST_F(Fork, APacketThatCameLateInAPauseIsNoLossAfterAResumeFromBeforeIt) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(1, 3);
    const std::int64_t from = now.ns;
    send(to_worker::PauseFork{.fork = {kSession, 0, 0}, .at_ns = now.ns});
    for (const std::uint16_t sequence : {4, 6, 5, 7})
        caller_talks(sequence, 1);
    send(to_worker::ResumeFork{.fork = {kSession, 0, 0}, .from_ns = from});
    caller_talks(8, 10);
    EXPECT_EQ(account().lost_before_us, 0U);
    EXPECT_EQ(account().sent, 17U);
    expect_laws();
}

TEST_F(Fork, ALossBeforeUsShowsAsAGapToTheRecorder) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_sends(1);
    caller_sends(3);
    turn();
    EXPECT_EQ(recorded(), (testing_sequence{1, 3}));
    EXPECT_EQ(account().lost_before_us, 1U);
}

TEST_F(Fork, ADuplicateIsRelayedButNotRecorded) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_sends(1);
    caller_sends(1);
    turn();
    EXPECT_EQ(recorded(), (testing_sequence{1}));
    EXPECT_EQ(io->sent_to(kCallee).size(), 2U);
}

TEST_F(Fork, WithoutBuffersTheForkLosesAndTheCallDoesNotNotice) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_sends(1);
    std::vector<rte_mbuf*> hoard;
    // FakeIo takes one buffer for the arriving packet; nothing is left for the copy.
    while (pool->available() > 1)
        hoard.push_back(rte_pktmbuf_alloc(pool->raw()));
    turn();
    for (rte_mbuf* packet : hoard)
        rte_pktmbuf_free(packet);
    EXPECT_EQ(io->sent_to(kCallee).size(), 1U);
    EXPECT_EQ(account().drops[static_cast<std::size_t>(ForkDrop::pool_short)], 1U);
    expect_laws();
}

TEST_F(Fork, RefusedByTheSocketIsASendDrop) {
    open();
    arm(0, now.ns);
    start_fork();
    io->refuse = true;
    caller_sends(1);
    turn();
    EXPECT_EQ(account().send_drops, 1U);
    EXPECT_EQ(account().sent, 0U);
    expect_laws();
}

TEST_F(Fork, WithoutPreRollItRecordsFromTheStart) {
    open(false);
    arm(0, now.ns);
    caller_talks(1, 3);
    start_fork();
    caller_talks(4, 3);
    EXPECT_EQ(recorded(), numbers(4, 3));
    EXPECT_EQ(account().drops[static_cast<std::size_t>(ForkDrop::pre_roll_short)], 3U);
    expect_laws();
}

TEST_F(Fork, SenderReportsComeEveryFiveSecondsAndWithTheEnd) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(1, 510);  // 10.2 s
    send(to_worker::StopFork{.fork = kFork, .drain = 1});
    turn();
    const auto reports = io->sent_to(kRecorderRtcp);
    ASSERT_EQ(reports.size(), 4U);  // at 0, 5 and 10 s, and the last
    const auto last = find_sender_info(reports.back().bytes);
    ASSERT_TRUE(last.has_value());
    EXPECT_EQ(last->packets, 510U);
    EXPECT_EQ(last->octets, 510U * 160U);
    EXPECT_EQ(last->ssrc, 0xF0F0U);
    EXPECT_TRUE(has_bye(reports.back().bytes, 0xF0F0));
    EXPECT_FALSE(has_bye(reports.front().bytes, 0xF0F0));
    EXPECT_EQ(account().sender_reports, 4U);
}

TEST_F(Fork, TheRecordersReportIsRead) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(1, 2);
    Bytes report(32);
    RtcpWriter writer{MutableByteSpan(report)};
    writer.receiver_report(
        0x77, {.ssrc = 0xF0F0, .cumulative_lost = 3, .highest_sequence = 0x10002, .jitter = 9});
    io->arriving.push_back(
        {report, at("192.0.2.9:50000"), {static_cast<std::uint16_t>(kForkPort.port + 1), 0, 0}});
    turn();
    EXPECT_EQ(account().receiver_reports, 1U);
    EXPECT_EQ(account().rr_cumulative_lost, 3);
    EXPECT_EQ(account().rr_highest_sequence, 0x10002U);
    EXPECT_EQ(pool->available(), 4095U);
}

TEST_F(Fork, AStrangersReportIsNot) {
    open();
    arm(0, now.ns);
    start_fork();
    Bytes report(32);
    RtcpWriter writer{MutableByteSpan(report)};
    writer.receiver_report(0x77, {.ssrc = 0xF0F0});
    io->arriving.push_back(
        {report, at("192.0.2.66:50000"), {static_cast<std::uint16_t>(kForkPort.port + 1), 0, 0}});
    turn();
    EXPECT_EQ(account().receiver_reports, 0U);
}

TEST_F(Fork, ARunningForkCanBeRedirected) {
    open();
    arm(0, now.ns);
    start_fork();
    caller_talks(1, 2);
    send(to_worker::StartFork{
        .fork = kFork, .rtp = at("192.0.2.10:7000"), .rtcp = at("192.0.2.10:7001")});
    caller_talks(3, 2);
    EXPECT_EQ(recorded(), numbers(1, 2));
    EXPECT_EQ(io->sent_to(at("192.0.2.10:7000")).size(), 2U);
}

}  // namespace
}  // namespace weir::dataplane::tests
