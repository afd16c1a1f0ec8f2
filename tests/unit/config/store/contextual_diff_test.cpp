// SPDX-License-Identifier: Apache-2.0
// Differences as an operator reads them.
#include "config/store/contextual_diff.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

constexpr const char* kBefore =
    "hostname gw1\n"
    "!\n"
    "voice class codec 1\n"
    " codec preference 1 g711ulaw\n"
    "!\n"
    "dial-peer voice 10 voip\n"
    " preference 1\n"
    " destination-pattern 1...\n"
    "!\n"
    "dial-peer voice 30 voip\n"
    " destination-pattern 3...\n"
    "!\n"
    "end\n";

TEST(ContextualDiff, SaysThatNothingChanged) {
    EXPECT_EQ(contextual_diff(kBefore, kBefore), "!No changes were found\n");
}

TEST(ContextualDiff, ShowsChangesBelowTheHeadOfTheirBlock) {
    const std::string after =
        "hostname gw1\n"
        "!\n"
        "voice class codec 1\n"
        " codec preference 1 g711ulaw\n"
        "!\n"
        "dial-peer voice 10 voip\n"
        " preference 2\n"
        " destination-pattern 1...\n"
        "!\n"
        "dial-peer voice 20 voip\n"
        " destination-pattern 2...\n"
        "!\n"
        "end\n";
    EXPECT_EQ(contextual_diff(kBefore, after),
              "!Contextual Config Diffs:\n"
              "dial-peer voice 10 voip\n"
              " -preference 1\n"
              " +preference 2\n"
              "-dial-peer voice 30 voip\n"
              " -destination-pattern 3...\n"
              "+dial-peer voice 20 voip\n"
              " +destination-pattern 2...\n");
}

TEST(ContextualDiff, ALineThatOnlyMovedIsRemovedAndAdded) {
    const std::string text =
        contextual_diff("num-exp 1 2\nnum-exp 3 4\n", "num-exp 3 4\nnum-exp 1 2\n");
    EXPECT_NE(text.find("-num-exp"), std::string::npos) << text;
    EXPECT_NE(text.find("+num-exp"), std::string::npos) << text;
}

TEST(ContextualDiff, LinesThatStandTwiceAreCounted) {
    EXPECT_EQ(contextual_diff("a\na\n", "a\n"), "!Contextual Config Diffs:\n-a\n");
}

TEST(ContextualDiff, IsLinearEnoughForTenThousandPeers) {
    std::string before;
    std::string after;
    for (int i = 0; i < 10'000; ++i) {
        before += "dial-peer voice " + std::to_string(i) + " voip\n preference 1\n";
        after += "dial-peer voice " + std::to_string(i + 10'000) + " voip\n preference 1\n";
    }
    EXPECT_NE(contextual_diff(before, after).find("! The comparison was cut here"),
              std::string::npos);
}

}  // namespace
}  // namespace weir::config
