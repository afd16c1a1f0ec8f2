// SPDX-License-Identifier: Apache-2.0
// CdrFile against a real file system.
#include "signaling/cdr/cdr_file.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "config/base/limits.hpp"

namespace weir::signaling {
namespace {

std::filesystem::path fresh_directory(const char* name) {
    const auto path = std::filesystem::path(testing::TempDir()) / name;
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
    return path;
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

TEST(CdrFile, HasEveryLineInOrderWhenItEnds) {
    const auto path = fresh_directory("weir_cdr_order") / "cdr.jsonl";
    NullLogger log;
    {
        auto file = CdrFile::open(path, log);
        ASSERT_TRUE(file) << file.error().context;
        for (int i = 0; i < 500; ++i)
            ASSERT_TRUE((*file)->append("line " + std::to_string(i)));
    }
    const auto lines = lines_of(path);
    ASSERT_EQ(lines.size(), 500U);
    EXPECT_EQ(lines[0], "line 0");
    EXPECT_EQ(lines[499], "line 499");
}

TEST(CdrFile, AppendsToWhatIsThere) {
    const auto path = fresh_directory("weir_cdr_append") / "cdr.jsonl";
    NullLogger log;
    for (const char* line : {"one", "two"}) {
        auto file = CdrFile::open(path, log);
        ASSERT_TRUE(file);
        ASSERT_TRUE((*file)->append(line));
    }
    EXPECT_EQ(lines_of(path).size(), 2U);
}

TEST(CdrFile, SaysWhichFileCannotBeOpened) {
    NullLogger log;
    const auto file = CdrFile::open("/nonexistent/cdr.jsonl", log);
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().context.find("/nonexistent/cdr.jsonl"), std::string::npos);
}

TEST(CdrFile, QueueIsBoundedWhileTheFileCannotBeWritten) {
    const auto directory = fresh_directory("weir_cdr_full");
    NullLogger log;
    auto file = CdrFile::open(directory / "cdr.jsonl", log);
    ASSERT_TRUE(file);
    std::filesystem::remove_all(directory);
    std::size_t taken = 0;
    while (taken <= kCdrQueue && (*file)->append("x"))
        ++taken;
    EXPECT_EQ(taken, kCdrQueue);
}

}  // namespace
}  // namespace weir::signaling
