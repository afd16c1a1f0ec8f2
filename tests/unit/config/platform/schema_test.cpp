// SPDX-License-Identifier: Apache-2.0
// SCHEMA.md names every key that the parser takes, with an example for each section.
//
// The keys are found by asking: a key that no section knows is answered with those it does know.
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "config/base/text.hpp"
#include "config/platform/platform.hpp"

namespace weir::config {
namespace {

const char* const kNobody = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq";

std::string schema() {
    std::ifstream file(WEIR_SOURCE_DIR "/config/platform/SCHEMA.md");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// The keys that the section knows into which `open` and `close` lead.
std::vector<std::string> known_keys(const std::string& open, const std::string& close) {
    const auto reading = parse_platform(open + "{" + kNobody + ": 1}" + close, "p.yaml");
    for (const PlatformError& error : reading.errors) {
        const std::string before_list = "; known here: ";
        const auto at = error.text.rfind(before_list);
        if (error.text.find("unknown key ") == std::string::npos || at == std::string::npos)
            continue;
        std::vector<std::string> keys;
        const std::string list = error.text.substr(at + before_list.size());
        for (const auto& key : text::split(list, ','))
            keys.emplace_back(text::trim(key));
        return keys;
    }
    return {};
}

void collect(const std::string& path, const std::string& open, const std::string& close,
             std::set<std::string>& paths) {
    for (const std::string& key : known_keys(open, close)) {
        const std::string name = (path.empty() ? "" : path + ".") + key;
        paths.insert(name);
        collect(name, open + "{" + key + ": ", "}" + close, paths);
        collect(name + "[]", open + "{" + key + ": [", "]}" + close, paths);
    }
}

std::set<std::string> all_keys() {
    std::set<std::string> paths;
    collect("", "", "", paths);
    return paths;
}

TEST(PlatformSchema, TheParserTellsItsKeys) {
    const auto keys = all_keys();
    for (const char* key : {"realms[].address", "media.pre_roll.mib", "ha.peers[].address",
                            "sip.listen[].transports", "recorder.rtp_ports.min"})
        EXPECT_TRUE(keys.contains(key)) << key;
    EXPECT_GT(keys.size(), 60U);
}

TEST(PlatformSchema, NamesEveryKeyOfTheParser) {
    const std::string text = schema();
    for (const std::string& key : all_keys()) {
        // A section is named by the keys in it.
        const bool named = text.find("| `" + key + "` |") != std::string::npos ||
                           text.find("| `" + key + ".") != std::string::npos ||
                           text.find("| `" + key + "[]") != std::string::npos;
        EXPECT_TRUE(named) << key << " is read, but has no row in SCHEMA.md";
    }
}

TEST(PlatformSchema, NamesNoKeyThatTheParserDoesNotTake) {
    const auto keys = all_keys();
    const std::string text = schema();
    std::istringstream lines(text);
    std::size_t rows = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `")) continue;
        const std::string key = line.substr(3, line.find('`', 3) - 3);
        // Values and commands stand in such rows, too; a key has no other signs than these.
        if (key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.[]") != std::string::npos) continue;
        if (line.find("` |") != 3 + key.size()) continue;
        EXPECT_TRUE(keys.contains(key)) << key << " is in SCHEMA.md, but is not read";
        ++rows;
    }
    EXPECT_GT(rows, 40U);
}

TEST(PlatformSchema, EveryExampleLoads) {
    const std::string text = schema();
    const std::string fence = "```yaml\n";
    std::size_t examples = 0;
    for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
        at += fence.size();
        const auto end = text.find("```", at);
        ASSERT_NE(end, std::string::npos);
        const auto reading = parse_platform(text.substr(at, end - at), "/etc/weir/platform.yaml");
        for (const PlatformError& error : reading.errors)
            ADD_FAILURE() << to_string("example", error);
        ++examples;
        at = end + 3;
    }
    EXPECT_GE(examples, 2U);
}

TEST(PlatformSchema, TheExamplesShowEveryKey) {
    const std::string text = schema();
    const std::string examples = text.substr(text.find("```yaml\n"));
    for (const std::string& key : all_keys()) {
        const auto word = key.substr(key.rfind('.') + 1);
        const bool shown = examples.find(" " + word + ":") != std::string::npos ||
                           examples.find("{" + word + ":") != std::string::npos ||
                           examples.find("\n" + word + ":") != std::string::npos;
        EXPECT_TRUE(shown) << key << " stands in no example";
    }
}

}  // namespace
}  // namespace weir::config
