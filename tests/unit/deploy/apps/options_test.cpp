// SPDX-License-Identifier: Apache-2.0
// Command lines of the programs.
#include "deploy/apps/options.hpp"

#include <gtest/gtest.h>

namespace weir::apps {
namespace {

Result<Options> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "weir");
    return parse_options(static_cast<int>(words.size()), words.data(), {"--config", "--platform"},
                         {"--version"});
}

TEST(Options, ReadsWordsValuesAndFlags) {
    const auto options = parse({"run", "--config", "a", "--platform=b", "--version"});
    ASSERT_TRUE(options.has_value());
    EXPECT_EQ(options->words, std::vector<std::string>{"run"});
    EXPECT_EQ(*options->find("--config"), "a");
    EXPECT_EQ(*options->find("--platform"), "b");
    EXPECT_NE(options->find("--version"), nullptr);
}

TEST(Options, SuggestsTheNearestName) {
    EXPECT_EQ(parse({"--confg", "a"}).error().context,
              "unknown option --confg; did you mean --config?");
}
TEST(Options, RefusesAMissingValue) {
    EXPECT_EQ(parse({"--config"}).error().context, "--config needs a value");
}
TEST(Options, RefusesTheSameOptionTwice) {
    EXPECT_EQ(parse({"--config", "a", "--config", "b"}).error().context, "--config is given twice");
}
TEST(Options, NamesTheRequiredOptionThatIsMissing) {
    EXPECT_EQ(parse({}).value().required("--config").error().context, "--config is missing");
}

}  // namespace
}  // namespace weir::apps
