// SPDX-License-Identifier: Apache-2.0
// RFC 4028 9: session timers of INVITEs that we receive.
#include "tests/unit/signaling/call/midcall_bench.hpp"

namespace weir::signaling {
namespace {

using tests::sdp;

class Rfc4028Uas : public tests::MidcallBench {
protected:
    std::string answered(const std::vector<Header>& asked, std::vector<Header> by_callee = {}) {
        const auto txn = call_with(asked);
        answer_with(last_out("INVITE"), 200, std::move(by_callee), sdp("192.0.2.20", 5000));
        ack(txn);
        last_ = last_answer(txn);
        return header(last_, "Session-Expires");
    }
    SipMessage last_;
};

// 9 and spec N20: an interval below our Min-SE gets 422 with it.
TEST_F(Rfc4028Uas, IntervalBelowOursGets422) {
    const auto txn = call_with({{"Supported", "timer"}, {"Session-Expires", "100"}});
    EXPECT_EQ(last_answer(txn).status, 422);
    EXPECT_EQ(header(last_answer(txn), "Min-SE"), "1800");
    EXPECT_EQ(count_out("INVITE"), 0U);
}

TEST_F(Rfc4028Uas, MinSeOfThePeerCounts) {
    of_peer(10).timer = config::SessionTimer{90, 1800};
    apply();
    EXPECT_EQ(answered({{"Supported", "timer"}, {"Session-Expires", "100"}}), "100;refresher=uac");
}

TEST_F(Rfc4028Uas, CallerWithoutTheExtensionIsNotRefused) {
    EXPECT_EQ(answered({{"Session-Expires", "100"}}), "100;refresher=uas");
    EXPECT_FALSE(last_.lists("Require", "timer"));
}

// "the UAS MUST place a Require header field ... with the value 'timer'" where refresher=uac.
TEST_F(Rfc4028Uas, AnswerRequiresTheExtension) {
    answered({{"Supported", "timer"}, {"Session-Expires", "1800"}});
    EXPECT_TRUE(last_.lists("Require", "timer"));
}

TEST_F(Rfc4028Uas, RefresherThatTheCallerNamesStays) {
    EXPECT_EQ(answered({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}}),
              "1800;refresher=uas");
}

// The callee shortened it: one interval on both legs.
TEST_F(Rfc4028Uas, IntervalOfTheCalleeIsTheCallersToo) {
    EXPECT_EQ(answered({{"Supported", "timer"}, {"Session-Expires", "3600"}},
                       {{"Session-Expires", "1900;refresher=uas"}}),
              "1900;refresher=uas");
}

TEST_F(Rfc4028Uas, TimerOfTheCalleeIsOfferedToACallerThatDidNotAsk) {
    EXPECT_EQ(answered({{"Supported", "timer"}}, {{"Session-Expires", "1900;refresher=uas"}}),
              "1900;refresher=uas");
}

TEST_F(Rfc4028Uas, NobodyAsksAndThereIsNoTimer) {
    EXPECT_EQ(answered({{"Supported", "timer"}}), "(none)");
}

// A re-INVITE or UPDATE is asked the same question.
TEST_F(Rfc4028Uas, RefreshBelowOursGets422AndTheCallGoesOn) {
    connect();
    const auto txn =
        caller_sends("UPDATE", "", {{"Supported", "timer"}, {"Session-Expires", "90"}});
    EXPECT_EQ(last_answer(txn).status, 422);
    EXPECT_EQ(table.calls().at(0).state, CallState::connected);
}

}  // namespace
}  // namespace weir::signaling
