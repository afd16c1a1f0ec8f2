// SPDX-License-Identifier: Apache-2.0
// One node per runtime directory.
#include "deploy/apps/runtime_lock.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir::apps {
namespace {

class RuntimeLockTest : public testing::Test {
protected:
    RuntimeLockTest() {
        char name[] = "/tmp/weir-lock-XXXXXX";
        directory_ = ::mkdtemp(name);
    }
    ~RuntimeLockTest() override { std::filesystem::remove_all(directory_); }
    std::string directory_;
};

TEST_F(RuntimeLockTest, ASecondInstanceIsToldThePidOfTheFirst) {
    const auto first = RuntimeLock::take(directory_ + "/run");
    ASSERT_TRUE(first.has_value()) << first.error().context;
    const auto second = RuntimeLock::take(directory_ + "/run");
    ASSERT_FALSE(second.has_value());
    EXPECT_THAT(second.error().context,
                testing::HasSubstr("with pid " + std::to_string(::getpid())));
}

TEST_F(RuntimeLockTest, IsFreeAgainWhenTheHolderIsGone) {
    { ASSERT_TRUE(RuntimeLock::take(directory_).has_value()); }
    EXPECT_TRUE(RuntimeLock::take(directory_).has_value());
}

TEST_F(RuntimeLockTest, WaitsForTheChildrenOfAKilledSupervisorAndSaysSo) {
    // A supervisor that takes the lock, has a child with the descriptor, and dies without cleaning
    // up.
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t supervisor = ::fork();
    if (supervisor == 0) {
        auto lock = RuntimeLock::take(directory_);
        const pid_t child = ::fork();
        if (child == 0) {
            while (true)
                ::pause();
        }
        (void)!::write(ends[1], &child, sizeof child);
        ::_exit(0);  // without destructors: the child holds the descriptor still
    }
    pid_t child = 0;
    ASSERT_EQ(::read(ends[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(supervisor), &info,
             WEXITED | WNOWAIT);  // dead, a zombie still
    const auto second = RuntimeLock::take(directory_, milliseconds(0));
    ASSERT_FALSE(second.has_value());
    EXPECT_THAT(second.error().context, testing::HasSubstr("its children still hold"));
    ::kill(child, SIGKILL);
    ::waitpid(supervisor, nullptr, 0);
    EXPECT_TRUE(RuntimeLock::take(directory_).has_value());
}

}  // namespace
}  // namespace weir::apps
