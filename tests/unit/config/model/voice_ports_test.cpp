// SPDX-License-Identifier: Apache-2.0
// The gateways of voice-ports, out of the lines of a configuration.
#include "config/model/voice_ports.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

TEST(VoicePorts, AreReadWithTheirGateways) {
    Config config;
    config.kept_blocks["voice-port 0/1/0:23"] = {
        {"description", "description E1", ""},
        {"signal", "signal sip target ipv4:192.0.2.1:5070", ""}};
    config.kept_blocks["voice-port 0/2/0"] = {{"signal", "signal ground-start", ""}};
    const VoicePorts ports = voice_ports(config);
    ASSERT_EQ(ports.size(), 1U);
    EXPECT_EQ(ports.at("0/1/0:23").gateway.to_string(), "192.0.2.1:5070");
    EXPECT_EQ(voice_port_of(ports, *IpAddress::parse("192.0.2.1")), "0/1/0:23");
    EXPECT_EQ(voice_port_of(ports, *IpAddress::parse("192.0.2.2")), "");
}

TEST(VoicePorts, OneThatIsShutDownTakesNoCallsOfItsGateway) {
    Config config;
    config.kept_blocks["voice-port 1/0"] = {{"shutdown", "shutdown", ""},
                                            {"signal", "signal sip target ipv6:[2001:db8::1]", ""}};
    const VoicePorts ports = voice_ports(config);
    ASSERT_EQ(ports.size(), 1U);
    EXPECT_TRUE(ports.at("1/0").shutdown);
    EXPECT_EQ(voice_port_of(ports, *IpAddress::parse("2001:db8::1")), "");
}

TEST(VoicePorts, ATargetIsAnAddressOfItsFamily) {
    EXPECT_TRUE(voice_port_target("ipv4:192.0.2.1"));
    EXPECT_TRUE(voice_port_target("ipv6:[2001:db8::1]:5070"));
    for (const char* wrong :
         {"", "192.0.2.1", "ipv4:2001:db8::1", "ipv6:192.0.2.1", "dns:gw.example", "ipv4:"})
        EXPECT_FALSE(voice_port_target(wrong)) << wrong;
}

TEST(VoicePorts, DirectForkingIsOffUntilItIsSaid) {
    Config config;
    EXPECT_FALSE(tdm_forking_direct(config));
    config.voice.kept.push_back({"tdm-forking direct", "tdm-forking direct", ""});
    EXPECT_TRUE(tdm_forking_direct(config));
}

TEST(VoicePorts, LoopsShareTheirMediaUntilTheOppositeIsSaid) {
    Config config;
    EXPECT_FALSE(loop_media_separate(config));
    config.voice.kept.push_back(
        {"tdm-forking separate-media", "tdm-forking separate-media", ""});
    EXPECT_TRUE(loop_media_separate(config));
}

}  // namespace
}  // namespace weir::config
