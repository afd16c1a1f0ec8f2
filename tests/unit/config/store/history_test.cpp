// SPDX-License-Identifier: Apache-2.0
// The history on disk: bounded, whole after a kill at any step, and forgiving.
#include "config/store/history.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/store/store_limits.hpp"

namespace weir::config {
namespace {

class HistoryTest : public testing::Test {
protected:
    HistoryTest() {
        char name[] = "/tmp/weir-history-XXXXXX";
        directory_ = ::mkdtemp(name);
    }
    ~HistoryTest() override { std::filesystem::remove_all(directory_); }

    static Commit commit(CommitId id, const std::string& session = "") {
        return {id, id, WallTime{1'000'000'000'000'000'000}, "ann", "terminal", "why", session};
    }

    std::string directory_;
};

TEST_F(HistoryTest, IsThereAfterARestart) {
    {
        History history(directory_);
        ASSERT_TRUE(history.open());
        ASSERT_TRUE(history.add(commit(1), "one"));
        ASSERT_TRUE(history.add(commit(2), "two"));
    }
    History again(directory_);
    ASSERT_TRUE(again.open());
    ASSERT_EQ(again.commits().size(), 2U);
    EXPECT_EQ(again.last_id(), 2U);
    EXPECT_EQ(again.commits()[1].who, "ann");
    EXPECT_EQ(again.commits()[1].comment, "why");
    EXPECT_EQ(again.text_of(1).value_or(""), "one");
}

TEST_F(HistoryTest, KeepsABoundedNumberAndRemovesTheFilesOfTheOthers) {
    History history(directory_);
    ASSERT_TRUE(history.open());
    for (CommitId id = 1; id <= kStoreHistory + 5; ++id)
        ASSERT_TRUE(history.add(commit(id), "text"));
    EXPECT_EQ(history.commits().size(), kStoreHistory);
    EXPECT_EQ(history.commits().front().id, 6U);
    EXPECT_FALSE(std::filesystem::exists(directory_ + "/5.cfg"));
    EXPECT_TRUE(std::filesystem::exists(directory_ + "/6.cfg"));
}

TEST_F(HistoryTest, TheLinesOfOneTerminalAreOneEntry) {
    History history(directory_);
    ASSERT_TRUE(history.open());
    ASSERT_TRUE(history.add(commit(1), "start"));
    ASSERT_TRUE(history.add(commit(2, "session 1"), "a"));
    ASSERT_TRUE(history.add(commit(3, "session 1"), "b"));
    ASSERT_EQ(history.commits().size(), 2U);
    EXPECT_EQ(history.commits()[1].first, 2U);
    EXPECT_EQ(history.text_of(3).value_or(""), "b");
}

TEST_F(HistoryTest, NamesOnlyWholeFilesWhereverTheWriterIsKilled) {
    {
        History history(directory_);
        ASSERT_TRUE(history.open());
        ASSERT_TRUE(history.add(commit(1), "one"));
    }
    // Twelve steps: six of the configuration, six of the index.
    for (int kill_at = 0; kill_at < 12; ++kill_at) {
        const pid_t writer = ::fork();
        if (writer == 0) {
            int step = 0;
            History history(directory_, [&](FileStep) {
                if (step++ == kill_at) ::kill(::getpid(), SIGKILL);
            });
            (void)history.open();
            (void)history.add(commit(history.last_id() + 1), "next");
            ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(writer, &status, 0), writer);
        ASSERT_TRUE(WIFSIGNALED(status)) << "step " << kill_at;
        History after(directory_);
        ASSERT_TRUE(after.open()) << "step " << kill_at;
        for (const Commit& each : after.commits())
            EXPECT_TRUE(after.text_of(each.id)) << "step " << kill_at;
        EXPECT_EQ(after.text_of(1).value_or(""), "one");
    }
}

TEST_F(HistoryTest, ADirectoryThatCannotBeWrittenMeansAHistoryInMemory) {
    History history("/proc/none");
    EXPECT_FALSE(history.open());
    EXPECT_TRUE(history.add(commit(1), "one"));
    EXPECT_EQ(history.text_of(1).value_or(""), "one");
}

TEST_F(HistoryTest, GarbageInTheIndexIsNotTrusted) {
    std::ofstream(directory_ + "/history.json")
        << R"([{"id":-3},{"id":"x"},7,{"id":9,"who":5},{"id":1e300}])";
    History history(directory_);
    EXPECT_TRUE(history.open());
    EXPECT_TRUE(history.commits().empty());  // none of them has its configuration
    std::ofstream(directory_ + "/history.json") << "[[[[[[";
    History other(directory_);
    EXPECT_FALSE(other.open());
    EXPECT_TRUE(other.add(commit(1), "one"));
}

}  // namespace
}  // namespace weir::config
