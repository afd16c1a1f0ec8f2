// SPDX-License-Identifier: Apache-2.0
// The packet path on framed devices: relaying, verdicts, hand-over, punt, next hops, links.
#include "dataplane/engine/engine_limits.hpp"
#include "tests/unit/dataplane/engine/framed_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;
using Framed = FramedEngine;

TEST_F(Framed, ADatagramIsRelayedToTheNextHopOfTheOtherParty) {
    open_plain();
    caller_sends_frame(1);
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    const Read read = read_sent(io->sent[0].bytes, kCallee);
    EXPECT_TRUE(read.is_good);
    EXPECT_EQ(read.to_mac, mac_of(kCalleeHop));
    EXPECT_EQ(read.from_mac, kOwnMac);
    EXPECT_EQ(read.from, ours(callee));
    EXPECT_EQ(read.payload, rtp(1));
    EXPECT_EQ(counters().received.load(), 1U);
    expect_laws();
}

TEST_F(Framed, RealmsOfBothFamiliesAndAVlanMeet) {
    const Party v6{{ip("2001:db8::1"), 0, 4000}, 1, kCallerHop, 8000};
    const Party tagged{{ip("198.51.100.1"), 0, 5000}, 2, kCalleeHop, 8002};
    open_between(v6, tagged);
    caller_sends_frame(1);
    receive(frame_of(spec_from(callee, rtp(9, 0x2222))));
    turn();
    ASSERT_EQ(io->sent.size(), 2U);
    const Read to_tagged = read_sent(io->sent[0].bytes, tagged.address, 7);
    EXPECT_TRUE(to_tagged.is_good);
    EXPECT_EQ(to_tagged.payload, rtp(1));
    const Read to_v6 = read_sent(io->sent[1].bytes, v6.address);
    EXPECT_TRUE(to_v6.is_good);
    EXPECT_EQ(to_v6.payload, rtp(9, 0x2222));
    expect_laws();
}

TEST_F(Framed, ATagThatTheDriverTookOffIsAsGood) {
    open_between({{ip("198.51.100.1"), 0, 4000}, 2, kCallerHop, 8000},
                 {kCallee, 0, kCalleeHop, 8002});
    FrameSpec spec = spec_from(caller, rtp(1));
    spec.tags.clear();
    io->arriving.push_back({.bytes = frame_of(spec),
                            .peer = {},
                            .local = {},
                            .flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED,
                            .tag = 0x6007});
    io->arriving.push_back({.bytes = frame_of(spec),
                            .peer = {},
                            .local = {},
                            .flags = RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED,
                            .tag = 7});
    turn();
    EXPECT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(io->punted.size(), 1U);
}

// facts: an incremental update of what a veth peer hands over would be garbage.
TEST_F(Framed, APartialChecksumOfAVethPeerBecomesAWholeOne) {
    open_plain();
    caller_sends_frame(1, FrameSpec::Sum::partial);
    caller_sends_frame(2, FrameSpec::Sum::none);
    turn();
    ASSERT_EQ(io->sent.size(), 2U);
    for (const auto& sent : io->sent)
        EXPECT_TRUE(read_sent(sent.bytes, kCallee).is_good);
}

TEST_F(Framed, AWrongChecksumIsADropThatNobodyRelays) {
    open_plain();
    caller_sends_frame(1, FrameSpec::Sum::wrong);
    turn();
    EXPECT_TRUE(io->sent.empty());
    EXPECT_EQ(dropped(Verdict::bad_checksum), 1U);
    EXPECT_EQ(counters().received.load(), 1U);
    EXPECT_EQ(from(Side::a).received, 0U);
}

TEST_F(Framed, WhatTheDriverMarksBadIsBad) {
    open_plain();
    for (const std::uint64_t flags : {RTE_MBUF_F_RX_IP_CKSUM_BAD, RTE_MBUF_F_RX_L4_CKSUM_BAD})
        io->arriving.push_back({.bytes = frame_of(spec_from(caller, rtp(1))),
                                .peer = {},
                                .local = {},
                                .flags = flags});
    for (const std::uint64_t flags :
         {RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD, RTE_MBUF_F_RX_L4_CKSUM_NONE})
        io->arriving.push_back({.bytes = frame_of(spec_from(caller, rtp(2))),
                                .peer = {},
                                .local = {},
                                .flags = flags});
    turn();
    EXPECT_EQ(dropped(Verdict::bad_checksum), 2U);
    EXPECT_EQ(io->sent.size(), 2U);
}

