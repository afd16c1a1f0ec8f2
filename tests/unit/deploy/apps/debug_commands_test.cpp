// SPDX-License-Identifier: Apache-2.0
// The words of debug and what show debugging says of them.
#include "deploy/apps/debug_commands.hpp"

#include <gtest/gtest.h>

#include "config/admin/command_table.hpp"

namespace weir::apps {
namespace {

class SessionDebugsTest : public testing::Test {
protected:
    SessionDebugsTest() {
        std::vector<config::OperatorCommand> list;
        debugs_.add(list);
        for (auto& command : list)
            table_.add(std::move(command));
    }
    std::string run(const std::string& line) {
        const auto match = table_.find(line);
        if (!match) return match.error().context;
        std::string text;
        match->command->handler(match->arguments,
                                [&](config::Answer answer) { text = answer.take(); });
        return text;
    }

    std::vector<std::string> switched_;
    DebugSwitch switch_ = [this](std::uint64_t session, const std::string& what, bool on,
                                 const config::Emit&) -> config::Answer {
        switched_.push_back(std::to_string(session) + (on ? " +" : " -") + what);
        return {what.find("wrong") == std::string::npos, "% no\n"};
    };
    SessionDebugs debugs_{switch_, 7, [](const std::string&) {}};
    config::CommandTable table_;
};

TEST_F(SessionDebugsTest, FiltersGoAlongAndTheNewestCounts) {
    EXPECT_EQ(run("deb ccsip mess num 4930"), "ccsip messages number 4930 debugging is on\n");
    run("debug ccsip messages peer 7");
    run("debug voip dialpeer inout");
    EXPECT_EQ(run("show debugging"),
              "ccsip messages peer 7 debugging is on\nvoip dialpeer inout debugging is on\n");
    EXPECT_EQ(switched_,
              (std::vector<std::string>{"7 +ccsip messages number 4930", "7 +ccsip messages peer 7",
                                        "7 +voip dialpeer inout"}));
}

TEST_F(SessionDebugsTest, OffByTopicOrAllTogether) {
    run("debug ccsip messages");
    run("debug ccsip states call 1A");
    EXPECT_EQ(run("no debug ccsip messages"), "ccsip messages debugging is off\n");
    EXPECT_EQ(run("show debugging"), "ccsip states call 1A debugging is on\n");
    EXPECT_EQ(run("undebug all"), "All possible debugging has been turned off\n");
    EXPECT_EQ(run("show debugging"), "No debugging is on in this session\n");
    EXPECT_EQ(switched_.back(), "7 -");
}

TEST_F(SessionDebugsTest, WhatIsRefusedIsNotOn) {
    EXPECT_EQ(run("debug ccsip messages number wrong"), "% no\n");
    EXPECT_EQ(run("show debugging"), "No debugging is on in this session\n");
}

TEST_F(SessionDebugsTest, AWordOfTheRouterSwitchesTheTopicThatShowsTheSame) {
    EXPECT_EQ(run("debug voip ccapi inout"),
              "voip ccapi inout is ccsip events here\nccsip events debugging is on\n");
    EXPECT_EQ(run("show debugging"), "ccsip events debugging is on\n");
    EXPECT_EQ(run("undebug voip ccapi inout"),
              "voip ccapi inout is ccsip events here\nccsip events debugging is off\n");
    EXPECT_EQ(switched_, (std::vector<std::string>{"7 +ccsip events", "7 -ccsip events"}));
}

TEST_F(SessionDebugsTest, ADebugThatIsNotHereSaysWhereToLook) {
    EXPECT_NE(run("debug voice translation").find("test voice translation-rule"),
              std::string::npos);
    EXPECT_NE(run("debug voip recmsp all").find("show recording ledger"), std::string::npos);
    EXPECT_TRUE(switched_.empty());
}

TEST_F(SessionDebugsTest, EveryDebugHasHelp) {
    const std::string help = table_.help("debug ccsip ");
    for (const char* topic : {"all", "events", "messages", "states"})
        EXPECT_NE(help.find(topic), std::string::npos) << help;
    EXPECT_NE(table_.help("debug ccsip messages ").find("number"), std::string::npos);
}

}  // namespace
}  // namespace weir::apps
