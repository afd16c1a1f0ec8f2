// SPDX-License-Identifier: Apache-2.0
// Verdicts of single lines, what is left out, and the report.
#include "config/import/import.hpp"

#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/language/language.hpp"

namespace weir::config {
namespace {

using testing::HasSubstr;
using testing::Not;

Import imported(const std::string& text) {
    auto result = import_text(text, "running-config.txt");
    if (!result) {
        ADD_FAILURE() << result.error().context;
        return {};
    }
    return *std::move(result);
}

const ReportLine& line(const Import& import, std::size_t number) {
    return import.report.lines.at(number - 1);
}

TEST(Import, TextWithoutACommandIsRefused) {
    const auto result = import_text("Dear colleague,\nattached is the file.\n", "mail.txt");
    ASSERT_FALSE(result.has_value());
    EXPECT_THAT(result.error().context, HasSubstr("is this a router's configuration?"));
    EXPECT_FALSE(import_text("", "empty").has_value());
}

TEST(Import, AnUnknownSectionGoesIntoTheReportAsAWhole) {
    const Import import =
        imported("hostname a\nfrobnicator 1\n speed 7\n  inner x\n mode y\nsip-ua\n");
    EXPECT_EQ(line(import, 2).verdict, Verdict::not_supported);
    for (const std::size_t below : {3U, 4U, 5U}) {
        EXPECT_EQ(line(import, below).verdict, Verdict::not_supported);
        EXPECT_EQ(line(import, below).note, "belongs to line 2");
    }
    EXPECT_EQ(line(import, 6).verdict, Verdict::carried);
}

TEST(Import, AReferenceToAMissingClassIsLeftOutWithItsReason) {
    const Import import = imported(
        "dial-peer voice 1 voip\n session protocol sipv2\n voice-class codec 7\n preference 2\n");
    EXPECT_EQ(line(import, 3).verdict, Verdict::not_supported);
    EXPECT_THAT(line(import, 3).note, HasSubstr("voice class codec 7"));
    EXPECT_THAT(import.config, HasSubstr(" preference 2\n"));
    EXPECT_THAT(import.config, Not(HasSubstr("voice-class codec")));
}

TEST(Import, WhatTheChecksWarnOfStandsAtItsLine) {
    const Import import = imported(
        "media profile recorder 1\n media-recording 5\nmedia class 1\n recorder profile 1\n"
        "dial-peer voice 5 voip\n destination-pattern 5555\n");
    EXPECT_EQ(line(import, 2).verdict, Verdict::carried);
    EXPECT_THAT(line(import, 2).note, HasSubstr("cannot be called"));
}

TEST(Import, AValueOutOfRangeIsLeftOutAloneWithItsReason) {
    const Import import =
        imported("dial-peer voice 1 voip\n session protocol sipv2\n preference 99\n no vad\n");
    EXPECT_EQ(line(import, 3).verdict, Verdict::not_supported);
    EXPECT_THAT(line(import, 3).note, HasSubstr("0 to 10"));
    EXPECT_EQ(line(import, 4).verdict, Verdict::carried);
}

TEST(Import, TheSameAddressTwiceIsLeftOutOnce) {
    const Import import = imported(
        "interface Gi0/0\n ip address 192.0.2.1 255.255.255.0\n"
        "interface Gi0/1\n ip address 192.0.2.1 255.255.255.0\n");
    EXPECT_EQ(line(import, 2).verdict, Verdict::carried);
    EXPECT_EQ(line(import, 4).verdict, Verdict::not_supported);
}

TEST(Import, MoreAddressesThanRealmsStayWithTheHost) {
    std::string text;
    for (int i = 0; i < 20; ++i)
        text += "interface Gi0/" + std::to_string(i) + "\n ip address 192.0." + std::to_string(i) +
                ".1 255.255.255.0\n";
    text +=
        "voice service voip\n sip\n  bind control source-interface Gi0/19\n"
        "  bind media source-interface Gi0/19\n";
    const Import import = imported(text);
    EXPECT_THAT(import.platform, HasSubstr("\"192.0.19.1\""));  // it is bound
    EXPECT_THAT(line(import, 19).note, HasSubstr("at most 16"));
    EXPECT_EQ(line(import, 19).verdict, Verdict::different);
}

TEST(Import, PasswordsNeverStandInTheReport) {
    const Import import = imported(
        "hostname a\nusername bob privilege 15 password 7 13061E010803\n"
        "snmp-server community s3cr3tword RO\nenable secret 5 $1$abcd$xyz\n");
    for (const std::string& report : {report_text(import.report), report_json(import.report)}) {
        EXPECT_THAT(report, Not(HasSubstr("13061E010803")));
        EXPECT_THAT(report, Not(HasSubstr("s3cr3tword")));
        EXPECT_THAT(report, Not(HasSubstr("$1$abcd$xyz")));
    }
    EXPECT_THAT(line(import, 2).note, HasSubstr("type 7 was readable"));
}

TEST(Import, UsersGetTheirRoles) {
    const Import import =
        imported("username root-user privilege 15 secret 5 x\nusername op secret 5 y\n");
    EXPECT_THAT(import.platform, HasSubstr("{name: \"root-user\", role: admin}"));
    EXPECT_THAT(import.platform, HasSubstr("{name: \"op\", role: read-only}"));
}

TEST(Import, NamesCannotBreakOutOfTheYaml) {
    const Import import = imported(
        "username a\"}]\\ privilege 15 secret 5 x\n"
        "interface Gi0/0\n description \"quoted\": # and [more]\n"
        " ip address 192.0.2.1 255.255.255.0\n");
    EXPECT_THAT(import.platform, HasSubstr("{name: \"a\\\"}]\\\\\", role: admin}"));
}

TEST(Import, IsLosslessWhenNothingWasLost) {
    EXPECT_TRUE(imported("! comment\nhostname a\nend\n").report.is_lossless());
    EXPECT_FALSE(imported("hostname a\nfrobnicator 1\n").report.is_lossless());
}

TEST(Import, TheJsonCountsEachLineOnce) {
    const Import import = imported("! c\nhostname a\nfrobnicator 1\n\n");
    const auto json = boost::json::parse(report_json(import.report)).as_object();
    EXPECT_EQ(json.at("lines").as_array().size(), 4U);
    EXPECT_EQ(json.at("summary").at("ignored").to_number<int>(), 2);
    EXPECT_EQ(json.at("summary").at("carried").to_number<int>(), 1);
    EXPECT_EQ(json.at("summary").at("not supported").to_number<int>(), 1);
    EXPECT_EQ(json.at("lines").at(2).at("line").to_number<int>(), 3);
}

TEST(Import, WithoutAnAddressThePlatformSaysSo) {
    const Import import = imported("hostname a\n");
    EXPECT_THAT(import.platform, HasSubstr("127.0.0.1"));
    ASSERT_FALSE(import.report.todo.empty());
    EXPECT_THAT(import.report.todo.front(), HasSubstr("no interface had an address"));
}

}  // namespace
}  // namespace weir::config
