// SPDX-License-Identifier: Apache-2.0
// The impact of a commit on past calls.
#include "deploy/apps/commit_impact.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/language/language.hpp"

namespace weir::apps {
namespace {

using testing::HasSubstr;

std::string configuration(const std::string& peers) {
    return "voice service voip\n no ip address trusted authenticate\n allow-connections sip to "
           "sip\n"
           " mode border-element\n!\nvoice translation-rule 1\n rule 1 /^2/ /3/\n!\n"
           "voice translation-profile OUT\n translate called 1\n!\n" +
           peers + "end\n";
}

constexpr const char* kPeers =
    "dial-peer voice 200 voip\n destination-pattern 2...\n session protocol sipv2\n"
    " session target ipv4:192.0.2.2\n codec g711ulaw\n!\n"
    "dial-peer voice 400 voip\n destination-pattern 4...\n session protocol sipv2\n"
    " session target ipv4:192.0.2.4\n codec g711ulaw\n!\n";

std::shared_ptr<const dialplan::DialPlan> plan_of(const std::string& peers) {
    const auto read = config::language::read_text(configuration(peers), "test");
    EXPECT_NE(read.config, nullptr);
    return *dialplan::DialPlan::compile(read.config);
}

std::string record(const std::string& called) {
    return R"({"setup":"2026-11-21T10:00:00.000Z","guid":"1 2 3 4","calling":"1000","called":")" +
           called + R"(","caller":{"number":"1000","address":"192.0.2.9"}})" + "\n";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, from.size(), to);
}

TEST(PastCalls, AreTheLastOnesTheOldestFirst) {
    const auto past =
        past_calls(record("2001") + record("2002") + "nonsense\n" + record("2003"), 2);
    ASSERT_EQ(past.calls.size(), 2U);
    EXPECT_EQ(past.calls[0].called, "2002");
    EXPECT_EQ(past.calls[1].called, "2003");
    EXPECT_EQ(past.calls[1].source->to_string(), "192.0.2.9");
    EXPECT_EQ(past.unreadable, 1U);
}

TEST(CommitImpact, NothingChangesWhereNothingChanged) {
    const auto impact = commit_impact(*plan_of(kPeers), *plan_of(kPeers),
                                      past_calls(record("2001") + record("4001"), 10));
    EXPECT_EQ(impact.calls, 2U);
    EXPECT_EQ(impact.changed, 0U);
}

TEST(CommitImpact, NamesTheCallsWhoseRouteChanges) {
    const auto after = replaced(kPeers, "192.0.2.4", "192.0.2.5");
    const auto impact = commit_impact(*plan_of(kPeers), *plan_of(after),
                                      past_calls(record("2001") + record("4001"), 10));
    EXPECT_EQ(impact.changed, 1U);
    const std::string text = impact_text(impact);
    EXPECT_THAT(text, HasSubstr("1 of the last 2 calls"));
    EXPECT_THAT(text, HasSubstr("192.0.2.5"));
    EXPECT_THAT(text, HasSubstr("1000 -> 4001 from 192.0.2.9"));
}

TEST(CommitImpact, NamesTheCallsWhoseNumbersChange) {
    const auto after = replaced(kPeers, " destination-pattern 2...\n",
                                " destination-pattern 2...\n translation-profile outgoing OUT\n");
    const auto impact =
        commit_impact(*plan_of(kPeers), *plan_of(after), past_calls(record("2001"), 10));
    ASSERT_EQ(impact.groups.size(), 1U);
    EXPECT_EQ(impact.groups[0].changes,
              (std::vector<ImpactChange>{{"translation", "1000 calls 2001", "1000 calls 3001"}}));
}

TEST(CommitImpact, NamesTheCallsThatWouldBeRefused) {
    const auto after =
        replaced(kPeers, " destination-pattern 4...\n", " destination-pattern 4...\n shutdown\n");
    const auto impact =
        commit_impact(*plan_of(kPeers), *plan_of(after), past_calls(record("4001"), 10));
    ASSERT_EQ(impact.groups.size(), 1U);
    EXPECT_EQ(impact.groups[0].changes[0].what, "refusal");
    EXPECT_THAT(impact.groups[0].changes[0].after, HasSubstr("404"));
}

TEST(CommitImpact, NamesTheCallsWhoseCodecChanges) {
    const auto after = replaced(kPeers, "codec g711ulaw", "codec g711alaw");
    const auto impact =
        commit_impact(*plan_of(kPeers), *plan_of(after), past_calls(record("2001"), 10));
    ASSERT_EQ(impact.groups.size(), 1U);
    EXPECT_EQ(impact.groups[0].changes[0].what, "codec");
}

TEST(CommitImpact, CallsWithTheSameChangeAreOneGroup) {
    const auto after = replaced(kPeers, "192.0.2.4", "192.0.2.5");
    std::string records;
    for (int i = 0; i < 30; ++i)
        records += record("4001");
    const auto impact = commit_impact(*plan_of(kPeers), *plan_of(after), past_calls(records, 100));
    ASSERT_EQ(impact.groups.size(), 1U);
    EXPECT_THAT(impact_text(impact), HasSubstr("30 calls:"));
    EXPECT_THAT(impact_text(impact), HasSubstr("and 10 more"));
}

}  // namespace
}  // namespace weir::apps
