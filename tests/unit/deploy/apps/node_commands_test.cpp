// SPDX-License-Identifier: Apache-2.0
// What the node says of itself in the router's words.
#include "deploy/apps/node_commands.hpp"

#include <gtest/gtest.h>

#include "config/model/config.hpp"
#include "deploy/apps/media_text.hpp"

namespace weir::apps {
namespace {

TEST(NodeCommands, CubeStatusTellsThatCallsAreRefusedWithoutBorderElement) {
    const config::Config config;
    EXPECT_TRUE(
        cube_status_text(config, "Linux")
            .starts_with("Cisco Unified Border Element (CUBE) application is not enabled\n"));
}

TEST(NodeCommands, CubeStatusHasTheRoutersLinesAndNoLicence) {
    config::Config config;
    config.voice.border_element = true;
    EXPECT_NE(cube_status_text(config, "Linux x86_64")
                  .find("HA-Type : none\nLicensed-Capacity : unlimited (there is no licence)\n"),
              std::string::npos);
    config.voice.license_capacity = 200;
    EXPECT_NE(cube_status_text(config, "Linux x86_64").find("Licensed-Capacity : 200 (as written"),
              std::string::npos);
}

TEST(NodeCommands, RedundancyThatIsWrittenIsSaidToBeWithoutEffect) {
    config::Config config;
    EXPECT_EQ(redundancy_text(config).find("without effect"), std::string::npos);
    config.kept_blocks["redundancy\napplication redundancy"] = {};
    EXPECT_NE(redundancy_text(config).find("without effect"), std::string::npos);
}

TEST(NodeCommands, StatisticsOfRtpHaveTheReasonsOfWhatWasNotRelayed) {
    dataplane::PlaneReport report;
    report.sessions = 2;
    report.received = 100;
    report.relayed = 97;
    report.drops[1] = 3;
    const std::string text = rtp_stats_text(report);
    EXPECT_NE(text.find("Packets relayed               : 97\n"), std::string::npos) << text;
    EXPECT_NE(text.find("not relayed: 3 "), std::string::npos) << text;
    const std::string json = media_json(report);
    EXPECT_NE(json.find("\"relayed\":97"), std::string::npos) << json;
    EXPECT_EQ(json.back(), '\n');
}

}  // namespace
}  // namespace weir::apps