TEST_F(Framed, WhereTheDriverIsTrustedItsWordCounts) {
    stop();
    options.frames.check = UdpChecksumCheck::by_driver;
    start();
    open_plain();
    caller_sends_frame(1, FrameSpec::Sum::wrong);
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    EXPECT_TRUE(read_sent(io->sent[0].bytes, kCallee).is_good);
}

TEST_F(Framed, WhatIsNotMediaGoesToTheHostAndIsNoDrop) {
    open_plain();
    FrameSpec sip = spec_from(caller, Bytes(1300, 'x'));
    sip.to.port = 5060;
    receive(frame_of(sip));
    receive(changed(frame_of(sip), 13, 0x06));  // ARP
    receive(Bytes(3, 0));
    turn();
    EXPECT_EQ(io->punted.size(), 3U);
    EXPECT_EQ(io->punted[0], frame_of(sip));
    EXPECT_EQ(counters().punted.load(), 3U);
    EXPECT_EQ(counters().punt_drops.load(), 0U);
    EXPECT_EQ(counters().received.load(), 0U);
    io->rings_full = true;
    receive(frame_of(sip));
    turn();
    EXPECT_EQ(counters().punted.load(), 4U);
    EXPECT_EQ(counters().punt_drops.load(), 1U);
    expect_no_leak();
}

TEST_F(Framed, AMediaPortWithoutASessionIsNoSession) {
    open_plain();
    FrameSpec spec = spec_from(caller, rtp(1));
    spec.to.port = 8500;
    receive(frame_of(spec));
    turn();
    EXPECT_EQ(dropped(Verdict::no_session), 1U);
    EXPECT_EQ(counters().received.load(), 1U);
    EXPECT_TRUE(io->punted.empty());
}

TEST_F(Framed, AnotherWorkersPortIsHandedOverWhole) {
    open_plain();
    owners.set({8600, 0, 0}, 3);
    FrameSpec spec = spec_from(caller, rtp(1));
    spec.to.port = 8600;
    receive(frame_of(spec));
    turn();
    ASSERT_EQ(io->handed_over.size(), 1U);
    EXPECT_EQ(io->handed_over[0].to, 3);
    EXPECT_EQ(io->handed_over[0].frame, frame_of(spec));
    EXPECT_EQ(counters().handed_over.load(), 1U);
    EXPECT_EQ(counters().received.load(), 0U);  // the owner counts it
    io->rings_full = true;
    receive(frame_of(spec));
    turn();
    EXPECT_EQ(dropped(Verdict::hand_over_full), 1U);
    EXPECT_EQ(counters().received.load(), 1U);
    expect_no_leak();
}

TEST_F(Framed, EachSpoiltFrameForAMediaPortHasItsVerdict) {
    open_plain();
    const FrameSpec good = spec_from(caller, rtp(1));
    FrameSpec fragment = good;
    fragment.fragment = 0x2000;
    FrameSpec optional = good;
    optional.options = Bytes(4, 1);
    receive(frame_of(fragment));
    receive(frame_of(optional));
    receive(resized(frame_of(good), 100));
    io->arriving.push_back({.bytes = frame_of(good), .peer = {}, .local = {}, .more = 200});
    turn();
    EXPECT_EQ(dropped(Verdict::fragment), 1U);
    EXPECT_EQ(dropped(Verdict::ip_options), 1U);
    EXPECT_EQ(dropped(Verdict::truncated), 1U);
    EXPECT_EQ(dropped(Verdict::too_long), 1U);
    EXPECT_EQ(counters().received.load(), 4U);
    EXPECT_TRUE(io->sent.empty());
    expect_no_leak();
}

TEST_F(Framed, AnUnknownNeighbourIsAVerdictUntilItIsKnown) {
    open_between({kCaller, 0, kCallerHop, 8000}, {kCallee, 0, kUnresolvedHop, 8002});
    caller_sends_frame(1);
    turn();
    EXPECT_TRUE(io->sent.empty());
    EXPECT_EQ(dropped(Verdict::no_neighbour), 1U);
    EXPECT_EQ(from(Side::a).drops[static_cast<std::size_t>(Verdict::no_neighbour)], 1U);
    expect_laws();
    hops.set(kUnresolvedHop, mac_of(kUnresolvedHop));
    caller_sends_frame(2);
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(read_sent(io->sent[0].bytes, kCallee).to_mac, mac_of(kUnresolvedHop));
    hops.clear(kUnresolvedHop);
    caller_sends_frame(3);
    turn();
    EXPECT_EQ(dropped(Verdict::no_neighbour), 2U);
    expect_laws();
    expect_no_leak();
}

