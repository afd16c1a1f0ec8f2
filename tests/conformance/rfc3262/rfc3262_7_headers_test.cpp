// SPDX-License-Identifier: Apache-2.0
// RFC 3262 sections 7.1 and 7.2: RSeq and RAck.
#include "tests/unit/signaling/call/reliable_bench.hpp"

namespace weir::signaling {
namespace {

class Rfc3262Section7 : public tests::ReliableBench {
protected:
    static SipMessage with_rseq(const char* value) {
        SipMessage response;
        response.status = 183;
        response.add("Require", "100rel");
        if (value != nullptr) response.add("RSeq", value);
        return response;
    }
};

// 7.1: response-num = 1*DIGIT, in the range from 1 to 2**32 - 1.
TEST_F(Rfc3262Section7, RSeqIsANumberOf32BitsAboveZero) {
    EXPECT_EQ(rseq_of(with_rseq("1")), 1U);
    EXPECT_EQ(rseq_of(with_rseq(" 4294967295 ")), 4294967295U);
    for (const char* wrong : {"0", "4294967296", "-1", "+1", "1x", "", "99999999999999999999999"})
        EXPECT_EQ(rseq_of(with_rseq(wrong)), std::nullopt) << wrong;
}

// Require without RSeq asks for nothing that could be acknowledged.
TEST_F(Rfc3262Section7, RequireWithoutRSeqIsUnreliable) {
    EXPECT_FALSE(is_reliable(with_rseq(nullptr), "100rel"));
    EXPECT_TRUE(is_reliable(with_rseq("1"), "100rel"));
}

// 7.2: RAck = response-num LWS CSeq-num LWS Method; extra LWS is allowed.
TEST_F(Rfc3262Section7, RAckHasTwoNumbersAndAMethod) {
    const auto rack = RAck::parse(" 776656  1 INVITE ");
    ASSERT_TRUE(rack);
    EXPECT_EQ(*rack, (RAck{776656, 1, "INVITE"}));
    EXPECT_EQ(rack->to_string(), "776656 1 INVITE");
    for (const char* wrong : {"", "1", "1 1", "0 1 INVITE", "1 x INVITE", "1 1 INVITE more",
                              "4294967296 1 INVITE", "-1 1 INVITE"})
        EXPECT_FALSE(RAck::parse(wrong)) << wrong;
}

TEST_F(Rfc3262Section7, PrackWithoutReadableRAckIs400) {
    reliable_call();
    answer_callee(183, early());
    EXPECT_EQ(last_answer(prack_with("RAck", "rubbish")).status, 400);
    EXPECT_EQ(last_answer(prack_with("X-Nothing", "1")).status, 400);
    EXPECT_EQ(last_answer(prack()).status, 200);
}

}  // namespace
}  // namespace weir::signaling
