// SPDX-License-Identifier: Apache-2.0
// RFC 3960 section 3: ringing and early media from leg to leg (the gateway model; spec E.5).
#include <chrono>

#include "tests/support/party_messages.hpp"
#include "tests/unit/signaling/call/reliable_bench.hpp"

namespace weir::signaling {
namespace {

using namespace std::chrono_literals;
using tests::sdp;

class Rfc3960Section3 : public tests::ReliableBench {
protected:
    void block(std::uint32_t tag, std::uint16_t code, config::BlockWhen when) {
        peer(tag).sip.block[code] = when;
        apply();
    }
    // What the caller last got, beyond the 100.
    int status() { return last_answer(invite_).status; }
    bool has_sdp() { return !last_answer(invite_).body.empty(); }
    Endpoint heard() { return media.remote(0, dataplane::Side::b); }
};

TEST_F(Rfc3960Section3, RingingWithoutDescriptionStaysRinging) {
    call();
    answer_callee(180);
    EXPECT_EQ(status(), 180);
    EXPECT_FALSE(has_sdp());
}

TEST_F(Rfc3960Section3, ProgressWithDescriptionCutsEarlyMediaThrough) {
    call();
    answer_callee(183, early());
    EXPECT_EQ(status(), 183);
    EXPECT_TRUE(has_sdp());
    EXPECT_EQ(heard(), tests::at("192.0.2.20:5000"));
}

TEST_F(Rfc3960Section3, RingingWithDescriptionBecomes183) {
    call();
    answer_callee(180, early());
    EXPECT_EQ(status(), 183);
    EXPECT_TRUE(has_sdp());
}

// send 180 sdp counts at the inbound peer alone.
TEST_F(Rfc3960Section3, RingingWithDescriptionStays180WhereTheCallersPeerWantsIt) {
    peer(10).sip.send_180_sdp = true;
    apply();
    call();
    answer_callee(180, early());
    EXPECT_EQ(status(), 180);
    EXPECT_TRUE(has_sdp());
}

TEST_F(Rfc3960Section3, Send180SdpOfTheCalleesPeerHasNoEffect) {
    peer(20).sip.send_180_sdp = true;
    apply();
    call();
    answer_callee(180, early());
    EXPECT_EQ(status(), 183);
}

TEST_F(Rfc3960Section3, RingingAfterProgressIsPassed) {
    call();
    answer_callee(183, early());
    answer_callee(180);
    EXPECT_EQ(status(), 180);
    EXPECT_EQ(heard(), tests::at("192.0.2.20:5000"));
}

TEST_F(Rfc3960Section3, ForwardedAndQueuedArePassed) {
    call();
    answer_callee(181);
    EXPECT_EQ(status(), 181);
    answer_callee(182);
    EXPECT_EQ(status(), 182);
}

TEST_F(Rfc3960Section3, ForwardedIsMappedTo183WhereTheCalleesPeerSaysSo) {
    peer(20).sip.map_181_to_183 = true;
    apply();
    call();
    answer_callee(181);
    EXPECT_EQ(status(), 183);
}

// block looks at the code that was received: a 181 is no 183 because it is mapped to one.
TEST_F(Rfc3960Section3, BlockOf183DoesNotMeetAMapped181) {
    peer(20).sip.map_181_to_183 = true;
    block(20, 183, config::BlockWhen::always);
    call();
    answer_callee(181);
    EXPECT_EQ(status(), 183);
}

TEST_F(Rfc3960Section3, BlockSdpAbsentMeetsTheSilentOneOnly) {
    block(20, 183, config::BlockWhen::sdp_absent);
    call();
    answer_callee(183);
    EXPECT_EQ(status(), 100);
    answer_callee(183, early());
    EXPECT_EQ(status(), 183);
}

TEST_F(Rfc3960Section3, BlockSdpPresentMeetsTheOneWithMediaOnly) {
    block(20, 180, config::BlockWhen::sdp_present);
    call();
    answer_callee(180, early());
    EXPECT_EQ(status(), 100);
    answer_callee(180);
    EXPECT_EQ(status(), 180);
}

TEST_F(Rfc3960Section3, BlockOfTheCallersPeerHasNoEffect) {
    block(10, 183, config::BlockWhen::always);
    call();
    answer_callee(183);
    EXPECT_EQ(status(), 183);
}

// A blocked response does not cut media through; the next one that passes does.
TEST_F(Rfc3960Section3, MediaOfABlockedResponseWaitForOneThatPasses) {
    block(20, 183, config::BlockWhen::always);
    call();
    reliable(183, 1, early());
    EXPECT_EQ(heard(), Endpoint{});
    EXPECT_EQ(pracks().size(), 1U);
    reliable(180, 2);
    EXPECT_EQ(status(), 180);
    EXPECT_EQ(heard(), tests::at("192.0.2.20:5000"));
}

TEST_F(Rfc3960Section3, MediaOfABlockedResponseComeWithTheAnswer) {
    block(20, 183, config::BlockWhen::always);
    call();
    reliable(183, 1, early());
    answer_callee(200);
    EXPECT_EQ(status(), 200);
    EXPECT_TRUE(has_sdp());
    EXPECT_EQ(heard(), tests::at("192.0.2.20:5000"));
}

// Blocking keeps our own RSeq whole.
TEST_F(Rfc3960Section3, BlockedResponsesLeaveNoGapInRSeq) {
    block(20, 183, config::BlockWhen::sdp_absent);
    reliable_call();
    answer_callee(180);
    const auto first = std::stoul(last_rseq());
    prack();
    answer_callee(183);
    answer_callee(183, early());
    EXPECT_EQ(std::stoul(last_rseq()), first + 1);
}

TEST_F(Rfc3960Section3, DisabledEarlyMediaOf180LeavesLocalRingback) {
    config.voice.sip.disable_early_media_180 = true;
    apply();
    call();
    answer_callee(180, early());
    EXPECT_EQ(status(), 180);
    EXPECT_FALSE(has_sdp());
    EXPECT_EQ(heard(), Endpoint{});
    answer_callee(183, early());
    EXPECT_EQ(status(), 183);
    EXPECT_TRUE(has_sdp());
}

// RFC 6228: 199 to a caller that supports it, when the last early dialog has ended.
TEST_F(Rfc3960Section3, EarlyDialogTerminatedPassesToACallerThatSupportsIt) {
    SipMessage message = invite();
    message.add("Supported", "199");
    call(message);
    answer_callee(180, {}, "one");
    answer_callee(180, {}, "two");
    answer_callee(199, {}, "one");
    EXPECT_EQ(status(), 180);
    answer_callee(199, {}, "two");
    EXPECT_EQ(status(), 199);
}

TEST_F(Rfc3960Section3, EarlyDialogTerminatedIsNothingToOtherCallers) {
    call();
    answer_callee(180);
    answer_callee(199);
    EXPECT_EQ(status(), 180);
}

// reset timer expires 183: the time to answer begins again.
TEST_F(Rfc3960Section3, ExpiresBeginsAgainAtA183) {
    config.voice.sip.reset_timer_183 = true;
    apply();
    call();
    loop.advance(100s);
    answer_callee(183, early());
    loop.advance(100s);
    EXPECT_TRUE(stack.cancelled.empty());
    loop.advance(80s);
    EXPECT_EQ(stack.cancelled.size(), 1U);
}

// RFC 5009 8, where the callee's peer says `p-early-media gate`: the caller hears early media only
// while the callee's network allows it, and always from the answer on.
TEST_F(Rfc3960Section3, PEarlyMediaShutsAndOpensTheWayToTheCaller) {
    peer(20).sip.early_media_gate = true;
    apply();
    const auto to_caller = [&] { return media.remote(0, dataplane::Side::a); };
    const auto progress = [&](const char* gate) {
        SipMessage response = make_response(invite_out().request.message, 183, "", "callee");
        response.add("Contact", "<sip:200@192.0.2.20>");
        response.add("P-Early-Media", gate);
        tests::put_sdp(response, early());
        stack.events().on_response({invite_out().txn, std::move(response), now()});
    };
    call();
    EXPECT_EQ(to_caller(), tests::at("203.0.113.5:4000"));
    progress("inactive");
    EXPECT_EQ(to_caller(), Endpoint{});
    progress("sendrecv");
    EXPECT_EQ(to_caller(), tests::at("203.0.113.5:4000"));
    progress("recvonly, gated");
    EXPECT_EQ(to_caller(), Endpoint{});
    answer_callee(200, early());
    EXPECT_EQ(to_caller(), tests::at("203.0.113.5:4000"));
}

TEST_F(Rfc3960Section3, PEarlyMediaIsNotHeededUnasked) {
    call();
    SipMessage response = make_response(invite_out().request.message, 183, "", "callee");
    response.add("P-Early-Media", "inactive");
    tests::put_sdp(response, early());
    stack.events().on_response({invite_out().txn, std::move(response), now()});
    EXPECT_EQ(media.remote(0, dataplane::Side::a), tests::at("203.0.113.5:4000"));
}

// A description that cannot be used leaves the bare response: the phone rings.
TEST_F(Rfc3960Section3, UnusableDescriptionLeavesTheBareResponse) {
    call();
    answer_callee(180, "v=0\r\nrubbish");
    EXPECT_EQ(status(), 180);
    EXPECT_FALSE(has_sdp());
}

// Early dialogs are bounded: a callee that forks without end makes nothing grow.
TEST_F(Rfc3960Section3, EndlessForksAreNotTaken) {
    call();
    for (int i = 0; i < 40; ++i)
        answer_callee(180, {}, ("fork" + std::to_string(i)).c_str());
    EXPECT_EQ(count_of(180), 16U);
    answer_callee(200, early(), "another");
    EXPECT_EQ(status(), 200);
}

}  // namespace
}  // namespace weir::signaling
