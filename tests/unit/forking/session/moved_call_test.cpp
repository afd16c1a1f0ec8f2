// SPDX-License-Identifier: Apache-2.0
// A transfer into another realm gives the call another media session: its recording goes on there.
#include "tests/unit/forking/session/recording_fixture.hpp"

namespace weir::tests {
namespace {

using testing::HasSubstr;

class MovedCall : public RecordingTest {
protected:
    // The call is recorded, and then moves.
    void move() {
        begin();
        old_ = call.media;
        loop.advance(std::chrono::seconds(5));
        call.media = {4, 1};
        call.parties[1].number = "300";
        since_ = loop.clock().now();
        manager.on_call_media_changed(call, since_);
        lease();
    }
    // Its old session has gone, with what was copied there.
    void close_old(std::uint64_t packets) {
        for (const std::uint32_t index : {0U, 1U}) {
            dataplane::ForkAccount account;
            account.eligible = account.copied = account.sent = packets;
            account.sent_octets = packets * 160;
            media.emit(dataplane::ForkClosed{{old_, index, 0}, 0, Side::a, account});
        }
    }
    dataplane::SessionId old_;
    MonoTime since_;
};

TEST_F(MovedCall, TheForksOfTheNewSessionAreLeased) {
    move();
    const auto leases = media.sent<dataplane::LeaseFork>();
    ASSERT_EQ(leases.size(), 4U);
    EXPECT_EQ(leases[2].session, call.media);
    EXPECT_EQ(leases[2].eligible_from_ns, since_.ns) << "from the transfer on, out of the pre-roll";
}

TEST_F(MovedCall, TheRecorderIsCalledAgainWithTheNewParty) {
    move();
    ASSERT_EQ(stack.sent_with("INVITE").size(), 2U);
    const auto& invite = last_invite().request.message;
    EXPECT_THAT(std::string(invite.all("X-Cisco-Recording-Participant")[1]), HasSubstr("sip:300@"));
    EXPECT_EQ(*invite.find("Cisco-Guid"),
              *stack.sent_with("INVITE")[0].request.message.find("Cisco-Guid"));
}

TEST_F(MovedCall, TheFirstPartEndsWithWhatItHas) {
    move();
    close_old(250);
    EXPECT_EQ(stack.sent_with("BYE").size(), 1U);
    answer_bye(250);
    ASSERT_EQ(released.size(), 1U);
    EXPECT_EQ(released[0].part, 1U);
    EXPECT_EQ(released[0].verdict, RecordingVerdict::proven);
    EXPECT_EQ(held.size(), 2U) << "the record of the call waits for both";
}

TEST_F(MovedCall, BothPartsAreOfTheOneCall) {
    move();
    answer(200, answer_sdp());
    close_old(250);
    answer_bye(250);
    EXPECT_EQ(ledger.active().count(call.id), 1U) << "the second part goes on";
    end_call();
    close_fork(0, 100);
    close_fork(1, 100);
    stack.answer(stack.sent_with("BYE").back(), 200, "rec");
    ASSERT_EQ(released.size(), 2U);
    EXPECT_EQ(released[1].part, 2U);
    EXPECT_EQ(released[1].call, call.id);
    EXPECT_TRUE(ledger.active().empty());
}

TEST_F(MovedCall, AHoldAfterwardsIsTheSecondPartsAffair) {
    move();
    answer(200, answer_sdp());
    hold(false, true);
    EXPECT_EQ(stack.sent_with("INVITE").size(), 3U);
    EXPECT_EQ(*last_invite().request.message.find("Call-ID"),
              *stack.sent_with("INVITE")[1].request.message.find("Call-ID"));
}

// Transfers one after the other.
TEST_F(MovedCall, MayMoveAgain) {
    move();
    answer(200, answer_sdp());
    call.media = {5, 1};
    manager.on_call_media_changed(call, loop.clock().now());
    lease();
    EXPECT_EQ(stack.sent_with("INVITE").size(), 3U);
    EXPECT_EQ(media.sent<dataplane::LeaseFork>().back().session, call.media);
}

}  // namespace
}  // namespace weir::tests
