// SPDX-License-Identifier: Apache-2.0
// Hold and resume of a recording (spec F.4), and other changes of a call that is recorded.
#include "tests/unit/forking/session/recording_fixture.hpp"

namespace weir::tests {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

using Recording = RecordingTest;

TEST_F(Recording, HoldIsAReinviteWithThatPartyInactive) {
    begin();
    const std::string first = last_invite().request.message.body;
    hold(true, false);
    const auto& invite = last_invite().request.message;
    EXPECT_EQ(*invite.find("CSeq"), "102 INVITE");
    EXPECT_THAT(*invite.find("To"), HasSubstr(";tag=rec"));
    const auto lines = signaling::sdp::view_all(*signaling::sdp::Description::parse(invite.body));
    EXPECT_EQ(lines[0].direction, signaling::sdp::Direction::sendonly);
    EXPECT_EQ(lines[1].direction, signaling::sdp::Direction::inactive);
    const auto version = [](const std::string& sdp) {
        const auto at = sdp.find("o=Weir ") + 7;
        return std::stoull(sdp.substr(sdp.find(' ', at) + 1));
    };
    EXPECT_EQ(version(invite.body), version(first) + 1);
}

TEST_F(Recording, ThePauseHoldsWhenTheRecorderHasAnswered) {
    begin();
    hold(true, false);
    EXPECT_EQ(count<dataplane::PauseFork>(), 0U);
    answer(200, answer_sdp());
    const auto paused = media.sent<dataplane::PauseFork>();
    ASSERT_EQ(paused.size(), 1U);
    EXPECT_EQ(paused[0].fork.index, 1U);
    EXPECT_EQ(stack.acks.size(), 2U);
}

TEST_F(Recording, TheResumeReachesBackToTheOfferThatEndedTheHold) {
    begin();
    hold(false, false);
    answer(200, answer_sdp("inactive"));
    loop.advance(seconds(30));
    const MonoTime resumed = loop.clock().now();
    hold(true, true);
    loop.advance(milliseconds(400));
    answer(200, answer_sdp());
    const auto resumes = media.sent<dataplane::ResumeFork>();
    ASSERT_EQ(resumes.size(), 2U);
    EXPECT_EQ(resumes[0].from_ns, resumed.ns);
}

TEST_F(Recording, NothingChangesWithoutAReinvite) {
    begin();
    manager.on_call_media_changed(call, loop.clock().now());  // a session refresh
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
}

TEST_F(Recording, ChangesDuringAReinviteAreSentWhenItIsThrough) {
    begin();
    hold(true, false);
    hold(false, false);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 2U);
    answer(200, answer_sdp());
    EXPECT_EQ(stack.sent_with("INVITE").size(), 3U);
    answer(200, answer_sdp("inactive"));
    EXPECT_EQ(count<dataplane::PauseFork>(), 2U);
}

TEST_F(Recording, AHoldBeforeTheRecorderAnsweredFollowsItsAnswer) {
    connect();
    hold(true, false);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 1U);
    answer(200, answer_sdp());
    EXPECT_EQ(stack.sent_with("INVITE").size(), 2U);
    EXPECT_THAT(last_invite().request.message.body, HasSubstr("a=inactive"));
}

TEST_F(Recording, ACallThatEndsWhileItResumesIsNotCutShort) {
    begin();
    hold(false, false);
    answer(200, answer_sdp("inactive"));
    hold(true, true);
    end_call();
    EXPECT_EQ(count<dataplane::StopFork>(), 0U);
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::ResumeFork>(), 2U);
    EXPECT_EQ(count<dataplane::StopFork>(), 2U);
}

TEST_F(Recording, ARecorderThatRefusesAHoldGoesOnReceiving) {
    begin();
    hold(true, false);
    answer(488);
    EXPECT_EQ(count<dataplane::PauseFork>(), 0U);
    EXPECT_EQ(count<dataplane::StopFork>(), 0U);
    hold(true, true);
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::ResumeFork>(), 0U);
    EXPECT_TRUE(released.empty());
}

TEST_F(Recording, ACrossingReinviteIsTriedAgain) {
    begin();
    hold(true, false);
    answer(491);
    loop.advance(milliseconds(2100));
    EXPECT_EQ(stack.sent_with("INVITE").size(), 3U);
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::PauseFork>(), 1U);
}

TEST_F(Recording, AnotherCodecIsAReinviteWithItsPayloadType) {
    begin();
    call.streams[0].formats = {{8, "PCMA/8000", ""}, {101, "telephone-event/8000", "0-16"}};
    manager.on_call_media_changed(call, loop.clock().now());
    EXPECT_THAT(last_invite().request.message.body, HasSubstr("RTP/AVP 8 101\r\n"));
}

TEST_F(Recording, ARecorderWhoseDialogIsGoneEndsTheRecordingAndNotTheCall) {
    begin();
    hold(true, false);
    answer(481);
    EXPECT_EQ(count<dataplane::StopFork>(), 2U);
    close_fork(0, 10);
    close_fork(1, 10);
    EXPECT_EQ(result().verdict, RecordingVerdict::incomplete);
}

}  // namespace
}  // namespace weir::tests
