// SPDX-License-Identifier: Apache-2.0
// A recording while weir-media goes away and comes back.
#include "tests/unit/forking/session/recording_fixture.hpp"

namespace weir::tests {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

using Recording = RecordingTest;

TEST_F(Recording, TheSuccessorOfTheMediaProcessGoesOnWithTheRecording) {
    begin();
    media.emit(dataplane::PlaneDown{});
    media.emit(dataplane::PlaneUp{8});
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    end_call();
    close_fork(0, 100);
    close_fork(1, 100);
    answer_bye(100);
    EXPECT_EQ(result().verdict, RecordingVerdict::proven);
    EXPECT_THAT(result().failures, ElementsAre(HasSubstr("restarted")));
}

TEST_F(Recording, ForksThatDrainedWhenTheMediaProcessDiedAreStoppedAgain) {
    begin();
    end_call();
    close_fork(0, 100);
    media.emit(dataplane::PlaneUp{8});
    const auto stops = media.sent<dataplane::StopFork>();
    ASSERT_EQ(stops.size(), 3U);
    EXPECT_EQ(stops[2].fork.index, 1U);
    close_fork(1, 100);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
}

TEST_F(Recording, ALeaseThatDiedWithTheMediaProcessIsAskedOfItsSuccessor) {
    manager.on_call_connected(call);
    media.commands.clear();
    media.emit(dataplane::PlaneDown{});
    media.emit(dataplane::PlaneUp{8});
    EXPECT_EQ(count<dataplane::LeaseFork>(), 2U);
    lease();
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::StartFork>(), 2U);
}

TEST_F(Recording, ACallThatIsAnsweredWhileTheMediaProcessIsAwayIsRecorded) {
    media.up = false;
    manager.on_call_connected(call);
    EXPECT_EQ(count<dataplane::LeaseFork>(), 0U);
    loop.advance(seconds(1));
    media.up = true;
    media.emit(dataplane::PlaneUp{8});
    const auto leases = media.sent<dataplane::LeaseFork>();
    ASSERT_EQ(leases.size(), 2U);
    EXPECT_EQ(leases[0].eligible_from_ns, call.connected_at->ns) << "from the callee's answer on";
    lease();
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::StartFork>(), 2U);
}

TEST_F(Recording, ARecorderThatAnswersWhileTheMediaProcessIsAwayGetsItsCopies) {
    connect();
    media.up = false;
    media.emit(dataplane::PlaneDown{});
    answer(200, answer_sdp());
    EXPECT_EQ(count<dataplane::StartFork>(), 0U);
    media.up = true;
    media.emit(dataplane::PlaneUp{8});
    EXPECT_EQ(count<dataplane::StartFork>(), 0U) << "paced by the list";
    media.emit(dataplane::Listed{1, call.media, call.guid});
    const auto starts = media.sent<dataplane::StartFork>();
    ASSERT_EQ(starts.size(), 2U);
    EXPECT_EQ(starts[0].rtp.port, 40000);
    EXPECT_EQ(starts[0].rtcp.port, 40001);
    media.emit(dataplane::Listed{1, call.media, call.guid});
    EXPECT_EQ(count<dataplane::StartFork>(), 2U) << "once for each return";
}

TEST_F(Recording, AHoldThatWasAgreedWhileTheMediaProcessWasAwayIsToldItAgain) {
    begin();
    hold(true, false);
    media.up = false;
    answer(200, answer_sdp());
    media.up = true;
    media.emit(dataplane::PlaneUp{7});
    media.emit(dataplane::Listed{1, call.media, call.guid});
    ASSERT_EQ(count<dataplane::PauseFork>(), 1U);
    EXPECT_EQ(media.sent<dataplane::PauseFork>()[0].fork.index, 1U);
}

TEST_F(Recording, AResumeThatWasAgreedWhileTheMediaProcessWasAwayIsToldItAgain) {
    begin();
    hold(true, false);
    answer(200, answer_sdp());
    loop.advance(seconds(3));
    const MonoTime offer = loop.clock().now();
    hold(true, true);
    loop.advance(milliseconds(20));
    media.up = false;
    answer(200, answer_sdp());
    media.up = true;
    media.emit(dataplane::PlaneUp{8});
    media.emit(dataplane::Listed{1, call.media, call.guid});
    ASSERT_EQ(count<dataplane::ResumeFork>(), 1U);
    EXPECT_EQ(media.sent<dataplane::ResumeFork>()[0].from_ns, offer.ns);
}

TEST_F(Recording, AReturningLinkLeavesTheRecordingAlone) {
    begin();
    media.emit(dataplane::PlaneDown{});
    media.emit(dataplane::PlaneUp{7});
    EXPECT_TRUE(stack.sent_with("BYE").empty());
}

}  // namespace
}  // namespace weir::tests
