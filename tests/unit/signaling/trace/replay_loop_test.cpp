// SPDX-License-Identifier: Apache-2.0
// Both calls of a TDM loop that share one media session (spec G), recorded and replayed.
#include "signaling/trace/replay.hpp"
#include "tests/sim/memory_tape.hpp"
#include "tests/unit/signaling/call/loop_bench.hpp"

namespace weir::tests {
namespace {

using signaling::CallId;
using signaling::RecordedCall;

class ReplayLoop : public LoopBench {
protected:
    ReplayLoop() { table.set_tape(&tape); }
    ~ReplayLoop() override { table.set_tape(nullptr); }
    ReplayLoop(const ReplayLoop&) = delete;
    ReplayLoop& operator=(const ReplayLoop&) = delete;

    // A call that is held, resumed with another stream, and ended.
    void whole_call(const std::string& offer) {
        const bool delayed = offer.empty();
        const auto txn = call_from_gateway(offer);
        answer_out(out_to("192.0.2.20"), 180);
        answer_out(out_to("192.0.2.20"), 200, sdp("192.0.2.20", 5000));
        ack(txn, delayed ? sdp("203.0.113.5", 4000) : std::string());
        settle();
        const auto held = send_from_caller("INVITE", sdp("203.0.113.5", 4000, "a=sendonly\r\n"));
        settle();
        answer_out(out_to("192.0.2.20"), 200, sdp("192.0.2.20", 5000, "a=recvonly\r\n"));
        ack(held);
        settle();
        send_from_party(out_to("192.0.2.20"), "BYE");
        finish();
    }
    Result<signaling::ReplayResult> replayed(const RecordedCall& call) {
        return signaling::replay(call, tape.configs.begin()->second);
    }
    void expect_both_do_the_same() {
        EXPECT_EQ(tape.disorder, std::vector<std::string>());
        ASSERT_EQ(tape.calls.size(), 2U);
        EXPECT_EQ(media.opened, 1U) << "the session is shared";
        for (const auto& [id, call] : tape.calls) {
            EXPECT_TRUE(call.is_finished);
            const auto result = replayed(call);
            ASSERT_TRUE(result) << result.error().context;
            EXPECT_FALSE(result->difference)
                << "call " << id.value() << ": " << result->difference->now;
            EXPECT_EQ(result->steps, call.steps.size());
            EXPECT_GT(result->actions, 10U);
        }
    }
    signaling::MemoryTape tape;
};

TEST_F(ReplayLoop, BothPassesTakeTheSameActions) {
    whole_call(sdp("203.0.113.5", 4000));
    expect_both_do_the_same();
}

TEST_F(ReplayLoop, BothPassesOfADelayedOfferTakeTheSameActions) {
    whole_call("");
    expect_both_do_the_same();
}

// The pass without a session tells the other one whose early media there are: an input of its own.
TEST_F(ReplayLoop, BothPassesOfATransferTakeTheSameActions) {
    load_with(" no supplementary-service sip refer\n mode border-element\n",
              " mode border-element\n",
              "dial-peer voice 540 voip\n destination-pattern 3..$\n session protocol sipv2\n"
              " session target ipv4:192.0.2.30\n codec g711ulaw\n!\n");
    connect_through();
    SipMessage refer = from_caller("REFER");
    refer.add("Refer-To", "<sip:300@198.51.100.1>");
    stack.receive(std::move(refer), caller_path(), now());
    settle();
    answer_out(out_to("192.0.2.30"), 183, sdp("192.0.2.30", 6000));
    ASSERT_EQ(media.remote(0, dataplane::Side::a), *Endpoint::parse("192.0.2.30:6000", 0));
    answer_out(out_to("192.0.2.30"), 486);
    send_from_party(out_to("192.0.2.20"), "BYE");
    finish();
    expect_both_do_the_same();
}

// A 180 without SDP is passed on and leaves nothing behind that a later action would show.
bool is_ringing(const signaling::RecordedStep& step) {
    const auto* response =
        step.input ? std::get_if<signaling::ResponseReceived>(&*step.input) : nullptr;
    return response != nullptr && response->response.message.status == 180;
}

TEST_F(ReplayLoop, EveryStepOfEitherPassThatIsLeftOutIsFoundButForRinging) {
    whole_call(sdp("203.0.113.5", 4000));
    for (const auto& [id, call] : tape.calls)
        for (std::size_t i = 1; i + 1 < call.steps.size(); ++i) {
            if (call.steps[i].actions.empty() || is_ringing(call.steps[i])) continue;
            RecordedCall mutant = call;
            mutant.steps.erase(mutant.steps.begin() + static_cast<std::ptrdiff_t>(i));
            const auto result = replayed(mutant);
            ASSERT_TRUE(result);
            EXPECT_TRUE(result->difference) << "call " << id.value() << " step " << i;
        }
}

// A machine that would not know the loop would lease ports for the first pass.
TEST_F(ReplayLoop, APassThatLeasesPortsInPlaceOfSharingIsFound) {
    whole_call(sdp("203.0.113.5", 4000));
    RecordedCall mutant = tape.calls.at(CallId{1});
    ASSERT_TRUE(mutant.setup.routes.at(0).feeds_back);
    mutant.setup.routes[0].feeds_back = false;
    const auto result = replayed(mutant);
    ASSERT_TRUE(result);
    ASSERT_TRUE(result->difference);
    EXPECT_NE(result->difference->recorded, result->difference->now);
}

}  // namespace
}  // namespace weir::tests
