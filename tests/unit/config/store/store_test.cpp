// SPDX-License-Identifier: Apache-2.0
// The store: all or nothing, back again, and what survives.
#include "config/store/store.hpp"

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
using testing::Not;

constexpr const char* kStart =
    "hostname gw1\n"
    "!\n"
    "dial-peer voice 10 voip\n"
    " destination-pattern 1...\n"
    " session protocol sipv2\n"
    " session target ipv4:192.0.2.1\n"
    "!\n"
    "end\n";

class StoreTest : public testing::Test {
protected:
    StoreTest() {
        char name[] = "/tmp/weir-store-XXXXXX";
        directory_ = ::mkdtemp(name);
        startup_ = directory_ + "/node.cfg";
        std::ofstream(startup_) << kStart;
        make();
    }
    ~StoreTest() override { std::filesystem::remove_all(directory_); }

    void make(const std::string& running = kStart) {
        const auto read = language::read_text(running, "start");
        store_.reset();
        store_ = std::make_unique<Store>(
            StoreSettings{startup_, directory_ + "/history", directory_ + "/running.cfg",
                          [](const std::string& file) { return read_bounded(file, 1000); }},
            read.config,
            [this](const ConfigPtr& config) -> Result<Prepared> {
                if (refuse_) return fail(ErrorCode::invalid, "node.cfg:3: error: no such realm\n");
                return Prepared{{}, [this, config](CommitId id) {
                                    applied_ = config;
                                    applied_id_ = id;
                                }};
            },
            clock_);
        ASSERT_TRUE(store_->open());
    }

    Config renamed(const std::string& name) const {
        Config config = *store_->running();
        config.hostname = name;
        return config;
    }
    std::string file(const std::string& name) const {
        std::ifstream in(directory_ + "/" + name);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    std::string directory_;
    std::string startup_;
    tests::FakeClock clock_;
    bool refuse_ = false;
    ConfigPtr applied_;
    CommitId applied_id_ = 0;
    std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, TheConfigurationOfTheStartIsCommitOne) {
    EXPECT_EQ(store_->running_id(), 1U);
    ASSERT_EQ(store_->history().size(), 1U);
    EXPECT_EQ(store_->history().front().how, "start");
}

TEST_F(StoreTest, ACommitIsApplied) {
    const auto done = store_->commit(renamed("gw2"), {"ann", "candidate", "a new name"});
    ASSERT_TRUE(done) << done.error().context;
    EXPECT_EQ(done->id, 2U);
    EXPECT_EQ(applied_->hostname, "gw2");
    EXPECT_EQ(applied_id_, 2U);
    EXPECT_EQ(store_->history().back().comment, "a new name");
    EXPECT_THAT(file("running.cfg"), HasSubstr("hostname gw2"));
}

TEST_F(StoreTest, ACommitWithoutADifferenceIsNone) {
    const auto done = store_->commit(*store_->running(), {"ann", "candidate"});
    ASSERT_TRUE(done);
    EXPECT_FALSE(done->changed);
    EXPECT_EQ(store_->history().size(), 1U);
}

TEST_F(StoreTest, ACommitThatTheProgramRefusesChangesNothing) {
    refuse_ = true;
    const auto done = store_->commit(renamed("gw2"), {"ann", "candidate"});
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().context, HasSubstr("node.cfg:3: error: no such realm"));
    EXPECT_EQ(store_->running()->hostname, "gw1");
    EXPECT_EQ(applied_, nullptr);
    EXPECT_EQ(store_->history().size(), 1U);
}

TEST_F(StoreTest, ACommitWithADanglingReferenceNamesItsLine) {
    Config config = *store_->running();
    config.dial_peers.at(DialPeerTag{10}).codec_class = 7;
    const auto done = store_->commit(std::move(config), {"ann", "candidate"});
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().context, HasSubstr("voice class codec 7 does not exist"));
    EXPECT_THAT(done.error().context, testing::ContainsRegex("configuration:[0-9]+:"));
    EXPECT_EQ(applied_, nullptr);
}

TEST_F(StoreTest, ACommitSaysWhatItMakesQuestionable) {
    Config config = *store_->running();
    config.media_classes[5].tag = 5;
    config.media_classes[5].recorder_profile = 9;
    const auto done = store_->commit(std::move(config), {"ann", "candidate"});
    ASSERT_TRUE(done) << done.error().context;
    EXPECT_THAT(done->notes,
                testing::Contains(HasSubstr("media profile recorder 9 does not exist")));
    const auto next = store_->commit(renamed("gw2"), {"ann", "candidate"});
    ASSERT_TRUE(next);
    EXPECT_TRUE(next->notes.empty());  // it was said once
}

