// SPDX-License-Identifier: Apache-2.0
// The texts of the show and test commands over classes and translations (spec C.5, H.9).
#include "dialplan/show_classes.hpp"

#include <gtest/gtest.h>

namespace weir::dialplan {
namespace {

using config::NumberPlan;
using config::NumberType;
using config::TranslatedNumber;

config::Config with_rules() {
    config::Config config;
    auto& six = config.translation_rules[6];
    six.tag = 6;
    six.rules[1].match = "^2\\(...$\\)";
    six.rules[1].replace = "01779345\\1";
    six.rules[1].match_type = NumberType::unknown;
    six.rules[1].replace_type = NumberType::national;
    six.rules[1].match_plan = NumberPlan::unknown;
    six.rules[1].replace_plan = NumberPlan::isdn;
    six.rules[2].match = "^234";
    six.rules[2].reject = true;
    auto& profile = config.translation_profiles["OUT"];
    profile.name = "OUT";
    profile.steps[static_cast<std::size_t>(TranslatedNumber::calling)].rule_set = 1;
    profile.steps[static_cast<std::size_t>(TranslatedNumber::called)].rule_set = 6;
    return config;
}

TEST(TestTranslationRule, SaysWhatMatchedAndWhatItBecame) {
    const auto text =
        test_translation_rule(with_rules(), 6, {"2001", NumberType::unknown, NumberPlan::unknown});
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(*text,
              "Matched with rule 1\n"
              "Original number: 2001   Translated number: 01779345001\n"
              "Original number type: unknown   Translated number type: national\n"
              "Original number plan: unknown   Translated number plan: isdn\n");
}

TEST(TestTranslationRule, SaysThatNothingMatchedOrThatItIsBlocked) {
    EXPECT_EQ(*test_translation_rule(with_rules(), 6, {"4141", {}, {}}),
              "4141 Didn't match with any of rules\n");
    EXPECT_EQ(*test_translation_rule(with_rules(), 6, {"2345", {}, {}}),
              "2345 blocked on rule 2\n");
    EXPECT_FALSE(test_translation_rule(with_rules(), 7, {"1", {}, {}}).has_value());
}

TEST(TestTranslationRule, TwoQuotesAreTheEmptyNumberAndNoTypeIsNone) {
    config::Config config;
    config.translation_rules[4].rules[1].match = "^$";
    config.translation_rules[4].rules[1].replace = "5550100";
    const auto text = test_translation_rule(config, 4, {"\"\"", {}, {}});
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(*text,
              "Matched with rule 1\n"
              "Original number:    Translated number: 5550100\n"
              "Original number type: none   Translated number type: none\n"
              "Original number plan: none   Translated number plan: none\n");
}

TEST(ShowTranslationRules, ListsEveryRule) {
    EXPECT_EQ(*show_translation_rules(with_rules(), 6),
              "Translation-rule tag: 6\n"
              "        Rule 1:\n"
              "        Match pattern: ^2\\(...$\\)\n"
              "        Replace pattern: 01779345\\1\n"
              "        Match type: unknown             Replace type: national\n"
              "        Match plan: unknown             Replace plan: isdn\n"
              "        Rule 2:\n"
              "        Match pattern: ^234\n"
              "        Action: reject\n"
              "        Match type: none                Replace type: none\n"
              "        Match plan: none                Replace plan: none\n");
    EXPECT_FALSE(show_translation_rules(with_rules(), 7).has_value());
}

TEST(ShowTranslationRules, SortsDescendingWhenAsked) {
    auto config = with_rules();
    config.translation_rules[1].tag = 1;
    EXPECT_EQ(show_translation_rules(config, {}, Sort::descending)->find("tag: 6"),
              std::string("Translation-rule ").size());
    EXPECT_EQ(show_translation_rules(config, {}, Sort::ascending)->find("tag: 1"),
              std::string("Translation-rule ").size());
}

TEST(ShowTranslationProfiles, NamesTheRulesOfEachNumber) {
    EXPECT_EQ(*show_translation_profiles(with_rules(), "OUT"),
              "Translation Profile: OUT\n"
              "        Rule for Calling number: 1\n"
              "        Rule for Called number: 6\n"
              "        Rule for Redirect number:\n");
}

TEST(ShowNumExp, ListsExpansions) {
    config::Config config;
    config.number_expansions = {{"0...", "14085270..."}, {"9...", "1"}};
    EXPECT_EQ(show_num_exp(config, "0..."),
              "Dest Digit Pattern = '0...'     Translation = '14085270...'\n");
}

TEST(ShowDialPeerGroups, ListsTheMembers) {
    config::Config config;
    config.dial_peer_groups[200] = {200, "south", {{config::DialPeerTag{1201}, 1}}, false, {}};
    EXPECT_EQ(*show_dial_peer_groups(config, 200),
              "Voice class dpg: 200  AdminStatus: Up\n"
              "Description: south\n"
              "Total dial-peer entries: 1\n"
              "Peer Tag   Pref\n"
              "--------   ----\n"
              "1201       1\n");
    EXPECT_FALSE(show_dial_peer_groups(config, 1).has_value());
}

TEST(ShowServerGroups, ListsServersStopsAndTheLastServer) {
    config::Config config;
    auto& group = config.server_groups[1];
    group.tag = 1;
    group.round_robin = true;
    group.servers = {{IpAddress::v4(192, 0, 2, 1), 5070, 2}};
    group.huntstops = {{2, 500, 502}};
    UsageMap usage;
    usage.mark_server(1, 0);
    EXPECT_EQ(*show_server_groups(config, 1, &usage),
              "Voice class server-group: 1\n"
              "AdminStatus: Up  OperStatus: Up\n"
              "Hunt-Scheme: round-robin  Last returned server: 192.0.2.1\n"
              "Description: \n"
              "Tag ID  From Response code  To Response code\n"
              "------  ------------------  ----------------\n"
              "2       500                 502\n"
              "Total server entries: 1\n"
              "Pref  Type  IP Address                                IP Port\n"
              "----  ----  ----------                                -------\n"
              "2     ipv4  192.0.2.1                                 5070\n");
}

TEST(ShowProvisionPolicies, ListsTheLines) {
    config::Config config;
    config.provision_policies[101].lines = {
        {1, config::PolicyAttribute::called, config::PolicyAttribute::calling},
        {2, config::PolicyAttribute::referred_by, {}}};
    EXPECT_EQ(*show_provision_policies(config, 101),
              "Voice class dial-peer provision-policy: 101   AdminStatus: Up\n"
              "Description: \n"
              "Pref Policy Rule\n"
              "---- -----------\n"
              "1    called calling\n"
              "2    referred-by\n");
}

TEST(ShowUriClasses, ShowsThePartsThatAreThere) {
    config::Config config;
    auto& source = config.uri_classes["100"];
    source.tag = "100";
    source.pattern = "12345";
    EXPECT_EQ(*show_uri_classes(config, "100"),
              "Voice URI class: 100\n SNMP status = Active\n Schema = sip\n pattern = 12345\n");
    EXPECT_FALSE(show_uri_classes(config, "none").has_value());
}

TEST(ShowPatternMaps, SaysWhetherTheMapIsValid) {
    auto config = std::make_shared<config::Config>();
    config->pattern_maps[1].tag = 1;
    config->pattern_maps[1].entries = {"703T"};
    config->pattern_maps[2].tag = 2;
    config->pattern_maps[2].url = "flash:a";
    const auto plan = DialPlan::compile(config);
    ASSERT_TRUE(plan.has_value());
    EXPECT_EQ(*show_pattern_maps(**plan, 1),
              "e164-pattern-map 1\n"
              "-----------------------------------\n"
              "    Description: \n"
              "    It has 1 entries\n"
              "    It is not populated from a file.\n"
              "    Map is valid.\n"
              "    E164 pattern\n"
              "    -----------------------------------\n"
              "    703T\n");
    EXPECT_NE(
        show_pattern_maps(**plan, 2)->find("Map is invalid.\n    Loading failed on url flash:a"),
        std::string::npos);
    EXPECT_EQ(show_pattern_map_summary(**plan),
              "Map    Entries  Status   Url\n"
              "-----  -------  -------  ---\n"
              "1      1        valid\n"
              "2      0        invalid  flash:a\n");
}

}  // namespace
}  // namespace weir::dialplan
