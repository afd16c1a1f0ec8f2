// SPDX-License-Identifier: Apache-2.0
// A recorded call replayed: the same machine does the same, a changed one is found out.
#include "signaling/trace/replay.hpp"

#include <cstring>

#include "signaling/trace/render.hpp"
#include "tests/unit/signaling/trace/trace_bench.hpp"

namespace weir::tests {
namespace {

using signaling::CallInput;
using signaling::RecordedCall;

class ReplayTest : public TraceBench {
protected:
    Result<signaling::ReplayResult> replayed(const RecordedCall& call) const {
        return signaling::replay(call, std::make_shared<const config::Config>(config));
    }
};

TEST_F(ReplayTest, AWholeCallTakesTheSameActions) {
    whole_call();
    const auto call = recorded();
    ASSERT_TRUE(call) << call.error().context;
    EXPECT_TRUE(call->is_finished);
    const auto result = replayed(*call);
    ASSERT_TRUE(result);
    EXPECT_FALSE(result->difference) << result->difference->now;
    EXPECT_EQ(result->steps, call->steps.size());
    EXPECT_GT(result->actions, 10U);
}

TEST_F(ReplayTest, AFailedCallTakesTheSameActions) {
    call();
    answer(invite_out(), 486);
    loop.advance(std::chrono::minutes(2));
    store->flush();
    const auto call = recorded();
    ASSERT_TRUE(call) << call.error().context;
    const auto result = replayed(*call);
    ASSERT_TRUE(result);
    EXPECT_FALSE(result->difference) << result->difference->now;
}

TEST_F(ReplayTest, AMidCallOfferTakesTheSameActions) {
    connect();
    const auto hold = send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
    answer(stack.sent_with("INVITE").back(), 200, sdp("192.0.2.20", 5000, "a=recvonly\r\n"));
    ack(hold);
    store->flush();
    const auto call = recorded();
    ASSERT_TRUE(call) << call.error().context;
    EXPECT_FALSE(call->is_finished);
    const auto result = replayed(*call);
    ASSERT_TRUE(result);
    EXPECT_FALSE(result->difference) << result->difference->now;
}

// The recorded answer stands for a machine that did something else: the replay must say where.
TEST_F(ReplayTest, ATransitionThatIsNotTheRecordedOneIsFound) {
    whole_call();
    auto call = recorded();
    ASSERT_TRUE(call);
    for (auto& step : call->steps) {
        auto* response =
            step.input ? std::get_if<signaling::ResponseReceived>(&*step.input) : nullptr;
        if (response == nullptr || response->response.message.status != 200) continue;
        response->response.message.status = 486;
        break;
    }
    const auto result = replayed(*call);
    ASSERT_TRUE(result);
    ASSERT_TRUE(result->difference);
    EXPECT_NE(result->difference->recorded, result->difference->now);
    EXPECT_NE(result->difference->recorded.find("200 OK"), std::string::npos);
}

TEST_F(ReplayTest, EveryStepThatIsLeftOutIsFound) {
    whole_call();
    const auto call = recorded();
    ASSERT_TRUE(call);
    for (std::size_t i = 1; i + 1 < call->steps.size(); ++i) {
        // A step without actions that leaves the state as it was changes nothing.
        if (call->steps[i].actions.empty()) continue;
        RecordedCall mutant = *call;
        mutant.steps.erase(mutant.steps.begin() + static_cast<std::ptrdiff_t>(i));
        const auto result = replayed(mutant);
        ASSERT_TRUE(result);
        EXPECT_TRUE(result->difference) << "step " << i;
    }
}

TEST_F(ReplayTest, AnExportedCallIsReplayedElsewhere) {
    whole_call();
    const auto bytes = signaling::export_call(folder_.string(), {7, signaling::CallId{1}});
    ASSERT_TRUE(bytes) << bytes.error().context;
    const auto exported = signaling::import_call(*bytes);
    ASSERT_TRUE(exported) << exported.error().context;
    EXPECT_EQ(exported->config_text, "hostname test\n");
    EXPECT_FALSE(replayed(exported->call)->difference);
}

TEST_F(ReplayTest, AnythingElseIsNoExportedCall) {
    whole_call();
    const auto bytes = signaling::export_call(folder_.string(), {7, signaling::CallId{1}});
    ASSERT_TRUE(bytes);
    EXPECT_FALSE(signaling::import_call(""));
    EXPECT_FALSE(signaling::import_call("weir-call 1\n99999\nhostname"));
    EXPECT_FALSE(signaling::import_call(bytes->substr(0, bytes->size() - 1)));
}

TEST_F(ReplayTest, TheLadderShowsEveryMessageOnItsLeg) {
    whole_call();
    const auto call = recorded();
    ASSERT_TRUE(call);
    const std::string text = signaling::ladder(*call, true);
    EXPECT_NE(text.find("|-- INVITE sip:200@198.51.100.1 (SDP)"), std::string::npos) << text;
    EXPECT_NE(text.find("100 Trying"), std::string::npos);
    EXPECT_NE(text.find("|-- INVITE sip:200@192.0.2.20 (SDP)"), std::string::npos) << text;
    EXPECT_NE(text.find("ACK sip:200@192.0.2.20"), std::string::npos);
    EXPECT_NE(text.find("BYE"), std::string::npos);
    EXPECT_NE(text.find("inviting -> answered"), std::string::npos);
}

TEST_F(ReplayTest, TheCaptureHoldsAPacketForEachMessage) {
    whole_call();
    const auto call = recorded();
    ASSERT_TRUE(call);
    const std::string file = signaling::trace_pcap(*call);
    EXPECT_EQ(file.substr(0, 4), std::string("\xd4\xc3\xb2\xa1"));
    std::size_t packets = 0;
    for (std::size_t at = 24; at + 16 <= file.size(); ++packets) {
        std::uint32_t size = 0;
        std::memcpy(&size, file.data() + at + 8, sizeof size);
        at += 16 + size;
    }
    EXPECT_GE(packets, 9U);  // INVITE, 100, INVITE, 200, ACK, 200, ACK, BYE, BYE, 200, 200
}

}  // namespace
}  // namespace weir::tests
