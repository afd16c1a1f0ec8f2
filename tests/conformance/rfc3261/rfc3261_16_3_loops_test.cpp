// SPDX-License-Identifier: Apache-2.0
// RFC 3261 16.3: hops are counted and loops found, though a B2BUA has other means than a proxy
// (spec G.3: X-Loop).
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc3261Section163 : public tests::CallBench {
protected:
    SipMessage answer_to(const SipMessage& message) {
        const auto txn = stack.receive(message, caller_path(), now());
        media.deliver();
        return last_answer(txn);
    }
    // The INVITE that went out last comes back to us, as another system would send it.
    ServerTxn come_back() {
        SipMessage message = stack.sent_with("INVITE").back().request.message;
        message.request_uri = "sip:200@198.51.100.1";
        message.set("Call-ID", "pass-" + std::to_string(stack.sent.size()));
        message.headers.insert(
            message.headers.begin(),
            {"Via", "SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK" + std::to_string(stack.sent.size())});
        message.set("CSeq", "1 INVITE");
        message.set("Contact", "<sip:100@203.0.113.5>");
        const auto txn = stack.receive(std::move(message), caller_path(), now());
        media.deliver();
        return txn;
    }
};

// 16.3 3: "If the request contains a Max-Forwards header field with a field value of zero (0), the
// element MUST NOT forward the request ... MUST return a 483".
TEST_F(Rfc3261Section163, NoHopsLeftIs483AndNothingGoesOut) {
    for (const char* method : {"INVITE", "MESSAGE", "OPTIONS"}) {
        auto message = request(method, "sip:200@198.51.100.1");
        message.set("Call-ID", method);
        message.set("Max-Forwards", "0");
        EXPECT_EQ(answer_to(message).status, 483) << method;
    }
    EXPECT_TRUE(stack.sent.empty());
}

// "If the request does not contain a Max-Forwards header field, this check is passed"; one is added
// on the way out (16.6 3: SHOULD be 70).
TEST_F(Rfc3261Section163, WithoutTheHeaderARequestPassesAndGetsOne) {
    auto message = invite();
    message.remove("Max-Forwards");
    call(message);
    EXPECT_EQ(header(invite_out().request.message, "Max-Forwards"), "70");
}

// 16.6 3, where we forward as a proxy would: requests outside of calls.
TEST_F(Rfc3261Section163, PassedRequestsLoseAHop) {
    auto message = request("MESSAGE", "sip:200@198.51.100.1");
    message.set("Max-Forwards", "9");
    message.add("Content-Type", "text/plain");
    message.body = "hello";
    stack.receive(message, caller_path(), now());
    ASSERT_EQ(stack.sent_with("MESSAGE").size(), 1U);
    EXPECT_EQ(header(stack.sent_with("MESSAGE")[0].request.message, "Max-Forwards"), "8");
}

// 16.3 4: a call that comes back is let through as often as a TDM loop needs it (spec G.3), and
// then is 482: no two systems can send it round for ever.
TEST_F(Rfc3261Section163, CallThatComesRoundForEverEndsWith482) {
    call();
    constexpr int kMany = 20;
    int passes = 0;
    int status = 0;
    while (passes < kMany) {
        ++passes;
        status = last_answer(come_back()).status;
        if (status >= 300) break;
    }
    EXPECT_EQ(status, 482);
    EXPECT_EQ(passes, 3);
}

// What other systems say of themselves is kept for them: each finds its own loop.
TEST_F(Rfc3261Section163, TokensOfOtherSystemsGoOn) {
    auto message = invite();
    message.add("X-Loop", "another-box;n=1");
    call(message);
    const SipMessage out = invite_out().request.message;
    std::string all;
    for (const auto value : out.all("X-Loop"))
        all += std::string(value) + ",";
    EXPECT_NE(all.find("another-box;n=1"), std::string::npos) << all;
}

}  // namespace
}  // namespace weir::signaling
