// SPDX-License-Identifier: Apache-2.0
// `clear call voice ... media-inactive`: who is ended, and who is not.
#include "deploy/apps/silent_calls.hpp"

#include "signaling/show/show_limits.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::apps {
namespace {

class SilentCallsTest : public tests::CallBench {
protected:
    SilentCallsTest() { media.add_listener(reports); }
    // Searches; weir-media says that the party called last has sent `ago`, the caller never.
    std::optional<std::size_t> search(std::optional<std::chrono::nanoseconds> ago) {
        std::optional<std::size_t> ended;
        const auto asked = media.sent<dataplane::ReadSession>().size();
        release_silent_calls({table, reports, loop}, 102,
                             [&](std::size_t count) { ended = count; });
        const auto questions = media.sent<dataplane::ReadSession>();
        for (std::size_t i = asked; i < questions.size(); ++i) {
            dataplane::Report report;
            report.tag = questions[i].tag;
            report.state.session = questions[i].session;
            report.state.stream_count = 1;
            if (ago) report.state.streams[0][1].last_at_ns = (now() - *ago).ns;
            media.emit(report);
        }
        return ended;
    }

    MediaReports reports{media, loop};
};

TEST_F(SilentCallsTest, ACallInWhichNobodyHasSentIsEndedWithTheCause) {
    connect();
    loop.advance(signaling::kMediaInactive + std::chrono::seconds(1));
    EXPECT_EQ(search({}), 1U);
    const auto byes = stack.sent_with("BYE");
    ASSERT_EQ(byes.size(), 2U);
    EXPECT_EQ(header(byes[0].request.message, "Reason"), "Q.850;cause=102");
}

TEST_F(SilentCallsTest, OnePartyThatSendsKeepsTheCall) {
    connect();
    loop.advance(signaling::kMediaInactive + std::chrono::seconds(10));
    EXPECT_EQ(search(std::chrono::seconds(1)), 0U);
    EXPECT_TRUE(stack.sent_with("BYE").empty());
    EXPECT_EQ(search(signaling::kMediaInactive + std::chrono::seconds(1)), 1U);
}

TEST_F(SilentCallsTest, ACallThatIsYoungOrRingsStays) {
    connect();
    EXPECT_EQ(search({}), 0U) << "it has had no time to send";
    signaling::SipMessage ringing = invite();
    ringing.set("From", "<sip:555@pbx.example.net>;tag=other");
    ringing.set("Call-ID", "other@203.0.113.5");
    call(ringing);
    answer(invite_out(1), 180);
    loop.advance(signaling::kMediaInactive + std::chrono::seconds(1));
    EXPECT_EQ(search({}), 1U) << "only the one that is answered";
}

TEST_F(SilentCallsTest, ACallWhoseCountersAreNotToldStays) {
    connect();
    loop.advance(signaling::kMediaInactive + std::chrono::seconds(1));
    std::optional<std::size_t> ended;
    release_silent_calls({table, reports, loop}, 102, [&](std::size_t count) { ended = count; });
    EXPECT_FALSE(ended) << "weir-media has not answered yet";
    loop.advance(std::chrono::seconds(60));
    EXPECT_EQ(ended, 0U);
    EXPECT_TRUE(stack.sent_with("BYE").empty());
}

}  // namespace
}  // namespace weir::apps
