// SPDX-License-Identifier: Apache-2.0
// What a url of the configuration reads, and what it must not read.
#include "deploy/apps/plan_files.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir::apps {
namespace {

namespace fs = std::filesystem;

// A flash directory of the test alone.
class PlanFilesTest : public testing::Test {
protected:
    void SetUp() override {
        directory_ = fs::temp_directory_path() / ("weir_flash_" + std::to_string(::getpid()));
        fs::create_directories(directory_ / "flash");
        write("flash/a.cfg", "703T\n");
        write("secret", "703T\n");
    }
    void TearDown() override { fs::remove_all(directory_); }
    void write(const std::string& name, const std::string& text) {
        std::ofstream(directory_ / name) << text;
    }
    std::string flash() const { return (directory_ / "flash").string(); }
    Result<std::string> read(const std::string& url) const { return file_reader(flash())(url); }

    fs::path directory_;
};

TEST_F(PlanFilesTest, FlashNamesLieBelowTheDirectory) {
    for (const char* url :
         {"flash:a.cfg", "flash:/a.cfg", "bootflash:a.cfg", "FLASH:./a.cfg", "a.cfg"})
        EXPECT_EQ(read(url).value_or("nothing"), "703T\n") << url;
    EXPECT_EQ(read(flash() + "/a.cfg").value_or("nothing"), "703T\n");
}

TEST_F(PlanFilesTest, ANameThatLeavesTheDirectoryIsDenied) {
    for (const char* url : {"flash:../secret", "flash:a/../../secret", "flash:", "flash:.."})
        EXPECT_EQ(read(url).error().code, ErrorCode::denied) << url;
}

TEST_F(PlanFilesTest, APathElsewhereIsDeniedWhetherItExistsOrNot) {
    for (const std::string& url :
         {(directory_ / "secret").string(), std::string("file:/etc/passwd"),
          std::string("/nonexistent"), std::string("../secret")}) {
        const auto denied = read(url);
        ASSERT_FALSE(denied.has_value()) << url;
        EXPECT_EQ(denied.error().code, ErrorCode::denied) << url;
        EXPECT_NE(denied.error().context.find("flash.directory of platform.yaml"),
                  std::string::npos);
    }
}

TEST_F(PlanFilesTest, ALinkOutOfTheDirectoryIsNotFollowed) {
    fs::create_symlink(directory_ / "secret", directory_ / "flash/link");
    fs::create_directory_symlink(directory_, directory_ / "flash/up");
    EXPECT_EQ(read("flash:link").error().code, ErrorCode::denied);
    EXPECT_EQ(read("flash:up/secret").error().code, ErrorCode::denied);
    fs::create_symlink("a.cfg", directory_ / "flash/inside");
    EXPECT_EQ(read("flash:inside").value_or("nothing"), "703T\n");
}

TEST_F(PlanFilesTest, AFifoDoesNotHoldTheReader) {
    ASSERT_EQ(::mkfifo((directory_ / "flash/fifo").c_str(), 0600), 0);
    EXPECT_FALSE(read("flash:fifo").has_value());
}

TEST_F(PlanFilesTest, WhatIsNotHereIsAnErrorWithAWayOut) {
    EXPECT_EQ(read("flash:none").error().code, ErrorCode::not_found);
    EXPECT_EQ(read("flash:").error().code, ErrorCode::denied);
    EXPECT_NE(read("http://192.0.2.1/a.cfg").error().context.find("flash:NAME"), std::string::npos);
}

TEST_F(PlanFilesTest, TheDirectoryIsThePlatformsOrBesideTheConfiguration) {
    config::Platform platform;
    EXPECT_EQ(flash_directory(platform, "/etc/weir/weir.cfg"), "/etc/weir/flash");
    platform.flash.directory = "/srv/flash";
    EXPECT_EQ(flash_directory(platform, "/etc/weir/weir.cfg"), "/srv/flash");
}

TEST_F(PlanFilesTest, AReloadReadsTheFileAgain) {
    auto config = std::make_shared<config::Config>();
    config->pattern_maps[1].tag = 1;
    config->pattern_maps[1].url = "flash:a.cfg";
    const auto plan = compile_plan(config, flash());
    ASSERT_TRUE(plan.has_value());
    EXPECT_EQ((*plan)->files().maps.at(1).patterns, (std::vector<std::string>{"703T"}));
    write("flash/a.cfg", "70x\n");
    EXPECT_FALSE(reload_map(**plan, 1, flash()).has_value());
    write("flash/a.cfg", "704T\n");
    const auto reloaded = reload_map(**plan, 1, flash());
    ASSERT_TRUE(reloaded.has_value()) << reloaded.error().context;
    EXPECT_EQ((*reloaded)->files().maps.at(1).patterns, (std::vector<std::string>{"704T"}));
}

}  // namespace
}  // namespace weir::apps