TEST_F(StoreTest, RollsBackOverSeveralCommits) {
    ASSERT_TRUE(store_->commit(renamed("gw2"), {"ann", "candidate"}));
    ASSERT_TRUE(store_->commit(renamed("gw3"), {"ann", "candidate"}));
    const auto done = store_->roll_back(2, "bob");
    ASSERT_TRUE(done) << done.error().context;
    EXPECT_EQ(applied_->hostname, "gw1");
    EXPECT_EQ(done->id, 4U);
    EXPECT_EQ(store_->history().back().who, "bob");
    EXPECT_FALSE(store_->roll_back(9, "bob"));
}

TEST_F(StoreTest, AConfirmedCommitGoesBackWhenNobodyConfirmsIt) {
    ASSERT_TRUE(
        store_->commit(renamed("gw2"), {"ann", "candidate", "", "", std::chrono::minutes(5)}));
    clock_.advance(std::chrono::minutes(5) - std::chrono::milliseconds(1));
    EXPECT_FALSE(store_->on_time());
    EXPECT_EQ(applied_->hostname, "gw2");
    clock_.advance(std::chrono::milliseconds(1));
    const auto text = store_->on_time();
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, HasSubstr("commit 2 of ann was not confirmed"));
    EXPECT_EQ(applied_->hostname, "gw1");
    EXPECT_EQ(store_->running_id(), 3U);
    EXPECT_FALSE(store_->on_time());
}

TEST_F(StoreTest, AConfirmedCommitStaysWhenItIsConfirmed) {
    ASSERT_TRUE(
        store_->commit(renamed("gw2"), {"ann", "candidate", "", "", std::chrono::minutes(1)}));
    ASSERT_TRUE(store_->confirm());
    clock_.advance(std::chrono::hours(1));
    EXPECT_FALSE(store_->on_time());
    EXPECT_EQ(store_->running()->hostname, "gw2");
    EXPECT_FALSE(store_->confirm());
}

TEST_F(StoreTest, ACrashBeforeTheConfirmationComesUpWithTheOldConfiguration) {
    ASSERT_TRUE(store_->commit(renamed("gw2"), {"ann", "candidate"}));
    ASSERT_TRUE(
        store_->commit(renamed("gw3"), {"ann", "candidate", "", "", std::chrono::minutes(1)}));
    EXPECT_THAT(file("running.cfg"), HasSubstr("hostname gw2"));
    ASSERT_TRUE(store_->confirm());
    EXPECT_THAT(file("running.cfg"), HasSubstr("hostname gw3"));
}

TEST_F(StoreTest, WhileACommitWaitsNobodyChangesAnything) {
    ASSERT_TRUE(
        store_->commit(renamed("gw2"), {"ann", "candidate", "", "", std::chrono::minutes(1)}));
    EXPECT_FALSE(store_->may_change("session 1"));
    EXPECT_FALSE(store_->write_startup());
}

TEST_F(StoreTest, WriteMemoryIsReadAgain) {
    ASSERT_TRUE(store_->commit(renamed("gw2"), {"ann", "candidate"}));
    ASSERT_TRUE(store_->write_startup());
    const auto startup = store_->startup();
    ASSERT_TRUE(startup) << startup.error().context;
    EXPECT_EQ(language::print_running_config(**startup), store_->running_text());
}

TEST_F(StoreTest, NumbersGoOnAfterARestart) {
    ASSERT_TRUE(store_->commit(renamed("gw2"), {"ann", "candidate"}));
    make(store_->running_text());  // weir-sip was started again with what was running
    EXPECT_EQ(store_->running_id(), 2U);
    make();  // the node was started again from its startup file
    EXPECT_EQ(store_->running_id(), 3U);
    ASSERT_TRUE(store_->roll_back(1, "ann"));
    EXPECT_EQ(applied_->hostname, "gw2");
}

TEST_F(StoreTest, ReplaceTakesAWholeFileOrNothing) {
    const std::string path = directory_ + "/other.cfg";
    std::ofstream(path) << "hostname other\nnonsense here\nend\n";
    const auto bad = store_->replace(path, "ann");
    ASSERT_FALSE(bad);
    EXPECT_THAT(bad.error().context, HasSubstr("other.cfg:2:"));
    EXPECT_THAT(bad.error().context, Not(HasSubstr("nonsense here"))) << "the file is shown";
    EXPECT_EQ(applied_, nullptr);
    std::ofstream(path) << "hostname other\nend\n";
    ASSERT_TRUE(store_->replace(path, "ann"));
    EXPECT_EQ(applied_->hostname, "other");
    EXPECT_TRUE(applied_->dial_peers.empty());
}

TEST_F(StoreTest, TheLockNamesItsOwner) {
    ASSERT_TRUE(store_->lock("session 1", "ann"));
    EXPECT_TRUE(store_->may_change("session 1"));
    const auto refused = store_->lock("session 2", "bob");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().context, HasSubstr("locked exclusively by ann"));
    store_->unlock("session 2");
    EXPECT_TRUE(store_->lock_state());
    store_->unlock("session 1");
    EXPECT_TRUE(store_->lock("session 2", "bob"));
}

}  // namespace
}  // namespace weir::config
