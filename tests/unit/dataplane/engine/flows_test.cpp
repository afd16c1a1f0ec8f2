// SPDX-License-Identifier: Apache-2.0
// Which directions the kernel gets to relay, when they are taken back, and when it gets them again.
#include <gmock/gmock.h>

#include "tests/unit/dataplane/engine/flows_fixture.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Flows = FlowsEngine;

const Endpoint kElsewhere = at("192.0.2.77:6000");
// Longer than the worker needs to notice anything: each flow is asked for in one of eight spells.
constexpr milliseconds kSoon{600};

// ---- what is given ----

TEST_F(Flows, ADirectionIsGivenWhenEnoughOfItWasRelayedAndNotBefore) {
    open_plain();
    speak(kOffloadAfter - 1);
    pass(milliseconds(200));
    EXPECT_THAT(fake.given, IsEmpty());
    speak(1);
    ASSERT_THAT(fake.given, SizeIs(1));
    EXPECT_EQ(fake.given[0].arrives, (LocalPort{8000, 0, 0}));
}

TEST_F(Flows, WhileAPacketWaitsToBeSentTheNextOneIsNotTheKernels) {
    open_plain();
    fake.holds_back = true;
    speak(kOffloadAfter + 10);
    EXPECT_THAT(fake.given, IsEmpty());
    fake.holds_back = false;
    speak_for(kSoon);
    EXPECT_THAT(fake.given, SizeIs(1)) << "no rest was needed";
}

TEST_F(Flows, EachDirectionIsGivenForItself) {
    open_given();
    for (std::uint16_t i = 0; i < kOffloadAfter; ++i) {
        receive(frame_of(spec_from(callee, rtp(i, 0x2222))));
        pass(kPtime);
    }
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_EQ(fake.given[1].arrives, (LocalPort{8002, 0, 0}));
    EXPECT_THAT(fake.taken_back, IsEmpty());
}

TEST_F(Flows, WhatTheKernelHasIsNotGivenTwice) {
    open_given();
    speak_for(milliseconds(2000));
    EXPECT_THAT(fake.given, SizeIs(1));
}

TEST_F(Flows, WithoutBothAddressesNothingIsGiven) {
    for (const Side side : {Side::a, Side::b}) {
        SCOPED_TRACE(static_cast<int>(side));
        open_given();
        send(remote_of(side, {}, side == Side::a ? kCallerHop : kCalleeHop));
        pass(milliseconds(300));  // it is no silence yet
        EXPECT_THAT(fake.given, SizeIs(1));
        end_session();
    }
}

TEST_F(Flows, RenumberedPayloadTypesAreNotGiven) {
    open_plain();
    send(to_worker::SetPayloadTypes{
        .session = kSession, .side = Side::a, .count = 1, .pairs = {{{101, 96}}}});
    speak(2 * kOffloadAfter);
    EXPECT_EQ(from(Side::a).relayed, 2 * kOffloadAfter);
    EXPECT_THAT(fake.given, IsEmpty());
}

TEST_F(Flows, VlansAndIpv6AreNotGiven) {
    const Party plain{kCaller, 0, kCallerHop, 8000};
    const Party v6{{ip("2001:db8::1"), 0, 4000}, 1, kCalleeHop, 8002};
    const Party tagged{{ip("198.51.100.1"), 0, 5000}, 2, kCalleeHop, 8002};
    for (const Party& other : {v6, tagged}) {
        SCOPED_TRACE(int{other.realm});
        open_between(plain, other);
        for (std::uint16_t i = 0; i < 2 * kOffloadAfter; ++i) {
            receive(frame_of(spec_from(other, rtp(i, 0x2222))));
            speak(1);
        }
        EXPECT_EQ(from(Side::a).relayed, 2 * kOffloadAfter);
        EXPECT_EQ(from(Side::b).relayed, 2 * kOffloadAfter);
        EXPECT_THAT(fake.given, IsEmpty());
        end_session();
    }
}

// Nobody measures them; and if somebody did, they would still have no sequence numbers.
TEST_F(Flows, OpaqueStreamsAreNotGiven) {
    slot().kinds[0] = StreamKind::opaque;
    open_plain();
    slot().streams[0].from[0].reception.started = 1;
    for (std::size_t i = 0; i < 2 * kOffloadAfter; ++i) {
        from(Side::a).last_at_ns = now.ns;
        speak(1);
    }
    EXPECT_EQ(from(Side::a).relayed, 2 * kOffloadAfter);
    EXPECT_THAT(fake.given, IsEmpty());
}

