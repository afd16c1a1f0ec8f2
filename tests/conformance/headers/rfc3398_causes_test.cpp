// SPDX-License-Identifier: Apache-2.0
// Causes and statuses each way: the tables of spec E.8, RFC 3398 7.2.6.1 and 8.2.6.1 as option, and
// Reason (RFC 3326) on whole calls.
#include "signaling/call/causes.hpp"
#include "tests/conformance/headers/rfc3398_tables.hpp"
#include "tests/support/row_name.hpp"
#include "tests/unit/signaling/call/call_bench.hpp"

namespace weir::tests {
namespace {

using signaling::cause_of_status;
using signaling::status_of_cause;

void expect_tables(const config::Config& config, const CauseTable& to_sip,
                   const CauseTable& to_cause) {
    for (const auto& [cause, status] : to_sip)
        EXPECT_EQ(status_of_cause(config, cause), status) << "cause " << cause;
    for (const auto& [status, cause] : to_cause)
        EXPECT_EQ(cause_of_status(config, status), cause) << "status " << status;
}

TEST(Causes, AreThoseOfTheTablesByDefault) {
    expect_tables({}, kPstnSip, kSipPstn);
}

TEST(Causes, AreThoseOfRfc3398WhenConfigured) {
    config::Config config;
    config.sip_ua.cause_map_rfc3398 = true;
    expect_tables(config, kRfcPstnSip, kRfcSipPstn);
}

TEST(Causes, OfA488AreToldByItsWarningUnderRfc3398) {
    config::Config config;
    config.sip_ua.cause_map_rfc3398 = true;
    SipMessage response;
    response.is_request = false;
    response.status = 488;
    response.add("Warning", "304 h \"Media type not available\"");
    EXPECT_EQ(cause_of_status(config, response), 65);
    response.set("Warning", "370 h \"Insufficient bandwidth\"");
    EXPECT_EQ(cause_of_status(config, response), 58);
}

TEST(Causes, SingleEntriesAreReplacedBySet) {
    config::Config config;
    config.sip_ua.cause_to_status[17] = 600;
    config.sip_ua.status_to_cause[404] = 3;
    EXPECT_EQ(status_of_cause(config, 17), 600);
    EXPECT_EQ(cause_of_status(config, 404), 3);
    EXPECT_NE(signaling::show_pstn_sip_map(config).find("17          600           486"),
              std::string::npos);
    EXPECT_NE(signaling::show_sip_pstn_map(config).find("404         3             1"),
              std::string::npos);
}

struct ReasonRow {
    const char* value;
    int cause;  // 0 = none
    const char* others;
};

void PrintTo(const ReasonRow& row, std::ostream* out) {
    *out << row_name({row.value});
}

class Reasons : public testing::TestWithParam<ReasonRow> {};

TEST_P(Reasons, AreReadByProtocol) {
    SipMessage message;
    message.add("Reason", GetParam().value);
    EXPECT_EQ(signaling::q850_reason(message).value_or(0), GetParam().cause);
    EXPECT_EQ(signaling::other_reasons(message), GetParam().others);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc3326, Reasons,
    testing::Values(ReasonRow{"Q.850;cause=17;text=\"busy\"", 17, ""},
                    ReasonRow{"q.850 ; cause = 34", 34, ""},
                    ReasonRow{"SIP;cause=200;text=\"Call completed elsewhere\"", 0,
                              "SIP;cause=200;text=\"Call completed elsewhere\""},
                    ReasonRow{"SIP;cause=486, Q.850;cause=17", 17, "SIP;cause=486"},
                    ReasonRow{"Q.850;cause=0", 0, ""}, ReasonRow{"Q.850;cause=999", 0, ""},
                    ReasonRow{"Q.850", 0, ""}, ReasonRow{"", 0, ""}));

class Rfc3398 : public CallBench {
protected:
    void answer_with(int status, std::vector<signaling::Header> headers) {
        stack.answer(invite_out(), status, "callee", {}, std::move(headers));
        media.deliver();
    }
};

TEST_F(Rfc3398, AFailureOfTheCalleeBecomesTheStatusOfItsCause) {
    const auto txn = call();
    answer(invite_out(), 488);
    EXPECT_EQ(last_answer(txn).status, 500);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=127");
}

TEST_F(Rfc3398, ErrorPassthruBypassesTheTables) {
    config.voice.sip.error_passthru = true;
    apply();
    const auto txn = call();
    answer(invite_out(), 488);
    EXPECT_EQ(last_answer(txn).status, 488);
}

TEST_F(Rfc3398, ErrorPassthruNeverPassesAChallengeThatIsForUs) {
    config.voice.sip.error_passthru = true;
    apply();
    const auto txn = call();
    answer(invite_out(), 407);
    EXPECT_EQ(last_answer(txn).status, 403);
}

TEST_F(Rfc3398, AReceivedReasonCountsOnlyWithOverride) {
    const auto txn = call();
    answer_with(503, {{"Reason", "Q.850;cause=28"}});
    EXPECT_EQ(last_answer(txn).status, 503);
}

TEST_F(Rfc3398, AReceivedReasonDecidesWithOverride) {
    config.voice.sip.reason_header_override = true;
    apply();
    const auto txn = call();
    answer_with(503, {{"Reason", "Q.850;cause=28"}});
    EXPECT_EQ(last_answer(txn).status, 484);
    EXPECT_EQ(header(last_answer(txn), "Reason"), "Q.850;cause=28");
}

TEST_F(Rfc3398, AByeHandsItsReasonOnWithOverride) {
    config.voice.sip.reason_header_override = true;
    apply();
    connect();
    SipMessage bye = from_caller("BYE");
    bye.add("Reason", "Q.850;cause=31");
    stack.receive(bye, caller_path(), now());
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "Reason"), "Q.850;cause=31");
}

TEST_F(Rfc3398, AByeWithoutOverrideIsNormalClearing) {
    connect();
    SipMessage bye = from_caller("BYE");
    bye.add("Reason", "Q.850;cause=31");
    stack.receive(bye, caller_path(), now());
    ASSERT_EQ(stack.sent_with("BYE").size(), 1U);
    EXPECT_EQ(header(stack.sent_with("BYE")[0].request.message, "Reason"), "Q.850;cause=16");
}

TEST_F(Rfc3398, ACancelTellsThatTheCallWasAnsweredElsewhere) {
    const auto txn = call();
    answer(invite_out(), 180);
    SipMessage message = request("CANCEL", "sip:200@198.51.100.1");
    message.add("Reason", "SIP;cause=200;text=\"Call completed elsewhere\"");
    stack.events().on_cancel(txn, {txn, message, caller_path(), now()});
    ASSERT_EQ(stack.cancelled.size(), 1U);
    EXPECT_EQ(stack.cancelled[0].second,
              "Q.850;cause=16, SIP;cause=200;text=\"Call completed elsewhere\"");
}

TEST_F(Rfc3398, AWarningIsAddedWhenConfigured) {
    config.voice.sip.warn_header = true;
    apply();
    const auto txn = call();
    answer(invite_out(), 486);
    EXPECT_EQ(header(last_answer(txn), "Warning"),
              "399 198.51.100.1 \"486 Busy Here, Q.850 cause 17\"");
}

}  // namespace
}  // namespace weir::tests
