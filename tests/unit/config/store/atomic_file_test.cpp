// SPDX-License-Identifier: Apache-2.0
// A file that is replaced is whole at every instant, also when the process is killed.
#include "config/store/atomic_file.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir::config {
namespace {

const std::string kOld(100'000, 'o');
const std::string kNew(200'000, 'n');

class AtomicFile : public testing::Test {
protected:
    AtomicFile() {
        char name[] = "/tmp/weir-file-XXXXXX";
        directory_ = ::mkdtemp(name);
        path_ = directory_ + "/startup.cfg";
    }
    ~AtomicFile() override { std::filesystem::remove_all(directory_); }

    static std::string contents(const std::string& path) {
        return read_bounded(path, 1U << 20U).value_or("(unreadable)");
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(directory_), {}));
    }

    std::string directory_;
    std::string path_;
};

TEST_F(AtomicFile, IsWholeWhereverTheWriterIsKilled) {
    for (const FileStep step : {FileStep::made, FileStep::half_written, FileStep::written,
                                FileStep::synced, FileStep::renamed, FileStep::directory_synced}) {
        ASSERT_TRUE(replace_file(path_, kOld));
        const pid_t writer = ::fork();
        if (writer == 0) {
            (void)replace_file(path_, kNew, [&](FileStep done) {
                if (done == step) ::kill(::getpid(), SIGKILL);
            });
            ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(writer, &status, 0), writer);
        ASSERT_TRUE(WIFSIGNALED(status)) << "step " << static_cast<int>(step);
        const std::string& expected = step < FileStep::renamed ? kOld : kNew;
        EXPECT_EQ(contents(path_) == expected, true) << "step " << static_cast<int>(step);
    }
}

TEST_F(AtomicFile, WhatAKilledWriterLeftDoesNotHinderTheNextOne) {
    std::ofstream(path_ + ".new") << "half a configura";
    ASSERT_TRUE(replace_file(path_, kNew));
    EXPECT_EQ(contents(path_), kNew);
    EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFile, KeepsTheModeOfTheFile) {
    ASSERT_TRUE(replace_file(path_, kOld));
    ASSERT_EQ(::chmod(path_.c_str(), 0604), 0);
    ASSERT_TRUE(replace_file(path_, kNew));
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0604U);
}

TEST_F(AtomicFile, WritesThroughASymbolicLink) {
    ASSERT_TRUE(replace_file(path_, kOld));
    const std::string link = directory_ + "/link.cfg";
    std::filesystem::create_symlink(path_, link);
    ASSERT_TRUE(replace_file(link, kNew));
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(contents(path_), kNew);
}

TEST_F(AtomicFile, SaysWhichDirectoryIsMissing) {
    const auto written = replace_file(directory_ + "/none/startup.cfg", kNew);
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().context.find("/none/startup.cfg"), std::string::npos);
}

TEST_F(AtomicFile, RefusesToReadMoreThanTheLimit) {
    ASSERT_TRUE(replace_file(path_, kOld));
    EXPECT_TRUE(read_bounded(path_, kOld.size()));
    EXPECT_FALSE(read_bounded(path_, kOld.size() - 1));
    EXPECT_FALSE(read_bounded(directory_, 10));
}

}  // namespace
}  // namespace weir::config