TEST_F(Flows, AStreamThatFellSilentIsNotGivenBeforeItSpeaksAgain) {
    open_plain();
    speak(kOffloadAfter - 1);
    fake.refuses = true;
    speak(1);
    fake.refuses = false;
    pass(milliseconds(4000));  // it may be given again, but says nothing
    EXPECT_THAT(fake.given, IsEmpty());
    speak(1);
    EXPECT_THAT(fake.given, SizeIs(1));
}

TEST_F(Flows, AnEndingSessionIsNotGiven) {
    open_plain();
    speak(kOffloadAfter - 1);
    send(to_worker::CloseSession{kSession});
    speak(4);
    EXPECT_EQ(from(Side::a).relayed, kOffloadAfter + 3);
    EXPECT_THAT(fake.given, IsEmpty());
}

// ---- what is taken back ----

TEST_F(Flows, BothDirectionsAreTakenBackBeforeAnAddressChanges) {
    open_given();
    for (std::uint16_t i = 0; i < kOffloadAfter; ++i) {
        receive(frame_of(spec_from(callee, rtp(i, 0x2222))));
        pass(kPtime);
    }
    std::vector<Endpoint> then;
    fake.on_take_back = [&] { then.push_back(slot().streams[0].from[1].remote_rtp); };
    send(remote_of(Side::b, kElsewhere, kCalleeHop));
    turn();
    EXPECT_THAT(fake.taken_back, ElementsAre(8000, 8002));
    EXPECT_THAT(then, ElementsAre(kCallee, kCallee));
}

TEST_F(Flows, ADirectionIsTakenBackBeforeItsPayloadTypesChange) {
    open_given();
    int renumbered_then = -1;
    fake.on_take_back = [&] { renumbered_then = slot().streams[0].from[0].renumbers; };
    send(to_worker::SetPayloadTypes{
        .session = kSession, .side = Side::a, .count = 1, .pairs = {{{101, 96}}}});
    turn();
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    EXPECT_EQ(renumbered_then, 0);
}

TEST_F(Flows, ADirectionIsTakenBackBeforeItsSessionEnds) {
    open_given();
    auto phase_then = SlotPhase::absent;
    fake.on_take_back = [&] { phase_then = slot().phase; };
    send(to_worker::CloseSession{kSession});
    turn();
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    EXPECT_EQ(phase_then, SlotPhase::open);
}

TEST_F(Flows, ANewMacAddressOfTheNextHopIsInTheNextRule) {
    open_given();
    hops.set(kCalleeHop, {2, 0, 0, 0, 9, 9});
    pass(milliseconds(20));
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    pass(kOffloadRest + milliseconds(20));
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_TRUE(std::equal(fake.given[1].headers.header.begin(),
                           fake.given[1].headers.header.begin() + 6,
                           MacAddress{2, 0, 0, 0, 9, 9}.begin()));
}

TEST_F(Flows, WhileTheNextHopIsNotKnownTheKernelHasNothing) {
    open_given();
    hops.clear(kCalleeHop);
    pass(milliseconds(20));
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    pass(milliseconds(300));
    EXPECT_THAT(fake.given, SizeIs(1));
    hops.set(kCalleeHop, mac_of(kCalleeHop));
    pass(milliseconds(20));
    EXPECT_THAT(fake.given, SizeIs(2));
}

TEST_F(Flows, AnotherMacAddressOfOurDeviceIsInTheNextRule) {
    open_given();
    send(to_worker::SetRealmLink{.own_mac = {2, 0, 0, 0, 7, 7}, .mtu = 1400, .realm = 0});
    pass(milliseconds(20));
    EXPECT_THAT(fake.taken_back, ElementsAre(8000));
    pass(kOffloadRest + milliseconds(20));
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_TRUE(std::equal(fake.given[1].headers.header.begin() + 6,
                           fake.given[1].headers.header.begin() + 12,
                           MacAddress{2, 0, 0, 0, 7, 7}.begin()));
    EXPECT_EQ(fake.given[1].longest_payload, 1400 - 28);
}

// ---- and when it is given again ----

