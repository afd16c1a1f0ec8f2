// SPDX-License-Identifier: Apache-2.0
// Packets that the kernel has relayed already: booked and copied like all others, sent no more.
#include "tests/unit/dataplane/engine/flows_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;
using SentByKernel = FlowsEngine;

TEST_F(SentByKernel, APacketIsBookedAsReceivedAndRelayed) {
    open_given();
    const StreamAccount before = from(Side::a);
    const auto relayed_before = counters().relayed.load();
    const auto received_before = counters().received.load();
    kernel_relays(++last);
    EXPECT_EQ(from(Side::a).received, before.received + 1);
    EXPECT_EQ(from(Side::a).relayed, before.relayed + 1);
    EXPECT_EQ(from(Side::a).expected, before.expected + 1);
    EXPECT_EQ(from(Side::a).received_octets, before.received_octets + 160);
    EXPECT_EQ(from(Side::a).last_sequence, last);
    EXPECT_EQ(counters().relayed.load(), relayed_before + 1);
    EXPECT_EQ(counters().received.load(), received_before + 1);
    EXPECT_EQ(counters().relayed_by_kernel.load(), 1U);
    expect_laws();
}

TEST_F(SentByKernel, OnlyTheKernelsPacketsCountAsTheKernels) {
    open_given();
    speak(3);
    EXPECT_EQ(counters().relayed_by_kernel.load(), 0U);
}

TEST_F(SentByKernel, APacketIsNotSentAgain) {
    open_given();
    kernel_relays(++last);
    EXPECT_TRUE(io->sent.empty());
}

TEST_F(SentByKernel, BehindThePacketsOfABurstTheWorkersOwnAreStillSent) {
    open_given();
    for (int i = 0; i < 4; ++i) {
        io->arriving.push_back(relayed(rtp(++last)));
        caller_sends_frame(++last);
    }
    turn();
    ASSERT_EQ(io->sent.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        const Read read = read_sent(io->sent[i].bytes, kCallee);
        EXPECT_TRUE(read.is_good);
        EXPECT_EQ(sequence_of(read.payload), last - 6 + 2 * i);
    }
    EXPECT_EQ(from(Side::a).drops, (decltype(from(Side::a).drops){}));
    expect_laws();
}

TEST_F(SentByKernel, TheBuffersAreFreed) {
    open_given();
    for (int i = 0; i < 300; ++i)
        kernel_relays(++last);
    expect_no_leak();
}

// A silence of the relay is the party's: the account's time is that of the kernel's packet.
TEST_F(SentByKernel, ItsArrivalIsTheKernels) {
    open_given();
    auto packet = relayed(rtp(++last));
    packet.arrival_ns = now.ns - 700'000;
    io->arriving.push_back(packet);
    turn();
    EXPECT_EQ(from(Side::a).last_at_ns, now.ns - 700'000);
}

TEST_F(SentByKernel, ARecorderGetsItsCopy) {
    open_given();
    start_framed_fork(kRecorderHop, kRecorderHop);
    pass(milliseconds(20));
    io->sent.clear();
    kernel_relays(++last);
    const auto copies = io->sent_to(kRecorder);
    ASSERT_EQ(copies.size(), 1U);
    const Read read = read_sent(copies[0].bytes, kRecorder);
    EXPECT_TRUE(read.is_good);
    ASSERT_EQ(read.payload.size(), rtp(last).size());
    EXPECT_TRUE(std::equal(read.payload.begin() + kMinRtpBytes, read.payload.end(),
                           rtp(last).begin() + kMinRtpBytes));
    expect_laws();
    expect_no_leak();
}

TEST_F(SentByKernel, ThePreRollKeepsItForARecorderThatAnswersLate) {
    open_given();
    arm(0, now.ns);
    for (int i = 0; i < 5; ++i)
        kernel_relays(++last);
    EXPECT_EQ(account().awaiting, 5U);
    send(to_worker::StartFork{.fork = kFork,
                              .rtp = kRecorder,
                              .rtcp = kRecorderRtcp,
                              .rtp_hop = kRecorderHop,
                              .rtcp_hop = kRecorderHop});
    pass(milliseconds(200));
    EXPECT_EQ(io->sent_to(kRecorder).size(), 5U);
    expect_laws();
}

TEST_F(SentByKernel, WhatItRelayedBeforeAnAddressChangedIsStillRelayed) {
    open_given();
    const auto before = from(Side::a).relayed;
    send(remote_of(Side::a, at("192.0.2.77:6000"), kCallerHop));
    turn();
    kernel_relays(++last);       // from the old address
    caller_sends_frame(++last);  // and one that the kernel did not take
    turn();
    EXPECT_EQ(from(Side::a).relayed, before + 1);
    EXPECT_EQ(dropped(Verdict::wrong_source), 1U);
    expect_laws();
}

TEST_F(SentByKernel, WhatItRelayedBeforeTheOtherAddressWasTakenAwayIsStillRelayed) {
    open_given();
    const auto before = from(Side::a).relayed;
    send(remote_of(Side::b, {}, kNoHop));
    turn();
    kernel_relays(++last);
    pass(milliseconds(200));  // what is held back has its verdict by now
    EXPECT_EQ(from(Side::a).relayed, before + 1);
    EXPECT_EQ(from(Side::a).dropped(), 0U);
    expect_laws();
}

TEST_F(SentByKernel, WhatItRelayedBeforeTheSessionEndedIsStillRelayed) {
    open_given();
    const auto before = from(Side::a).relayed;
    send(to_worker::CloseSession{kSession});
    turn();
    kernel_relays(++last);
    EXPECT_EQ(from(Side::a).relayed, before + 1);
    expect_laws();
}

TEST_F(SentByKernel, AGapIsLostBeforeUs) {
    open_given();
    last = static_cast<std::uint16_t>(last + 3);
    kernel_relays(++last);
    EXPECT_EQ(from(Side::a).lost_before_us, 3U);
    EXPECT_EQ(from(Side::a).lost_ours, 0U);
    expect_laws();
}

TEST_F(SentByKernel, WithoutAnOffloadNoMarkCounts) {
    stop();
    kernel = nullptr;
    start();
    open_plain();
    kernel_relays(++last);
    EXPECT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(counters().relayed_by_kernel.load(), 0U);
}

}  // namespace
}  // namespace weir::dataplane::tests
