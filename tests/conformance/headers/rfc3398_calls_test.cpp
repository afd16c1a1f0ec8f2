// SPDX-License-Identifier: Apache-2.0
// RFC 3398 8.2.6.1 and 7.2.6.1, spec E.8, row by row on whole calls: what a callee's failure makes
// of the caller's, and what a cause in Reason makes of both.
#include "signaling/call/causes.hpp"
#include "tests/conformance/headers/rfc3398_tables.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {
namespace {

class CauseOnTheWire : public CallBench, public testing::WithParamInterface<bool> {
protected:
    CauseOnTheWire() {
        config.sip_ua.cause_map_rfc3398 = GetParam();
        config.voice.sip.reason_header_override = true;
        apply();
    }
    const CauseTable& to_cause() const { return GetParam() ? kRfcSipPstn : kSipPstn; }
    const CauseTable& to_sip() const { return GetParam() ? kRfcPstnSip : kPstnSip; }
    // The final response to a caller whose callee fails like this.
    SipMessage failure(int status, std::vector<signaling::Header> headers) {
        SipMessage message = invite();
        message.set("Call-ID", "call-" + std::to_string(++calls_));
        const ServerTxn txn = call(message);
        stack.answer(stack.sent_with("INVITE").back(), status, "callee", {}, std::move(headers));
        media.deliver();
        return last_answer(txn);
    }
    unsigned calls_ = 0;
};

// Status of the callee, its cause in our Reason, the status of that cause toward the caller.
TEST_P(CauseOnTheWire, AFailureGoesThroughBothTables) {
    for (const auto& [status, cause] : to_cause()) {
        const auto known = to_sip().find(cause);
        if (status == 422 || known == to_sip().end()) continue;  // 25: RFC 3398 has no way back
        const SipMessage answer = failure(status, {});
        EXPECT_EQ(header(answer, "Reason"), "Q.850;cause=" + std::to_string(cause)) << status;
        EXPECT_EQ(answer.status, known->second) << status;
        EXPECT_EQ(log.end.q850_cause, cause) << status;
    }
    EXPECT_EQ(table.size(), 0U);
}

// A cause in the callee's Reason decides (RFC 3326; reason-header override): each row of the table.
TEST_P(CauseOnTheWire, ACauseInReasonGoesThroughItsTable) {
    for (const auto& [cause, status] : to_sip()) {
        if (cause > 127) continue;  // internal: never in a Reason
        const SipMessage answer =
            failure(480, {{"Reason", "Q.850;cause=" + std::to_string(cause)}});
        EXPECT_EQ(answer.status, status) << "cause " << cause;
        EXPECT_EQ(header(answer, "Reason"), "Q.850;cause=" + std::to_string(cause));
    }
}

// The same cause in a BYE goes on as it is: there is no status to translate it into.
TEST_P(CauseOnTheWire, ACauseInAByeGoesOn) {
    for (const auto& [cause, status] : to_sip()) {
        if (cause > 127) continue;
        stack.sent.clear();
        caller_cseq_ = 1;
        connect();
        SipMessage bye = from_caller("BYE");
        bye.add("Reason", "Q.850;cause=" + std::to_string(cause));
        stack.receive(bye, caller_path(), now());
        ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
        EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "Reason"),
                  "Q.850;cause=" + std::to_string(cause));
        confirm_byes();
        media.deliver();
    }
}

INSTANTIATE_TEST_SUITE_P(Tables, CauseOnTheWire, testing::Bool(), [](const auto& row) {
    return std::string(row.param ? "Rfc3398" : "Default");
});

}  // namespace
}  // namespace weir::tests
