// SPDX-License-Identifier: Apache-2.0
// A session: privileges, modes, questions of the shell.
#include "config/admin/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace weir::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A configuration mode that takes every line.
class FakePart final : public SessionPart {
public:
    explicit FakePart(std::vector<std::string>& lines) : lines_(lines) {}
    std::vector<OperatorCommand> commands() override {
        return {{"configure terminal", "Configure",
                 [this](const auto&, const Respond& respond) {
                     mode_ = "config";
                     respond({true, ""});
                 },
                 Access::admin},
                {"commit comment <line>", "Commit",
                 [this](const auto& words, const Respond& respond) {
                     lines_.push_back("commit: " + words.front());
                     respond({true, ""});
                 },
                 Access::admin}};
    }
    std::string hostname() const override { return "gw1"; }
    std::string mode() const override { return mode_; }
    Answer line(std::string_view line) override {
        if (line == "end") mode_.clear();
        lines_.emplace_back(line);
        return {true, ""};
    }
    bool may_be_line(std::string_view line) const override { return line == "sh"; }
    std::string help(std::string_view) const override { return "  preference  Order\n"; }
    std::vector<std::string> complete(std::string_view) const override { return {"preference"}; }

private:
    std::vector<std::string>& lines_;
    std::string mode_;
};

class ExecSessionTest : public testing::Test {
protected:
    ExecSessionTest() {
        table_.add({"show version", "Version", [](const auto&, const Respond& respond) {
                        respond({true, "Weir\n"});
                    }});
        table_.add({"show calls", "Calls",
                    [](const auto&, const Respond& respond) {
                        respond({true, "none\n"});
                    },
                    Access::all,
                    [](const auto&, const Respond& respond) {
                        respond({true, "[]\n"});
                    }});
        table_.add({"clear calls", "Clear",
                    [](const auto&, const Respond& respond) {
                        respond({true, "cleared\n"});
                    },
                    Access::admin});
        begin(Privilege::admin);
    }
    void begin(Privilege privilege) {
        session_ = std::make_unique<ExecSession>(table_, OperatorPeer{1000, "ann", privilege, 1},
                                                 std::make_unique<FakePart>(lines_));
    }
    Answer run(const std::string& line) {
        Answer given{false, "no answer"};
        session_->run(line, [&](Answer answer) { given = std::move(answer); });
        return given;
    }

    CommandTable table_;
    std::vector<std::string> lines_;
    std::unique_ptr<ExecSession> session_;
};

TEST_F(ExecSessionTest, WhoMayOnlyLookIsRefusedWithTheReason) {
    begin(Privilege::read_only);
    EXPECT_EQ(session_->prompt(), "gw1>");
    EXPECT_TRUE(run("show version").ok);
    const Answer refused = run("clear calls");
    EXPECT_FALSE(refused.ok);
    EXPECT_THAT(refused.text, HasSubstr("needs an administrator"));
    EXPECT_FALSE(run("enable").ok);
    EXPECT_FALSE(run("configure terminal").ok);
}

TEST_F(ExecSessionTest, AnAdministratorMayStepDownAndUp) {
    EXPECT_EQ(session_->prompt(), "gw1#");
    EXPECT_TRUE(run("disable").ok);
    EXPECT_EQ(session_->prompt(), "gw1>");
    EXPECT_FALSE(run("clear calls").ok);
    EXPECT_TRUE(run("en").ok);
    EXPECT_TRUE(run("clear calls").ok);
}

TEST_F(ExecSessionTest, LinesOfConfigurationGoToThePart) {
    EXPECT_TRUE(run("conf t").ok);
    EXPECT_EQ(session_->prompt(), "gw1(config)#");
    EXPECT_TRUE(run("sh").ok);  // an abbreviation is the configuration's, not show
    EXPECT_EQ(run("do show version").text, "Weir\n");
    EXPECT_EQ(run("show version").text, "Weir\n");
    EXPECT_TRUE(run("commit comment two  words").ok);
    EXPECT_TRUE(run("end").ok);
    EXPECT_EQ(session_->prompt(), "gw1#");
    EXPECT_THAT(lines_, ElementsAre("sh", "commit: two  words", "end"));
}

TEST_F(ExecSessionTest, AnAbbreviationThatIsNoConfigurationIsAnExecCommand) {
    ASSERT_TRUE(run("conf t").ok);
    EXPECT_EQ(run("sh ver").text, "Weir\n");
    EXPECT_EQ(run("do sh ver").text, "Weir\n");
    EXPECT_TRUE(run("comm comment short").ok);
    EXPECT_TRUE(run("sh").ok);  // shutdown
    EXPECT_THAT(lines_, ElementsAre("commit: short", "sh"));
}

TEST_F(ExecSessionTest, WhoSteppedDownIsToldToTypeEnable) {
    ASSERT_TRUE(run("disable").ok);
    EXPECT_THAT(run("configure terminal").text, HasSubstr("type enable"));
    EXPECT_THAT(run("clear calls").text, HasSubstr("type enable"));
}

