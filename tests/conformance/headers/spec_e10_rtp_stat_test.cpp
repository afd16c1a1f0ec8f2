// SPDX-License-Identifier: Apache-2.0
// Spec E.10: P-RTP-Stat in our BYE and in the 200 to a received one, each with the figures of its
// leg; and BYEs that never wait for long.
#include "signaling/call/rtp_stat.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {
namespace {

class RtpStat : public CallBench {
protected:
    RtpStat() {
        config.voice.kept.push_back({"media bulk-stats", "media bulk-stats", ""});
        config.voice.kept.push_back({"media stats-disconnect", "media stats-disconnect", ""});
        apply();
    }
    // What weir-media would answer: 100 packets from the caller, 90 from the callee.
    void report() {
        const auto asked = media.sent<dataplane::ReadSession>();
        ASSERT_EQ(asked.size(), 1U);
        dataplane::Report report;
        report.tag = asked[0].tag;
        report.state.session = asked[0].session;
        report.state.stream_count = 1;
        auto& [caller, callee] = report.state.streams[0];
        caller.received = 101;
        caller.relayed = 100;
        caller.received_octets = 16000;
        caller.lost_before_us = 3;
        caller.jitter = 80;
        callee.received = callee.relayed = 90;
        callee.received_octets = 14400;
        table.on_media_event(report);
    }
};

TEST_F(RtpStat, EachLegGetsItsOwnFigures) {
    connect();
    loop.advance(std::chrono::seconds(7));
    const auto bye = send_from_caller("BYE");
    EXPECT_TRUE(stack.answers_to(bye).empty());
    report();
    EXPECT_EQ(header(last_answer(bye), "P-RTP-Stat"),
              "PS=90,OS=14400,PR=101,OR=16000,PL=3,JI=10,LA=0,DU=7");
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "P-RTP-Stat"),
              "PS=100,OS=16000,PR=90,OR=14400,PL=0,JI=0,LA=0,DU=7");
}

TEST_F(RtpStat, AByeDoesNotWaitForAMediaPlaneThatIsSilent) {
    connect();
    const auto bye = send_from_caller("BYE");
    loop.advance(signaling::kRtpStatWait);
    EXPECT_EQ(last_answer(bye).status, 200);
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "P-RTP-Stat"), "(none)");
    confirm_byes();
    media.deliver();
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(RtpStat, ACallEndsAsEverWhenTheFiguresCame) {
    connect();
    send_from_caller("BYE");
    report();
    confirm_byes();
    media.deliver();
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(media.opened, media.closed);
}

TEST_F(RtpStat, NothingIsAskedWithoutTheTwoCommands) {
    config.voice.kept.pop_back();
    apply();
    connect();
    const auto bye = send_from_caller("BYE");
    EXPECT_EQ(last_answer(bye).status, 200);
    EXPECT_TRUE(media.sent<dataplane::ReadSession>().empty());
}

}  // namespace
}  // namespace weir::tests
