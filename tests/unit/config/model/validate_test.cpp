// SPDX-License-Identifier: Apache-2.0
// The checks across commands on values made by hand; tests/golden/language has them on texts.
#include "config/model/validate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::config {
namespace {

using testing::HasSubstr;

DialPeer recorder(std::uint32_t tag) {
    DialPeer peer;
    peer.tag = DialPeerTag{tag};
    peer.destination_pattern = "5959";
    peer.session_protocol_sip = true;
    peer.target.kind = SessionTarget::Kind::address;
    peer.target.address = IpAddress::v4(192, 0, 2, 1);
    return peer;
}

Config recorded_by(const DialPeer& peer) {
    Config config;
    config.dial_peers[peer.tag] = peer;
    config.recorder_profiles[1].recorders = {peer.tag};
    return config;
}

TEST(Validate, TheDefaultConfigurationIsSound) {
    EXPECT_TRUE(validate(Config{}).empty());
}

TEST(Validate, ARecorderWithAPlainNumberIsSound) {
    EXPECT_TRUE(validate(recorded_by(recorder(8000))).empty());
}

TEST(Validate, ARecorderWithWildcardsIsAnErrorAtItsPattern) {
    auto peer = recorder(8000);
    peer.destination_pattern = "59T";
    const auto findings = validate(recorded_by(peer));
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].severity, Finding::Severity::error);
    EXPECT_EQ(findings[0].block, "dial-peer voice 8000");
    EXPECT_EQ(findings[0].command, "destination-pattern");
}

TEST(Validate, ARecorderThatIsShutDownIsAWarning) {
    auto peer = recorder(8000);
    peer.shutdown = true;
    const auto findings = validate(recorded_by(peer));
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].severity, Finding::Severity::warning);
    EXPECT_THAT(findings[0].text, HasSubstr("cannot be called"));
}

TEST(Validate, DigitsThatAreNotSpokenAreAWarning) {
    auto peer = recorder(1);
    peer.dtmf_relay = {DtmfRelay::rtp_nte, DtmfRelay::sip_kpml};
    Config config;
    config.dial_peers[peer.tag] = peer;
    const auto findings = validate(config);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].severity, Finding::Severity::warning);
    EXPECT_EQ(findings[0].command, "dtmf-relay");
    EXPECT_THAT(findings[0].text, HasSubstr("sip-kpml is not spoken"));
}

TEST(Validate, TagZeroIsNoRecorder) {
    Config config;
    config.recorder_profiles[1].recorders = {DialPeerTag{0}};
    ASSERT_EQ(validate(config).size(), 1U);
    EXPECT_EQ(validate(config)[0].severity, Finding::Severity::error);
}

TEST(Validate, MissingReferencesAreNamed) {
    auto peer = recorder(1);
    peer.codec_class = 4;
    peer.media_class = 5;
    peer.incoming_uri[UriHeader::from] = "X";
    Config config;
    config.dial_peers[peer.tag] = peer;
    std::vector<std::string> commands;
    for (const auto& finding : validate(config))
        commands.push_back(finding.command);
    EXPECT_THAT(commands,
                testing::ElementsAre("incoming uri from", "voice-class codec", "media-class"));
}

}  // namespace
}  // namespace weir::config