TEST_F(Framed, OneUnknownNeighbourInABurstDoesNotHarmTheOthers) {
    open_between({kCaller, 0, kUnresolvedHop, 8000}, {kCallee, 0, kCalleeHop, 8002});
    for (std::uint16_t i = 0; i < 8; ++i) {
        caller_sends_frame(static_cast<std::uint16_t>(1 + i));
        receive(frame_of(spec_from(callee, rtp(static_cast<std::uint16_t>(50 + i), 0x2222))));
    }
    turn();
    ASSERT_EQ(io->sent.size(), 8U);
    for (std::uint16_t i = 0; i < 8; ++i)
        EXPECT_EQ(read_sent(io->sent[i].bytes, kCallee).payload,
                  rtp(static_cast<std::uint16_t>(1 + i)));
    EXPECT_EQ(from(Side::a).relayed, 8U);
    EXPECT_EQ(from(Side::b).relayed, 0U);
    EXPECT_EQ(dropped(Verdict::no_neighbour), 8U);
    expect_laws();
    expect_no_leak();
}

TEST_F(Framed, CopiesAndReportsHaveTheirOwnHopsAndWholeChecksums) {
    open_plain();
    start_framed_fork(kRecorderHop, kCallerHop);
    for (std::uint16_t i = 0; i < 600; ++i) {  // 12 s: with a report
        caller_sends_frame(static_cast<std::uint16_t>(1 + i), FrameSpec::Sum::partial);
        pass(milliseconds(20));
    }
    const auto copies = io->sent_to(kRecorder);
    ASSERT_EQ(copies.size(), 600U);
    for (const auto& copy : copies) {
        const Read read = read_sent(copy.bytes, kRecorder);
        ASSERT_TRUE(read.is_good);
        ASSERT_EQ(read.to_mac, mac_of(kRecorderHop));
        ASSERT_EQ(ssrc_of(read.payload), fork_slot().ssrc);
    }
    const auto reports = io->sent_to(kRecorderRtcp);
    ASSERT_FALSE(reports.empty());
    for (const auto& report : reports) {
        const Read read = read_sent(report.bytes, kRecorderRtcp);
        EXPECT_TRUE(read.is_good);
        EXPECT_EQ(read.to_mac, mac_of(kCallerHop));
    }
    expect_laws();
}

TEST_F(Framed, ADatagramLongerThanTheLinkCarriesIsDropped) {
    open_plain();
    send(to_worker::SetRealmLink{.own_mac = kOwnMac, .mtu = 12 + 160 + 28, .realm = 0});
    turn();
    caller_sends_frame(1);
    receive(frame_of(spec_from(caller, rtp(2, 0x1111, 161))));
    turn();
    EXPECT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(dropped(Verdict::exceeds_mtu), 1U);
    expect_laws();
    expect_no_leak();
}

TEST_F(Framed, ADeviceWithAnotherMacAddressSendsFromIt) {
    open_plain();
    send(to_worker::SetRealmLink{.own_mac = {2, 7, 7, 7, 7, 7}, .mtu = 1500, .realm = 0});
    turn();
    caller_sends_frame(1);
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    EXPECT_EQ(read_sent(io->sent[0].bytes, kCallee).from_mac, (MacAddress{2, 7, 7, 7, 7, 7}));
}

TEST_F(Framed, WhatTheDeviceSaysOfARefusedFrameIsItsVerdict) {
    open_plain();
    io->refuse = true;
    io->outcome = TxOutcome::link_down;
    caller_sends_frame(1);
    turn();
    io->outcome = TxOutcome::refused;
    caller_sends_frame(2);
    turn();
    EXPECT_EQ(dropped(Verdict::link_down), 1U);
    EXPECT_EQ(dropped(Verdict::send_refused), 1U);
    EXPECT_EQ(from(Side::a).drops[static_cast<std::size_t>(Verdict::link_down)], 1U);
    expect_laws();
}

TEST_F(Framed, AnAddressOfTheOtherFamilyHasNoNeighbour) {
    open_between({kCaller, 0, kCallerHop, 8000},
                 {{ip("2001:db8::7"), 0, 5000}, 0, kCalleeHop, 8002});
    caller_sends_frame(1);
    turn();
    EXPECT_TRUE(io->sent.empty());
    EXPECT_EQ(dropped(Verdict::no_neighbour), 1U);
    expect_laws();
}