TEST_F(Flows, WhatWasTakenBackRestsBeforeItIsGivenAgain) {
    open_given();
    send(remote_of(Side::b, kElsewhere, kCalleeHop));
    turn();
    pass(kOffloadRest - milliseconds(1));
    EXPECT_THAT(fake.given, SizeIs(1));
    pass(milliseconds(20));
    EXPECT_THAT(fake.given, SizeIs(2));
}

TEST_F(Flows, ARestBeginsAnewWithEachChange) {
    open_given();
    send(remote_of(Side::b, kElsewhere, kCalleeHop));
    pass(kOffloadRest + milliseconds(20));
    send(remote_of(Side::b, kCallee, kCalleeHop));
    turn();
    pass(kOffloadRest - milliseconds(1));
    EXPECT_THAT(fake.given, SizeIs(2));
}

// How long each rest was, from the look that found the flow gone to the next giving.
std::vector<milliseconds> rests(const FakeKernel& fake) {
    std::vector<milliseconds> found;
    for (std::size_t i = 0; i < fake.missed_at.size() && i + 1 < fake.asked_at.size(); ++i)
        found.push_back(std::chrono::floor<milliseconds>(
            std::chrono::nanoseconds(fake.asked_at[i + 1].ns - fake.missed_at[i].ns)));
    return found;
}
auto rest_of(milliseconds time) {
    return ::testing::AllOf(::testing::Ge(time), ::testing::Lt(time + milliseconds(20)));
}

TEST_F(Flows, WhatTheKernelGivesUpAgainAndAgainRestsTwiceAsLongEachTime) {
    fake.gives_up_at_once = true;
    open_given();
    speak_for(milliseconds(17000));
    ASSERT_GE(rests(fake).size(), 7U);
    auto expected = milliseconds(kOffloadRest);
    for (const milliseconds rest : rests(fake)) {
        EXPECT_THAT(rest, rest_of(expected));
        expected = std::min<milliseconds>(2 * expected, kOffloadLongestRest);
    }
    EXPECT_EQ(expected, kOffloadLongestRest);
}

TEST_F(Flows, WhatTheKernelKeptForLongRestsShortly) {
    fake.gives_up_at_once = true;
    open_given();
    speak_for(2 * kSoon);
    ASSERT_GE(rests(fake).size(), 1U);
    fake.gives_up_at_once = false;
    speak_for(milliseconds(2000));  // the rest before is over: it has it now
    speak_for(kOffloadLongestRest);
    const std::size_t before = fake.asked_at.size();
    fake.missed_at.clear();
    fake.asked_at.erase(fake.asked_at.begin(),
                        fake.asked_at.begin() + static_cast<std::ptrdiff_t>(before - 1));
    fake.give_up({8000, 0, 0});
    speak_for(2 * kSoon);
    EXPECT_THAT(rests(fake), ElementsAre(rest_of(kOffloadRest)));
}

TEST_F(Flows, AKernelThatRefusesIsAskedAgainAfterALongWhile) {
    fake.refuses = true;
    open_plain();
    speak(kOffloadAfter);
    speak_for(2 * milliseconds(kOffloadLongestRest) + milliseconds(100));
    ASSERT_THAT(fake.asked_at, SizeIs(3));
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_THAT(
            std::chrono::milliseconds((fake.asked_at[i + 1].ns - fake.asked_at[i].ns) / 1'000'000),
            rest_of(kOffloadLongestRest));
}

TEST_F(Flows, ANewSessionDoesNotPayForTheOneBeforeIt) {
    fake.refuses = true;
    open_plain();
    speak(kOffloadAfter);
    end_session();
    fake.refuses = false;
    open_plain();
    speak(kOffloadAfter);
    EXPECT_THAT(fake.given, SizeIs(1));
}

TEST_F(Flows, ASuccessorGivesWhatItHasAdoptedAnew) {
    open_given();
    stop();
    start();
    send(to_worker::Install{.session = kSession, .adopt = 1});
    pass(milliseconds(200));
    EXPECT_THAT(fake.given, SizeIs(1)) << "what came meanwhile is not known yet";
    last = static_cast<std::uint16_t>(last + 10);
    speak(1);
    ASSERT_THAT(fake.given, SizeIs(2));
    EXPECT_EQ(fake.given[1].next_sequence, last + 1);
    EXPECT_THAT(fake.missed_at, IsEmpty());
}

}  // namespace
}  // namespace weir::dataplane::tests
