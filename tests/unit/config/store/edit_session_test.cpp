// SPDX-License-Identifier: Apache-2.0
// Configuration mode as an operator lives in it.
#include "config/store/edit_session.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "config/language/language.hpp"
#include "tests/support/fake_clock.hpp"

namespace weir::config {
namespace {

using testing::HasSubstr;
using Mode = EditSession::Mode;

class EditSessionTest : public testing::Test {
protected:
    EditSessionTest() {
        char name[] = "/tmp/weir-edit-XXXXXX";
        directory_ = ::mkdtemp(name);
        std::ofstream(directory_ + "/node.cfg") << "hostname gw1\nend\n";
        const auto read = language::read_file(directory_ + "/node.cfg");
        store_ = std::make_unique<Store>(
            StoreSettings{directory_ + "/node.cfg", "", ""}, read.config,
            [this](const ConfigPtr& config) { return prepare(*config); }, clock_);
        EXPECT_TRUE(store_->open());
        ann_ = std::make_unique<EditSession>(*store_, "session 1", "ann");
        bob_ = std::make_unique<EditSession>(*store_, "session 2", "bob");
    }
    ~EditSessionTest() override {
        ann_.reset();
        bob_.reset();
        std::filesystem::remove_all(directory_);
    }

    // Peers without a number are refused where the test says so.
    Result<Prepared> prepare(const Config& config) const {
        if (!complain_.empty()) return fail(ErrorCode::invalid, complain_);
        for (const auto& [tag, peer] : config.dial_peers)
            if (refuse_incomplete_ && peer.destination_pattern.empty())
                return fail(ErrorCode::invalid, "% a dial-peer has no destination-pattern\n");
        return Prepared{{}, [](CommitId) {}};
    }

    static void type(EditSession& session, const std::vector<std::string>& lines) {
        for (const std::string& line : lines) {
            const auto answer = session.line(line);
            EXPECT_TRUE(answer.ok) << line << ": " << answer.text;
        }
    }
    const DialPeer* peer(std::uint32_t tag) const {
        return store_->running()->find_peer(DialPeerTag{tag});
    }

