// SPDX-License-Identifier: Apache-2.0
// `show dialplan ...` and `explain ...`: on the plan in use, on the candidate, as JSON.
#include "deploy/apps/dialplan_commands.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/language/language.hpp"

namespace weir::apps {
namespace {

using config::Answer;
using testing::HasSubstr;
using testing::Not;

PlanPtr plan_of(const std::string& target) {
    const auto read = config::language::read_text(
        "voice service voip\n no ip address trusted authenticate\n allow-connections sip to sip\n"
        " mode border-element\n!\nvoice class uri 7 sip\n host ipv4:192.0.2.7\n!\n"
        "dial-peer voice 1 voip\n session protocol sipv2\n incoming uri via 7\n!\n"
        "dial-peer voice 2 voip\n session protocol sipv2\n answer-address 5\n!\n"
        "dial-peer voice 200 voip\n destination-pattern 2...\n session protocol sipv2\n"
        " session target ipv4:" +
            target + "\n!\nend\n",
        "test");
    EXPECT_NE(read.config, nullptr);
    return *dialplan::DialPlan::compile(read.config);
}

class DialplanCommandsTest : public testing::Test {
protected:
    DialplanCommandsTest() {
        add_dialplan_commands(table, {[this] { return running; },
                                      [this]() -> Result<PlanPtr> {
                                          if (candidate) return candidate;
                                          return fail(ErrorCode::not_found, "% none\n");
                                      }});
    }
    Answer run(const std::string& line, bool json = false) {
        const auto match = table.find(line);
        if (!match) return {false, match.error().context};
        Answer given{false, "no answer"};
        const auto& handler = json ? match->command->json : match->command->handler;
        handler(match->arguments, [&](Answer answer) { given = std::move(answer); });
        return given;
    }
    boost::json::value json(const std::string& line) {
        return boost::json::parse(run(line, true).text);
    }

    PlanPtr running = plan_of("192.0.2.2");
    PlanPtr candidate;
    config::CommandTable table;
};

TEST_F(DialplanCommandsTest, TheWordCandidateAsksTheCandidate) {
    candidate = plan_of("192.0.2.99");
    for (const char* command : {"show dialplan number 2001", "explain called 2001",
                                "show dialplan dialpeer 200 number 2001"}) {
        const std::string words = command;
        EXPECT_THAT(run(words).text, Not(HasSubstr("192.0.2.99"))) << words;
        EXPECT_THAT(run(words + " candidate").text, HasSubstr("192.0.2.99")) << words;
        EXPECT_THAT(run(words + " candidate", true).text, HasSubstr("192.0.2.99")) << words;
    }
}

TEST_F(DialplanCommandsTest, WithoutACandidateTheWordIsRefused) {
    const Answer answer = run("explain called 2001 candidate");
    EXPECT_FALSE(answer.ok);
    EXPECT_EQ(answer.text, "% none\n");
}

TEST_F(DialplanCommandsTest, AnInboundUriMayComeWithACallingNumber) {
    EXPECT_THAT(run("show dialplan incall uri sip:1@192.0.2.7 number 55").text,
                HasSubstr("by incoming uri via"));
    EXPECT_THAT(run("show dialplan incall uri sip:1@192.0.2.8 number 55").text,
                HasSubstr("by answer-address"));
    EXPECT_THAT(run("show dialplan incall uri sip:1@192.0.2.8").text, HasSubstr("% No match"));
}

TEST_F(DialplanCommandsTest, JsonNamesTheCandidatesInHuntingOrder) {
    const auto shown = json("show dialplan number 2001");
    EXPECT_EQ(shown.at("expanded").as_string(), "2001");
    const auto& first = shown.at("candidates").as_array().at(0);
    EXPECT_EQ(first.at("tag").to_number<int>(), 200);
    EXPECT_EQ(first.at("matched").as_string(), "2001");
    EXPECT_EQ(first.at("length").to_number<int>(), 1);
    EXPECT_EQ(first.at("target").as_string(), "ipv4:192.0.2.2");
}

TEST_F(DialplanCommandsTest, JsonNamesTheInboundPeer) {
    const auto shown = json("show dialplan incall number 55");
    EXPECT_EQ(shown.at("inbound").at("tag").to_number<int>(), 2);
    EXPECT_EQ(shown.at("inbound").at("criterion").as_string(), "answer-address");
}

TEST_F(DialplanCommandsTest, AnUnknownWordIsNamed) {
    const Answer answer = run("show dialplan number 2001 nonsense");
    EXPECT_FALSE(answer.ok);
    EXPECT_THAT(answer.text, HasSubstr("\"nonsense\""));
    EXPECT_FALSE(run("show dialplan dialpeer 999 number 1").ok);
}

}  // namespace
}  // namespace weir::apps
