// SPDX-License-Identifier: Apache-2.0
// Parts of the configuration as the operator asks for them.
#include "deploy/apps/config_commands.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/language/language.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using testing::HasSubstr;
using testing::Not;

class ConfigCommandsTest : public testing::Test {
protected:
    ConfigCommandsTest() {
        const auto read = config::language::read_text(
            "voice service voip\n ip address trusted list\n  ipv4 192.0.2.0 255.255.255.0\n!\n"
            "voice class codec 1\n codec preference 1 g711ulaw\n!\n"
            "voice class codec 12\n codec preference 1 g729r8\n!\n"
            "interface GigabitEthernet0/0/0\n ip address 192.0.2.1 255.255.255.0\n!\n"
            "interface GigabitEthernet0/0/1\n ip address 198.51.100.1 255.255.255.0\n!\n"
            "dial-peer voice 10 voip\n destination-pattern 1...\n session protocol sipv2\n"
            " session target ipv4:192.0.2.9\n!\nend\n",
            "test");
        EXPECT_NE(read.config, nullptr);
        plan_ = *dialplan::DialPlan::compile(read.config);
        add_config_commands(
            table_, {[this] { return plan_; },
                     []() -> Result<PlanPtr> { return fail(ErrorCode::not_found, "% none\n"); }});
    }
    Answer run(const std::string& line, bool json = false) {
        const auto match = table_.find(line);
        if (!match) return {false, match.error().context};
        Answer given{false, "no answer"};
        const auto& handler = json ? match->command->json : match->command->handler;
        handler(match->arguments, [&](Answer answer) { given = std::move(answer); });
        return given;
    }

    PlanPtr plan_;
    config::CommandTable table_;
};

TEST_F(ConfigCommandsTest, AnInterfaceIsShownByAnyOfItsNames) {
    for (const char* name : {"GigabitEthernet0/0/1", "gi0/0/1", "gig 0/0/1"}) {
        const Answer answer = run(std::string("show run interface ") + name);
        EXPECT_EQ(answer.text,
                  "Building configuration...\n\ninterface GigabitEthernet0/0/1\n"
                  " ip address 198.51.100.1 255.255.255.0\n!\n")
            << name;
    }
    EXPECT_EQ(run("show run interface gi0/0/9").text,
              "% There is no interface GigabitEthernet0/0/9\n");
}

TEST_F(ConfigCommandsTest, AClassIsShownByItsTag) {
    EXPECT_THAT(run("show voice class codec 1").text, HasSubstr("g711ulaw"));
    EXPECT_THAT(run("show voice class codec 1").text, Not(HasSubstr("g729r8")));
    EXPECT_THAT(run("show voice class codec").text, HasSubstr("voice class codec 12"));
    EXPECT_EQ(run("show voice class tenant 3").text, "% voice class tenant 3 does not exist\n");
}

TEST_F(ConfigCommandsTest, TheTrustedListNamesTargetsAndPrefixes) {
    const std::string text = run("show ip address trusted list").text;
    EXPECT_THAT(text, HasSubstr(" Administration State: UP\n"));
    EXPECT_THAT(text, HasSubstr("10              UP              ipv4:192.0.2.9\n"));
    EXPECT_THAT(text, HasSubstr(" ipv4 192.0.2.0/24\n"));
    const auto json = boost::json::parse(run("show ip address trusted list", true).text);
    EXPECT_EQ(json.at("list").as_array().at(0).as_string(), "192.0.2.0/24");
    EXPECT_EQ(json.at("session_targets").as_array().at(0).at("tag").to_number<int>(), 10);
}

}  // namespace
}  // namespace weir::apps
