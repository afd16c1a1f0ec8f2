// SPDX-License-Identifier: Apache-2.0
// What the door does with a request (spec B.3, A.12, N19).
#include "signaling/edge/admission.hpp"

#include <gtest/gtest.h>

#include "config/base/limits.hpp"

namespace weir::signaling {
namespace {

using Verdict = Admission::Verdict;
using std::chrono::minutes;

class AdmissionTest : public testing::Test {
protected:
    AdmissionTest() { config_.voice.trusted.prefixes = {Prefix::parse("192.0.2.0/24").value()}; }
    Admission from_trusted(std::string_view method, bool in_dialog = false) {
        return decide({IpAddress::v4(192, 0, 2, 1), method, in_dialog});
    }
    Admission from_stranger(std::string_view method, bool in_dialog = false) {
        return decide({IpAddress::v4(203, 0, 113, 1), method, in_dialog});
    }
    Admission decide(const Arrival& arrival) {
        return admit(config_.voice, TrustedSources(config_), arrival);
    }

    config::Config config_;
};

TEST_F(AdmissionTest, ATrustedInviteIsAdmitted) {
    EXPECT_EQ(from_trusted("INVITE"), Admission{});
}

TEST_F(AdmissionTest, AStrangerGetsSilence) {
    for (const char* method : {"INVITE", "OPTIONS", "REGISTER", "BYE", "FOO"}) {
        EXPECT_EQ(from_stranger(method).verdict, Verdict::discard) << method;
        EXPECT_FALSE(from_stranger(method).trusted) << method;
    }
}

TEST_F(AdmissionTest, WithoutSilentDiscardAStrangerGetsTheCallBlockCause) {
    config_.voice.silent_discard_untrusted = false;
    const auto rejected = from_stranger("INVITE");
    EXPECT_EQ(rejected.verdict, Verdict::refuse);
    EXPECT_EQ(rejected.status, 403);
    EXPECT_EQ(rejected.q850_cause, 21);
    config_.voice.trusted.call_block_cause = 1;
    EXPECT_EQ(from_stranger("INVITE").status, 404);
}

// N19: silence, also where other requests of strangers are refused in words.
TEST_F(AdmissionTest, AStrangersUnknownMethodGetsSilenceAlways) {
    config_.voice.silent_discard_untrusted = false;
    EXPECT_EQ(from_stranger("REGISTER").verdict, Verdict::discard);
}

TEST_F(AdmissionTest, MethodsThatAreNotOfferedGet405WithAllow) {
    for (const char* method : {"REGISTER", "DANCE", "invite", "FOO"}) {
        const auto refused = from_trusted(method);
        EXPECT_EQ(refused.verdict, Verdict::refuse) << method;
        EXPECT_EQ(refused.status, 405) << method;
        EXPECT_TRUE(refused.send_allow) << method;
    }
}

TEST_F(AdmissionTest, EveryMethodOfAllowIsAdmitted) {
    for (const char* method : {"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "UPDATE"}) {
        EXPECT_EQ(from_trusted(method).verdict, Verdict::admit) << method;
        EXPECT_NE(kAllow.find(method), std::string_view::npos) << method;
    }
}

TEST_F(AdmissionTest, RequestsInADialogAreNotCheckedAgainstTheList) {
    EXPECT_EQ(from_stranger("BYE", true).verdict, Verdict::admit);
}

TEST_F(AdmissionTest, ShutdownRefusesNewCallsAndPingsOnly) {
    config_.voice.shutdown = true;
    EXPECT_EQ(from_trusted("INVITE").status, 503);
    EXPECT_EQ(from_trusted("OPTIONS").status, 503);
    EXPECT_EQ(from_trusted("INVITE", true).verdict, Verdict::admit);
    EXPECT_EQ(from_trusted("BYE", true).verdict, Verdict::admit);
    EXPECT_EQ(from_stranger("INVITE").verdict, Verdict::discard);
}

TEST(DiscardLog, IsDueAfterAThousandAndThenOncePerHour) {
    DiscardLog log;
    const MonoTime start{1};
    for (std::uint64_t i = 1; i < kDiscardsPerLogLine; ++i)
        EXPECT_FALSE(log.note(start));
    EXPECT_TRUE(log.note(start));
    EXPECT_EQ(log.since_last_line(), kDiscardsPerLogLine);
    for (std::uint64_t i = 0; i < 2 * kDiscardsPerLogLine; ++i) {
        EXPECT_FALSE(log.note(start + minutes(59)));
    }
    EXPECT_TRUE(log.note(start + minutes(60)));
    EXPECT_EQ(log.since_last_line(), 2 * kDiscardsPerLogLine + 1);
    EXPECT_EQ(log.total(), 3 * kDiscardsPerLogLine + 1);
}

}  // namespace
}  // namespace weir::signaling
