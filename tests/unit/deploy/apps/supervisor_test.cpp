// SPDX-License-Identifier: Apache-2.0
// The supervisor with real children: readiness, restart, intensity limit, stop order.
#include "deploy/apps/supervisor.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir::apps {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

class SupervisorTest : public testing::Test {
protected:
    SupervisorTest() {
        char name[] = "/tmp/weir-supervisor-XXXXXX";
        directory_ = ::mkdtemp(name);
        settings_.runtime = directory_;
        settings_.start_limit = seconds(20);
        settings_.on_trouble = [this](const std::string& text) { troubles_.push_back(text); };
        settings_.on_ready = [this](const auto& statuses) {
            statuses_ = statuses;
            ::kill(::getpid(), SIGTERM);
        };
    }
    ~SupervisorTest() override {
        std::filesystem::remove_all(directory_);
        sigset_t none;  // run() blocked them for its signalfd
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
    }

    void child(const std::string& name, const std::string& mode) {
        settings_.children.push_back({name, WEIR_FAKE_CHILD, {mode, notes()}, {}, ""});
    }
    std::string notes() const { return directory_ + "/notes"; }
    std::string read_notes() const {
        std::ostringstream text;
        text << std::ifstream(notes()).rdbuf();
        return text.str();
    }
    int run() {
        Supervisor supervisor(settings_, clock_, logger_);
        return supervisor.run();
    }

    std::string directory_;
    SupervisorSettings settings_;
    SystemClock clock_;
    NullLogger logger_;
    std::vector<std::string> troubles_;
    std::map<std::string, std::string> statuses_;
};

TEST_F(SupervisorTest, IsReadyWhenAllChildrenAreAndEndsCleanlyOnSigterm) {
    child("one", "good");
    child("two", "good");
    EXPECT_EQ(run(), 0);
    EXPECT_THAT(statuses_, Contains(Pair("two", "fake good")));
    EXPECT_TRUE(troubles_.empty()) << troubles_.front();
}

TEST_F(SupervisorTest, StopsTheLastChildFirst) {
    child("first", "first");
    child("last", "last");
    EXPECT_EQ(run(), 0);
    EXPECT_THAT(read_notes(), HasSubstr("end last\nend first\n"));
}

TEST_F(SupervisorTest, AChildThatFailsAtTheStartIsNotRepeated) {
    child("bad", "fail");
    EXPECT_EQ(run(), 1);
    EXPECT_EQ(read_notes(), "start\n");
    EXPECT_THAT(troubles_.at(0), HasSubstr("bad (pid "));
    EXPECT_THAT(troubles_.at(0), HasSubstr("ended with status 3 while the node was starting"));
}

TEST_F(SupervisorTest, AMissingProgramIsNamed) {
    settings_.children.push_back({"ghost", directory_ + "/ghost", {}, {}, ""});
    EXPECT_EQ(run(), 1);
    EXPECT_THAT(troubles_.at(0), HasSubstr("cannot start ghost"));
}

TEST_F(SupervisorTest, AChildThatIsNeverReadyEndsTheStart) {
    settings_.start_limit = milliseconds(200);
    child("mute", "silent");
    EXPECT_EQ(run(), 1);
    EXPECT_THAT(troubles_.at(0), HasSubstr("not ready after"));
}

TEST_F(SupervisorTest, AChildThatKeepsDyingIsRestartedUpToTheLimit) {
    const std::string gate = notes() + ".gate";
    ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
    UniqueFd opened;  // stays open: the successors die at once
    settings_.on_ready = [&](const auto&) { opened = UniqueFd(::open(gate.c_str(), O_RDWR)); };
    child("good", "good");
    child("mortal", "die");
    EXPECT_EQ(run(), 1);
    EXPECT_THAT(troubles_.front(), HasSubstr("is started again"));
    EXPECT_THAT(troubles_.back(), HasSubstr("died more than 5 times within 60 s"));
}

TEST_F(SupervisorTest, AChildThatIgnoresSigtermIsKilled) {
    settings_.stop_grace = milliseconds(100);
    child("deaf", "stubborn");
    EXPECT_EQ(run(), 0);
    EXPECT_THAT(troubles_, Contains(HasSubstr("did not end within")));
}

TEST(RestartLimit, AllowsTheIntensityWithinTheWindowAndForgetsOlderDeaths) {
    RestartLimit limit;
    MonoTime now{1};
    for (unsigned i = 0; i < kRestartIntensity; ++i)
        EXPECT_TRUE(limit.allows(now));
    EXPECT_FALSE(limit.allows(now));
    now = now + kRestartWindow + seconds(1);
    EXPECT_TRUE(limit.allows(now));
    EXPECT_EQ(limit.pause().count(), 0);
}

}  // namespace
}  // namespace weir::apps