    bool refuse_incomplete_ = false;
    std::string complain_;
    std::string directory_;
    tests::FakeClock clock_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<EditSession> ann_;
    std::unique_ptr<EditSession> bob_;
};

TEST_F(EditSessionTest, ARevertTimerBringsTheConfigurationBefore) {
    ASSERT_TRUE(ann_->begin_terminal(std::chrono::minutes(5)).ok);
    type(*ann_, {"hostname gw2", "hostname gw3"});
    EXPECT_FALSE(bob_->begin_terminal().ok);
    EXPECT_FALSE(ann_->write_startup().ok);
    clock_.advance(std::chrono::minutes(4));
    EXPECT_FALSE(store_->on_time());
    clock_.advance(std::chrono::minutes(1));
    const auto said = store_->on_time();
    ASSERT_TRUE(said);
    EXPECT_THAT(*said, HasSubstr("the revert timer of ann ran out"));
    EXPECT_EQ(store_->running()->hostname, "gw1");
    EXPECT_FALSE(store_->waiting());
}

TEST_F(EditSessionTest, AConfirmedRevertTimerKeepsTheLines) {
    ASSERT_TRUE(ann_->begin_terminal(std::chrono::minutes(5)).ok);
    type(*ann_, {"hostname gw2"});
    EXPECT_TRUE(ann_->commit({}).ok);  // configure confirm
    clock_.advance(std::chrono::minutes(6));
    EXPECT_FALSE(store_->on_time());
    EXPECT_EQ(store_->running()->hostname, "gw2");
}

TEST_F(EditSessionTest, RevertNowGoesBackAtOnce) {
    ASSERT_TRUE(ann_->begin_terminal(std::chrono::minutes(5)).ok);
    type(*ann_, {"hostname gw2"});
    EXPECT_TRUE(ann_->revert_now().ok);
    EXPECT_EQ(store_->running()->hostname, "gw1");
    EXPECT_FALSE(ann_->revert_now().ok);
    // Without a change there is nothing to go back over.
    ASSERT_TRUE(ann_->revert_timer(std::chrono::minutes(1)).ok);
    clock_.advance(std::chrono::minutes(2));
    EXPECT_THAT(store_->on_time().value_or(""), HasSubstr("nothing had been changed"));
    EXPECT_FALSE(store_->waiting());
}

TEST_F(EditSessionTest, ARefusedCommitIsMarkedAsARefusal) {
    ASSERT_TRUE(ann_->begin_candidate().ok);
    type(*ann_, {"hostname gw2"});
    complain_ = "node.cfg:3: error: no such realm\n";
    EXPECT_EQ(ann_->commit({}).text, "% node.cfg:3: error: no such realm\n");
}

TEST_F(EditSessionTest, TheArchiveListsWhatRollbackGoesBackTo) {
    ASSERT_TRUE(ann_->begin_terminal().ok);
    type(*ann_, {"hostname gw2"});
    const std::string archive = ann_->archive();
    EXPECT_THAT(archive, HasSubstr("There are currently 2 archive configurations saved."));
    EXPECT_THAT(archive, HasSubstr("   2        2.cfg  "));
    EXPECT_THAT(ann_->startup_differences().text, HasSubstr("+hostname gw2"));
    EXPECT_THAT(ann_->startup_differences(true).text, HasSubstr("-hostname gw2"));
}

TEST_F(EditSessionTest, ALineOfTheTerminalCountsAtOnce) {
    ASSERT_TRUE(ann_->begin_terminal().ok);
    type(*ann_, {"dial-peer voice 20 voip"});
    ASSERT_NE(peer(20), nullptr);
    EXPECT_EQ(language::prompt_of(ann_->place()), "config-dial-peer");
    type(*ann_, {"preference 2"});
    EXPECT_EQ(peer(20)->preference, 2);
    type(*ann_, {"no preference", "exit"});
    EXPECT_EQ(peer(20)->preference, 0);
    EXPECT_EQ(language::prompt_of(ann_->place()), "config");
    type(*ann_, {"no dial-peer voice 20", "end"});
    EXPECT_EQ(peer(20), nullptr);
    EXPECT_EQ(ann_->mode(), Mode::none);
}

TEST_F(EditSessionTest, ALineOfTheModeAroundLeavesTheMode) {
    ASSERT_TRUE(ann_->begin_terminal().ok);
    type(*ann_, {"dial-peer voice 20 voip", "hostname gw9"});
    EXPECT_EQ(language::prompt_of(ann_->place()), "config");
    EXPECT_EQ(store_->running()->hostname, "gw9");
}

TEST_F(EditSessionTest, AWrongLineShowsACaretAndChangesNothing) {
    ASSERT_TRUE(ann_->begin_terminal().ok);
    type(*ann_, {"dial-peer voice 20 voip"});
    const CommitId before = store_->running_id();
    const auto answer = ann_->line("prefrence 2");
    EXPECT_FALSE(answer.ok);
    EXPECT_THAT(answer.text, HasSubstr("prefrence 2\n^\n% Invalid input detected at '^' marker."));
    EXPECT_THAT(answer.text, HasSubstr("did you mean \"preference\"?"));
    EXPECT_EQ(store_->running_id(), before);
    EXPECT_EQ(language::prompt_of(ann_->place()), "config-dial-peer");
}

TEST_F(EditSessionTest, ADanglingReferenceIsRefusedAndTheModeStays) {
    ASSERT_TRUE(ann_->begin_terminal().ok);
    type(*ann_, {"dial-peer voice 20 voip"});
    const auto answer = ann_->line("voice-class codec 77");
    EXPECT_FALSE(answer.ok);
    EXPECT_THAT(answer.text, HasSubstr("voice class codec 77 does not exist"));
    EXPECT_FALSE(peer(20)->codec_class);
    type(*ann_, {"preference 3"});
    EXPECT_EQ(peer(20)->preference, 3);
}

TEST_F(EditSessionTest, AnIncompleteBlockCountsWhenItIsComplete) {
    refuse_incomplete_ = true;
    ASSERT_TRUE(ann_->begin_terminal().ok);
    type(*ann_, {"dial-peer voice 20 voip", "preference 2"});
    EXPECT_EQ(peer(20), nullptr);
    type(*ann_, {"destination-pattern 2..."});
    ASSERT_NE(peer(20), nullptr);
    EXPECT_EQ(peer(20)->preference, 2);
}

TEST_F(EditSessionTest, ABlockThatIsLeftIncompleteIsNotCarriedOut) {
    refuse_incomplete_ = true;
    for (const char* leaving : {"exit", "end", "hostname gw2", "dial-peer voice 30 voip"}) {
        ASSERT_TRUE(ann_->begin_terminal().ok);
        type(*ann_, {"dial-peer voice 20 voip", "preference 2"});
        const auto answer = ann_->line(leaving);
        EXPECT_FALSE(answer.ok) << leaving;
        EXPECT_THAT(answer.text, HasSubstr("a dial-peer has no destination-pattern")) << leaving;
        EXPECT_TRUE(store_->running()->dial_peers.empty());
        EXPECT_EQ(store_->running()->hostname, "gw1");
        (void)ann_->leave();
    }
}

TEST_F(EditSessionTest, TheLinesOfOneTerminalAreOneEntryOfTheHistory) {
    ASSERT_TRUE(ann_->begin_terminal().ok);
    type(*ann_, {"hostname a", "hostname b", "hostname c", "end"});
    ASSERT_EQ(store_->history().size(), 2U);
    EXPECT_TRUE(ann_->roll_back(1).ok);
    EXPECT_EQ(store_->running()->hostname, "gw1");
    EXPECT_THAT(ann_->history(), HasSubstr("2-4"));
}

TEST_F(EditSessionTest, TwoTerminalsEditTheSameConfiguration) {
    ASSERT_TRUE(ann_->begin_terminal().ok);
    ASSERT_TRUE(bob_->begin_terminal().ok);
    type(*ann_, {"dial-peer voice 20 voip"});
    type(*bob_, {"no dial-peer voice 20", "hostname bobs"});
    type(*ann_, {"preference 4"});  // the peer is made anew, as if its head had been typed
    ASSERT_NE(peer(20), nullptr);
    EXPECT_EQ(peer(20)->preference, 4);
    EXPECT_EQ(store_->running()->hostname, "bobs");
}

TEST_F(EditSessionTest, ACandidateIsCollectedUntilCommit) {
    ASSERT_TRUE(ann_->begin_candidate().ok);
    type(*ann_, {"hostname gw2", "dial-peer voice 20 voip", "preference 2"});
    EXPECT_EQ(store_->running()->hostname, "gw1");
    EXPECT_EQ(store_->candidate()->hostname, "gw2");
    EXPECT_EQ(ann_->differences().text,
              "!Contextual Config Diffs:\n-hostname gw1\n+hostname gw2\n"
              "+dial-peer voice 20 voip\n +preference 2\n");
    const auto done = ann_->commit({"for the new site", {}});
    EXPECT_TRUE(done.ok) << done.text;
    EXPECT_EQ(store_->running()->hostname, "gw2");
    EXPECT_THAT(ann_->history(), HasSubstr("for the new site"));
    EXPECT_EQ(ann_->mode(), Mode::candidate);  // further lines, another commit
}

TEST_F(EditSessionTest, ACandidateThatIsWrongStaysToBeMended) {
    ASSERT_TRUE(ann_->begin_candidate().ok);
    type(*ann_, {"dial-peer voice 20 voip", "voice-class codec 77"});
    const auto refused = ann_->commit({});
    EXPECT_FALSE(refused.ok);
    EXPECT_THAT(refused.text, HasSubstr("voice class codec 77 does not exist"));
    EXPECT_EQ(peer(20), nullptr);
    type(*ann_, {"no voice-class codec"});
    EXPECT_TRUE(ann_->commit({}).ok);
    EXPECT_NE(peer(20), nullptr);
}

TEST_F(EditSessionTest, WhileOneHasTheCandidateOthersOnlyLook) {
    ASSERT_TRUE(bob_->begin_terminal().ok);
    ASSERT_TRUE(ann_->begin_candidate().ok);
    const auto line = bob_->line("hostname bobs");
    EXPECT_FALSE(line.ok);
    EXPECT_THAT(line.text, HasSubstr("locked exclusively by ann"));
    EXPECT_FALSE(bob_->roll_back(1).ok);
    EXPECT_FALSE(bob_->replace("/tmp/none").ok);
    ann_.reset();  // her connection is gone, and with it candidate and lock
    EXPECT_TRUE(bob_->line("hostname bobs").ok);
}

TEST_F(EditSessionTest, AnUncommittedCandidateIsNotLeftByAccident) {
    ASSERT_TRUE(ann_->begin_candidate().ok);
    type(*ann_, {"hostname gw2"});
    EXPECT_FALSE(ann_->line("end").ok);
    EXPECT_EQ(ann_->mode(), Mode::candidate);
    EXPECT_TRUE(ann_->abort().ok);
    EXPECT_EQ(ann_->mode(), Mode::none);
    EXPECT_EQ(store_->running()->hostname, "gw1");
}

TEST_F(EditSessionTest, AConfirmedCommitIsConfirmedByAnybody) {
    ASSERT_TRUE(ann_->begin_candidate().ok);
    type(*ann_, {"hostname gw2"});
    EXPECT_TRUE(ann_->commit({"", std::chrono::minutes(2)}).ok);
    EXPECT_EQ(store_->running()->hostname, "gw2");
    EXPECT_FALSE(bob_->begin_terminal().ok);
    EXPECT_TRUE(bob_->commit({}).ok);
    clock_.advance(std::chrono::minutes(3));
    EXPECT_FALSE(store_->on_time());
    EXPECT_TRUE(bob_->begin_terminal().ok);
}

}  // namespace
}  // namespace weir::config