TEST_F(ExecSessionTest, JsonStandsBehindTheBarToo) {
    EXPECT_EQ(run("show calls | json").text, "[]\n");
    EXPECT_EQ(run("show calls | j").text, "[]\n");
    EXPECT_EQ(run("show version | json").text, "{\"text\":\"Weir\\n\"}\n");
    ASSERT_TRUE(run("configure terminal").ok);
    EXPECT_EQ(run("do show calls | json").text, "[]\n");
    EXPECT_THAT(run("@complete show calls | js").text, HasSubstr("json"));
}

TEST_F(ExecSessionTest, ALargeTextIsPrintedWhereItIsTakenAndFilteredThere) {
    int printed = 0;
    table_.add({"show table", "Table", [&printed](const auto&, const Respond& respond) {
                    respond({true, "", [&printed] {
                                 ++printed;
                                 return std::string("one\ntwo\n");
                             }});
                }});
    begin(Privilege::admin);
    Answer filtered;
    session_->run("show table | include two", [&](Answer answer) { filtered = std::move(answer); });
    EXPECT_EQ(printed, 0);
    EXPECT_EQ(filtered.take(), "two\n");
    EXPECT_EQ(printed, 1);
}

TEST_F(ExecSessionTest, BehindTheBarStandFilters) {
    EXPECT_THAT(run("show version | ?").text, HasSubstr("section"));
    EXPECT_THAT(run("@help show version | in").text, HasSubstr("include"));
    EXPECT_THAT(run("@help show version | in").text, Not(HasSubstr("begin")));
    EXPECT_THAT(run("@help show version | include ").text, HasSubstr("Regular expression"));
    EXPECT_EQ(run("@complete show version | se").text, "section\n");
    ASSERT_TRUE(run("configure terminal").ok);
    EXPECT_EQ(run("@complete show version | se").text, "section\n");
    EXPECT_EQ(run("@complete description a | se").text, "preference\n");
}

TEST_F(ExecSessionTest, HistoryKeepsTheLastLinesAndNoSecrets) {
    for (int line = 0; line < 30; ++line)
        (void)run("show nothing " + std::to_string(line));
    (void)run("username ann password 0 xyzzy");
    const std::string text = run("show history").text;
    EXPECT_THAT(text, HasSubstr("  show nothing 29\n"));
    EXPECT_THAT(text, Not(HasSubstr("show nothing 9\n")));
    EXPECT_THAT(text, Not(HasSubstr("xyzzy")));
}

TEST_F(ExecSessionTest, UsersAndClock) {
    tests::FakeClock clock;
    SessionBook book(clock);
    session_ = std::make_unique<ExecSession>(table_, OperatorPeer{1, "ann", Privilege::admin, 7},
                                             nullptr, &book);
    const ExecSession other(table_, {2, "bob", Privilege::read_only, 8}, nullptr, &book);
    const std::string users = run("show users").text;
    EXPECT_THAT(users, HasSubstr("*   7        ann"));
    EXPECT_THAT(users, HasSubstr("bob              read-only"));
    EXPECT_THAT(run("@json show users").text, HasSubstr(R"("user":"bob","role":"read-only")"));
    EXPECT_THAT(run("show clock").text, HasSubstr(" UTC "));
    session_.reset();
    EXPECT_EQ(book.rows().size(), 1U);
}

TEST(ShowClock, IsAsOnTheRouter) {
    EXPECT_EQ(show_clock(WallTime{1'424'044'643'929'000'000}),
              "23:57:23.929 UTC Sun Feb 15 2015\n");
}

TEST_F(ExecSessionTest, EveryCommandHasJson) {
    EXPECT_EQ(run("@json show calls").text, "[]\n");
    EXPECT_EQ(run("@json show version").text, "{\"text\":\"Weir\\n\"}\n");
    EXPECT_FALSE(run("@json show nothing").ok);
    EXPECT_FALSE(run("@json show version | include x").ok);
    ASSERT_TRUE(run("configure terminal").ok);
    EXPECT_TRUE(run("@json preference 2").ok);  // a line of configuration has none
    EXPECT_THAT(lines_, ElementsAre("preference 2"));
}

TEST_F(ExecSessionTest, TheShellAsksForPromptHelpAndCompletion) {
    EXPECT_EQ(run("@state").text, "gw1#\n-\n");
    EXPECT_TRUE(run("terminal length 0").ok);
    EXPECT_EQ(run("@state").text, "gw1#\n0\n");
    EXPECT_FALSE(run("terminal length 5000").ok);
    EXPECT_EQ(run("@complete show v").text, "version\n");
    EXPECT_THAT(run("@help show ").text, HasSubstr("version"));
    EXPECT_THAT(run("show ?").text, HasSubstr("calls"));
    ASSERT_TRUE(run("configure terminal").ok);
    EXPECT_EQ(run("@complete pre").text, "preference\n");
    EXPECT_THAT(run("@help ").text, HasSubstr("preference"));
    EXPECT_EQ(run("@complete do show v").text, "version\n");
    EXPECT_FALSE(run("@nonsense").ok);
}

TEST_F(ExecSessionTest, ExitEndsTheSession) {
    EXPECT_FALSE(session_->is_over());
    EXPECT_TRUE(run("exit").ok);
    EXPECT_TRUE(session_->is_over());
}

}  // namespace
}  // namespace weir::config
