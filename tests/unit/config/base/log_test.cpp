// SPDX-License-Identifier: Apache-2.0
// Behaviour of the logger: what a line looks like, and that noise is limited.
#include "config/base/log.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "config/base/limits.hpp"
#include "config/base/log_writer.hpp"

namespace weir {
namespace {

class LogFile : public ::testing::Test {
protected:
    void SetUp() override {
        path_ =
            std::filesystem::temp_directory_path() / ("weir_log_test_" + std::to_string(getpid()));
        std::filesystem::remove(path_);
    }
    void TearDown() override { std::filesystem::remove(path_); }

    std::string written() const {
        std::ifstream file(path_);
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }
    std::filesystem::path path_;
};

TEST_F(LogFile, HoldsEventAndFieldsWithoutControlBytes) {
    {
        auto logger = make_logger("weir-test", path_.string(), LogLevel::info);
        ASSERT_TRUE(logger) << logger.error().context;
        (*logger)->info("call.answered",
                        {{"call_id", "7"}, {"text", "two words"}, {"peer", "a\nb"}});
        (*logger)->debug("not.shown");
    }
    const auto text = written();
    EXPECT_NE(text.find("weir-test info call.answered call_id=7 text=\"two words\" peer=a\\x0ab\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("not.shown"), std::string::npos);
}

TEST_F(LogFile, SuppressesALoopOfOneEventButNotTheOthers) {
    {
        auto logger = make_logger("weir-test", path_.string(), LogLevel::info);
        for (unsigned i = 0; i < 20 * kLogLinesPerSecond; ++i)
            (*logger)->info("noise");
        (*logger)->error("important");
    }
    const auto text = written();
    EXPECT_NE(text.find("important"), std::string::npos);
    const auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
    EXPECT_LE(lines, 3 * kLogLinesPerSecond) << "at most two second borders can be crossed";
}

TEST_F(LogFile, HasALineWhileTheLoggerLives) {
    auto logger = make_logger("weir-test", path_.string(), LogLevel::info);
    ASSERT_TRUE(logger);
    (*logger)->info("sip.ready");
    while (written().find(" sip.ready\n") == std::string::npos)
        std::this_thread::yield();
}

TEST_F(LogFile, RefusesAPathThatCannotBeWritten) {
    const auto logger = make_logger("weir-test", "/proc/weir.log", LogLevel::info);
    ASSERT_FALSE(logger);
    EXPECT_NE(logger.error().context.find("/proc/weir.log"), std::string::npos);
}

std::string all_of(int fd) {
    std::string text;
    std::array<char, 65536> bytes;
    for (ssize_t count = 1; count > 0;) {
        count = ::read(fd, bytes.data(), bytes.size());
        if (count > 0) text.append(bytes.data(), static_cast<std::size_t>(count));
    }
    return text;
}

TEST(LogWriter, KeepsTheNewestLinesOfASlowDiskAndSaysHowManyAreLost) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const UniqueFd reader(pipe[0]);
    std::string text;
    std::thread slow;
    {
        LogWriter writer{UniqueFd(pipe[1])};
        // Two queues and what a pipe holds: nobody reads yet.
        const std::string blank(100, '.');
        for (std::size_t line = 0; line < 3 * kLogQueueLines; ++line)
            writer.append(std::to_string(line) + blank + "\n", false);
        slow = std::thread([&] { text = all_of(reader.get()); });
    }
    slow.join();
    EXPECT_NE(text.find("\n" + std::to_string(3 * kLogQueueLines - 1) + "."), std::string::npos);
    EXPECT_NE(text.find(" log warning log.lines_lost lines="), std::string::npos);
}

}  // namespace
}  // namespace weir
