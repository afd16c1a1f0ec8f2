// SPDX-License-Identifier: Apache-2.0
// What of a capture is configuration.
#include "config/import/capture.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The configuration in a capture, line by line.
std::vector<std::string> configuration(const std::string& text) {
    std::vector<std::string> lines;
    const auto capture = read_capture(text);
    if (!capture) return {"error: " + capture.error().context};
    for (const CaptureLine& line : *capture)
        if (line.kind == CaptureLine::Kind::configuration) lines.push_back(line.text);
    return lines;
}

TEST(Capture, BeginsAtTheHeadingAndEndsAtEnd) {
    EXPECT_THAT(
        configuration("Cisco IOS Software\r\nBuilding configuration...\r\n\r\nhostname a\r\n"
                      "end\r\nhostname b\r\n"),
        ElementsAre("hostname a"));
}

TEST(Capture, BeginsAtTheCommandThatShowedIt) {
    EXPECT_THAT(configuration("x\ngw#sh run\nhostname a\ngw#\n"), ElementsAre("hostname a"));
    EXPECT_THAT(configuration("x\ngw#show version\nhostname a\n"), ElementsAre("x", "hostname a"));
}

TEST(Capture, WithoutHeadingIsConfigurationFromTheFirstLine) {
    EXPECT_THAT(configuration("hostname a\n!\n\nsip-ua\n"), ElementsAre("hostname a", "sip-ua"));
}

TEST(Capture, TypedCommandsAreTakenFromTheirPrompts) {
    EXPECT_THAT(configuration("gw(config)#hostname a\ngw(config)#\ngw>\n"),
                ElementsAre("hostname a"));
}

TEST(Capture, AHashInADescriptionIsNoPrompt) {
    EXPECT_THAT(configuration(" description rack#4\n"), ElementsAre(" description rack#4"));
}

TEST(Capture, LogMessagesInBetweenAreNotConfiguration) {
    EXPECT_THAT(configuration("hostname a\n*Mar  3 09:20:01.123: %SYS-5-CONFIG_I: Configured\n"),
                ElementsAre("hostname a"));
    EXPECT_THAT(configuration(" description 100%-A: all\n"),
                ElementsAre(" description 100%-A: all"));
}

TEST(Capture, BannersReachToTheirDelimiter) {
    EXPECT_THAT(configuration("banner motd ^C\nend\nhostname x\n^C\nhostname a\n"),
                ElementsAre("hostname a"));
    EXPECT_THAT(configuration("banner login #one line#\nhostname a\n"), ElementsAre("hostname a"));
}

TEST(Capture, ABannerWithoutEndDoesNotSwallowTheConfiguration) {
    const auto capture = read_capture("banner motd ^C\nhostname a\n");
    ASSERT_TRUE(capture.has_value());
    EXPECT_EQ(capture->at(0).kind, CaptureLine::Kind::refused);
    EXPECT_THAT(capture->at(0).note, HasSubstr("the banner has no end"));
    EXPECT_EQ(capture->at(1).kind, CaptureLine::Kind::configuration);
}

TEST(Capture, LinesMayEndWithCarriageReturnsOnly) {
    EXPECT_THAT(configuration("hostname a\rsip-ua\r"), ElementsAre("hostname a", "sip-ua"));
}

TEST(Capture, Utf16IsRefusedWithWhatToDo) {
    EXPECT_THAT(configuration(std::string("\xFF\xFEh\0", 4)),
                ElementsAre(HasSubstr("save it as UTF-8")));
}

}  // namespace
}  // namespace weir::config
