// SPDX-License-Identifier: Apache-2.0
// The files of e164 pattern maps and number translations (spec A.5).
#include "dialplan/map_files.hpp"

#include <gtest/gtest.h>

#include "dialplan/dial_plan.hpp"

namespace weir::dialplan {
namespace {

using Texts = std::map<std::string, std::string>;

FileReader reader(Texts texts) {
    return [texts = std::move(texts)](const std::string& url) -> Result<std::string> {
        const auto found = texts.find(url);
        if (found == texts.end()) return fail(ErrorCode::not_found, "no such file");
        return found->second;
    };
}

config::Config with_map(std::vector<std::string> entries, const std::string& url) {
    config::Config config;
    config.voice.allow_sip_to_sip = true;
    auto& map = config.pattern_maps[4];
    map.tag = 4;
    map.entries = std::move(entries);
    map.url = url;
    map.place = {"node.cfg", 3};
    for (const std::uint32_t tag : {1U, 2U}) {
        auto& peer = config.dial_peers[config::DialPeerTag{tag}];
        peer.tag = config::DialPeerTag{tag};
        peer.session_protocol_sip = true;
        peer.destination_map = 4;
        peer.target = {config::SessionTarget::Kind::address, IpAddress::v4(192, 0, 2, 1), "", 0, 0};
    }
    config.dial_peers[config::DialPeerTag{2}].destination_pattern = "5...";
    return config;
}

std::vector<std::uint32_t> outbound(const DialPlan& plan, const char* called) {
    SeededRandom random(1);
    std::vector<std::uint32_t> tags;
    for (const auto& found : plan.match_outbound(called, random, UsageMap{}))
        tags.push_back(found.peer.value());
    std::sort(tags.begin(), tags.end());
    return tags;
}

std::shared_ptr<const DialPlan> plan_of(const config::Config& config, MapFiles files) {
    auto plan = DialPlan::compile(std::make_shared<const config::Config>(config), std::move(files));
    EXPECT_TRUE(plan.has_value()) << plan.error().context;
    return *plan;
}

using Tags = std::vector<std::uint32_t>;

TEST(MapFile, TakesCommentsBlankLinesCrlfAndALastLineWithoutEnd) {
    const auto patterns = parse_map_file("flash:a", "! areas\r\n703T\r\n\r\n+1202555....\n571");
    ASSERT_TRUE(patterns.has_value()) << patterns.error().context;
    EXPECT_EQ(*patterns, (std::vector<std::string>{"703T", "+1202555....", "571"}));
}

TEST(MapFile, DuplicatesCountOnce) {
    EXPECT_EQ(parse_map_file("flash:a", "12\n13\n12\n")->size(), 2U);
}

TEST(MapFile, EveryWrongLineIsNamed) {
    const auto patterns = parse_map_file("flash:a", "703T\n70x\n1\n[5-1]\n");
    ASSERT_FALSE(patterns.has_value());
    EXPECT_NE(patterns.error().context.find("flash:a:2: Incorrect format for E.164 Number"),
              std::string::npos);
    EXPECT_NE(patterns.error().context.find("\nflash:a:4: "), std::string::npos);
}

TEST(MapFile, MoreThanFiveThousandPatternsAreRefused) {
    std::string text;
    for (int i = 0; i < 5000; ++i)
        text += std::to_string(100000 + i) + "\n";
    EXPECT_TRUE(parse_map_file("flash:a", text).has_value());
    EXPECT_EQ(parse_map_file("flash:a", text + "1\n").error().code, ErrorCode::exhausted);
    EXPECT_EQ(parse_map_file("flash:a", std::string(2U << 20U, '1')).error().code,
              ErrorCode::exhausted);
}

TEST(NumberFile, TakesTheBlankBeforeTheLineEnd) {
    const auto lines = parse_number_file("flash:vip", "+41225550199\t+41225550100 \n15\t16");
    ASSERT_TRUE(lines.has_value()) << lines.error().context;
    ASSERT_EQ(lines->size(), 2U);
    EXPECT_EQ((*lines)[0], (NumberFile::Line{"+41225550199", "+41225550100", 1}));
}

TEST(NumberFile, LinesWithoutReplacementAreNamed) {
    const auto lines = parse_number_file("flash:vip", "+41225550199\n1\talice\n");
    ASSERT_FALSE(lines.has_value());
    EXPECT_NE(lines.error().context.find("flash:vip:1: expected"), std::string::npos);
    EXPECT_NE(lines.error().context.find("flash:vip:2: 'alice'"), std::string::npos);
}

TEST(MapFiles, FileAndInlineEntriesAreTheUnion) {
    const auto config = with_map({"70"}, "flash:a");
    const auto plan = plan_of(config, load_map_files(config, reader({{"flash:a", "70\n80\n"}})));
    EXPECT_TRUE(plan->notices().empty());
    EXPECT_EQ(outbound(*plan, "7012"), (Tags{1, 2}));
    EXPECT_EQ(outbound(*plan, "8012"), (Tags{1, 2}));
    EXPECT_EQ(outbound(*plan, "9012"), (Tags{}));
}

TEST(MapFiles, NumbersOfADnisMapComeFromItsFileToo) {  // spec A.5
    config::Config config;
    config.voice.allow_sip_to_sip = true;
    config::DialPeer peer;
    peer.tag = config::DialPeerTag{7};
    peer.session_protocol_sip = true;
    peer.target.kind = config::SessionTarget::Kind::address;
    peer.target.address = *IpAddress::parse("192.0.2.1");
    peer.dnis_map = "sales";
    config.dial_peers[peer.tag] = peer;
    config.dnis_maps["sales"].name = "sales";
    config.dnis_maps["sales"].url = "flash:sales";
    config.dnis_maps["sales"].entries = {{"100", ""}};
    const auto files = load_map_files(config, [](const std::string&) -> Result<std::string> {
        return std::string("! more\ndnis 200 url tftp://192.0.2.9/a.vxml\n300\n");
    });
    const auto plan = plan_of(config, files);
    for (const char* called : {"100", "200", "300"})
        EXPECT_EQ(outbound(*plan, called), (Tags{7})) << called;
    EXPECT_TRUE(outbound(*plan, "2000").empty()) << "a number stands for the whole called number";
}

// Spec A.5: the map is invalid as a whole; a peer that has something else goes on with that.
TEST(MapFiles, AWrongLineMakesTheMapInvalid) {
    const auto config = with_map({"70"}, "flash:a");
    const auto plan = plan_of(config, load_map_files(config, reader({{"flash:a", "80\nx\n"}})));
    ASSERT_EQ(plan->notices().size(), 1U);
    EXPECT_NE(plan->notices()[0].find("node.cfg:3: voice class e164-pattern-map 4"),
              std::string::npos);
    EXPECT_NE(plan->notices()[0].find("flash:a:2: "), std::string::npos);
    EXPECT_EQ(outbound(*plan, "7012"), (Tags{}));
    EXPECT_EQ(outbound(*plan, "5012"), (Tags{2}));
}

TEST(MapFiles, AFileThatCannotBeReadMakesTheMapInvalid) {
    const auto config = with_map({"70"}, "flash:none");
    const auto plan = plan_of(config, load_map_files(config, reader({})));
    ASSERT_EQ(plan->notices().size(), 1U);
    EXPECT_NE(plan->notices()[0].find("Loading failed on url flash:none"), std::string::npos);
    EXPECT_EQ(outbound(*plan, "7012"), (Tags{}));
}

TEST(MapFiles, AReloadReplacesOneMap) {
    const auto config = with_map({}, "flash:a");
    const auto before = load_map_files(config, reader({{"flash:a", "70\n"}}));
    const auto after = reload_map_file(before, config, 4, reader({{"flash:a", "80\n"}}));
    ASSERT_TRUE(after.has_value()) << after.error().context;
    EXPECT_EQ(outbound(*plan_of(config, *after), "8012"), (Tags{1, 2}));
    EXPECT_EQ(outbound(*plan_of(config, *after), "7012"), (Tags{}));
}

TEST(MapFiles, AReloadThatFailsNamesTheLineAndLeavesTheOldMap) {
    const auto config = with_map({}, "flash:a");
    const auto before = load_map_files(config, reader({{"flash:a", "70\n"}}));
    const auto after = reload_map_file(before, config, 4, reader({{"flash:a", "80\n7x\n"}}));
    ASSERT_FALSE(after.has_value());
    EXPECT_NE(after.error().context.find("flash:a:2: "), std::string::npos);
    EXPECT_EQ(outbound(*plan_of(config, before), "7012"), (Tags{1, 2}));
    EXPECT_FALSE(reload_map_file(before, config, 5, reader({})).has_value());
}

}  // namespace
}  // namespace weir::dialplan