TEST_F(Framed, HeldBackPacketsKeepTheirSum) {
    open_between({kCaller, 0, kCallerHop, 8000}, {{}, 0, kNoHop, 8002});
    caller_sends_frame(1);
    turn();
    EXPECT_TRUE(io->sent.empty());
    send(to_worker::SetRemote{.session = kSession,
                              .side = Side::b,
                              .rtp = kCallee,
                              .rtcp = next_port(kCallee),
                              .rtp_hop = kCalleeHop,
                              .rtcp_hop = kCalleeHop});
    turn();
    ASSERT_EQ(io->sent.size(), 1U);
    EXPECT_TRUE(read_sent(io->sent[0].bytes, kCallee).is_good);
}

// A device's drop counter does not say whose frames were dropped.
TEST_F(Framed, AtTheEndADevicesDropsAreOursOnlyAsFarAsTheStreamCouldHaveLostThem) {
    open_plain();
    for (std::uint16_t i = 0; i < 100; ++i) {
        caller_sends_frame(static_cast<std::uint16_t>(i));
        pass(milliseconds(20));
    }
    pass(milliseconds(81));  // five packets would have come
    io->overflows[8000] = 1'000'000;
    send(to_worker::CloseSession{kSession});
    turn();
    pass(milliseconds(1000));
    EXPECT_EQ(from(Side::a).lost_ours, 5U);
    EXPECT_EQ(from(Side::b).lost_ours, 0U);
}

TEST_F(Framed, TheDeviceIsAskedWhatItMissedWhenAGapIsSeen) {
    open_plain();
    caller_sends_frame(1);
    turn();
    io->overflows[8000] = 2;  // not yet known to the frames that come
    caller_sends_frame(4);
    turn();
    EXPECT_EQ(from(Side::a).lost_ours, 2U);
    caller_sends_frame(8);
    turn();
    EXPECT_EQ(from(Side::a).lost_ours, 2U);
    EXPECT_EQ(from(Side::a).lost_before_us, 3U);
    expect_laws();
}

TEST_F(Framed, AStreamThatRanToTheEndLostNothingAtItsEnd) {
    open_plain();
    for (std::uint16_t i = 0; i < 100; ++i) {
        caller_sends_frame(static_cast<std::uint16_t>(i));
        pass(milliseconds(20));
    }
    io->overflows[8000] = 1'000'000;
    send(to_worker::CloseSession{kSession});
    turn();
    pass(milliseconds(1000));
    EXPECT_LE(from(Side::a).lost_ours, 1U);
}

// Frames that waited know nothing of a loss behind them, though a gap among them has shown it.
TEST_F(Framed, AtTheEndDropsThatAGapHasShownAreNotCountedAgain) {
    open_plain();
    for (std::uint16_t i = 0; i < 300; ++i) {
        caller_sends_frame(i);
        pass(milliseconds(20));
    }
    io->overflows[8000] = 2;
    caller_sends_frame(302);
    caller_sends_frame(303);
    turn();
    ASSERT_EQ(from(Side::a).lost_ours, 2U);
    pass(milliseconds(81));
    send(to_worker::CloseSession{kSession});
    turn();
    pass(milliseconds(1000));
    EXPECT_EQ(from(Side::a).lost_ours, 2U);
    EXPECT_EQ(from(Side::a).expected, 304U);
}

TEST_F(Framed, TheWorkerSleepsBrieflyAndNeverWhenItSpins) {
    EXPECT_EQ(worker->longest_sleep(), std::chrono::nanoseconds(kFramedIdleSleep));
    open_plain();
    EXPECT_EQ(worker->longest_sleep(), std::chrono::nanoseconds(kFramedSleep));
    stop();
    options.spin = true;
    start();
    EXPECT_EQ(worker->longest_sleep(), std::chrono::nanoseconds(0));
}

// Several readers ask; none takes it from the others, and an old one is forgotten.
TEST_F(Framed, TheLongestTurnIsThatOfTheLastMinutes) {
    const auto longest = [this] { return counters().longest_turn_ns.load(); };
    worker->note_turn(now, 700);
    worker->note_turn(now, 300);
    EXPECT_EQ(longest(), 700U);
    worker->note_turn(now + kLongestTurnWindow, 500);
    EXPECT_EQ(longest(), 700U);
    worker->note_turn(now + 2 * kLongestTurnWindow, 200);
    EXPECT_EQ(longest(), 500U);
    worker->note_turn(now + 2 * kLongestTurnWindow, 900);
    EXPECT_EQ(longest(), 900U);
}

}  // namespace
}  // namespace weir::dataplane::tests
