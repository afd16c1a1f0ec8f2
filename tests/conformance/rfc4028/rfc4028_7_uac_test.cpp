// SPDX-License-Identifier: Apache-2.0
// RFC 4028 7: session timers of INVITEs that we send, and the 422 to them.
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc4028Uac : public tests::MidcallBench {
protected:
    const SipMessage& sent() {
        last_ = last_out("INVITE").request.message;
        return last_;
    }
    void ask_ourselves(std::uint32_t min_se, std::uint32_t interval) {
        of_peer(20).session_refresh = true;
        of_peer(20).timer = config::SessionTimer{min_se, interval};
        apply();
    }
    SipMessage last_;
};

// 7.1: "A UAC that supports ... MUST include 'timer' in Supported"; spec B.7: Min-SE always.
TEST_F(Rfc4028Uac, EveryInviteNamesTheExtensionAndMinSe) {
    call();
    EXPECT_TRUE(sent().lists("Supported", "timer"));
    EXPECT_EQ(header(sent(), "Min-SE"), "1800");
    EXPECT_EQ(header(sent(), "Session-Expires"), "(none)");
}

TEST_F(Rfc4028Uac, SessionRefreshAsksForATimer) {
    ask_ourselves(300, 600);
    call();
    EXPECT_EQ(header(sent(), "Min-SE"), "300");
    EXPECT_EQ(header(sent(), "Session-Expires"), "600");
}

TEST_F(Rfc4028Uac, WhatTheCallerAsksIsAskedOfTheCallee) {
    call_with(
        {{"Supported", "timer"}, {"Session-Expires", "3600;refresher=uac"}, {"Min-SE", "2000"}});
    EXPECT_EQ(header(sent(), "Session-Expires"), "3600;refresher=uac");
    EXPECT_EQ(header(sent(), "Min-SE"), "2000");
}

// 7.4: the request is tried again with the Min-SE of the 422, in the same Call-ID with CSeq + 1.
TEST_F(Rfc4028Uac, A422IsFollowedByTheSameInviteWithAHigherInterval) {
    ask_ourselves(90, 600);
    call();
    const SipMessage first = sent();
    answer_with(last_out("INVITE"), 422, {{"Min-SE", "1200"}});
    ASSERT_EQ(count_out("INVITE"), 2U);
    EXPECT_EQ(header(sent(), "Call-ID"), header(first, "Call-ID"));
    EXPECT_EQ(header(sent(), "CSeq"), "102 INVITE");
    EXPECT_EQ(header(sent(), "Session-Expires"), "1200");
    EXPECT_EQ(header(sent(), "Min-SE"), "1200");
    EXPECT_EQ(sent().body, first.body);
}

TEST_F(Rfc4028Uac, CallAfterA422Completes) {
    ask_ourselves(90, 600);
    const auto txn = call();
    answer_with(last_out("INVITE"), 422, {{"Min-SE", "1200"}});
    answer_with(last_out("INVITE"), 200, {{"Session-Expires", "1200;refresher=uas"}},
                sdp("192.0.2.20", 5000));
    ack(txn);
    EXPECT_EQ(statuses(txn), (std::vector{100, 200}));
    EXPECT_EQ(log.text(), "connected");
}

TEST_F(Rfc4028Uac, A422WithoutAHigherMinSeIsAFailure) {
    ask_ourselves(90, 600);
    const auto txn = call();
    answer_with(last_out("INVITE"), 422, {{"Min-SE", "90"}});
    EXPECT_EQ(count_out("INVITE"), 1U);
    EXPECT_GE(last_answer(txn).status, 400);
}

TEST_F(Rfc4028Uac, A422ForEverRisingEndsAfterAFewTries) {
    ask_ourselves(90, 600);
    const auto txn = call();
    for (unsigned min_se = 1000; min_se < 1020; ++min_se) {
        const auto out = last_out("INVITE");
        answer_with(out, 422, {{"Min-SE", std::to_string(min_se)}});
    }
    EXPECT_LE(count_out("INVITE"), 6U);
    EXPECT_GE(last_answer(txn).status, 400);
}

}  // namespace
}  // namespace weir::signaling
