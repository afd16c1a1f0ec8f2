// SPDX-License-Identifier: Apache-2.0
// show dial-peer voice N: the block, and where each value came from.
#include "config/model/show_peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::config {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ShowPeer : public testing::Test {
protected:
    ShowPeer() {
        peer_.tag = DialPeerTag{20};
        peer_.session_protocol_sip = true;
        peer_.destination_pattern = "9...";
        peer_.target.kind = SessionTarget::Kind::dns;
        peer_.target.host = "sbc.example";
    }
    [[nodiscard]] std::string text() const { return show_dial_peer_voice(config_, peer_); }

    Config config_;
    DialPeer peer_;
};

TEST_F(ShowPeer, BeginsWithTheNameOfThePeer) {
    EXPECT_THAT(text(), StartsWith("VoiceOverIpPeer20\n        peer type = voice, "));
    peer_.type = DialPeer::Type::pots;
    EXPECT_THAT(text(), StartsWith("VoiceEncapPeer20\n"));
}

TEST_F(ShowPeer, EachSettingSaysItsLevel) {
    peer_.tenant = 49;
    peer_.sip.asserted_id = AssertedId::pai;
    config_.tenants[49].sip.rel1xx = Rel1xx{Rel1xx::Mode::require, "100rel"};
    config_.voice.sip.error_passthru = true;
    EXPECT_THAT(text(), HasSubstr("voice class sip rel1xx = require 100rel (tenant 49),\n"));
    EXPECT_THAT(text(), HasSubstr("voice class sip asserted-id = pai (dial-peer),\n"));
    EXPECT_THAT(text(), HasSubstr("voice class sip error-passthru = enabled (global),\n"));
    EXPECT_THAT(text(), HasSubstr("voice class sip options-ping = none (default),\n"));
}

TEST_F(ShowPeer, ProfilesAreShownAsTheRouterNamesThem) {
    peer_.sip.profiles = {20, 10};
    EXPECT_THAT(text(), HasSubstr("voice class sip profiles = 20 (dial-peer),\n"));
    EXPECT_THAT(text(), HasSubstr("voice class sip profiles inbound = 10 (dial-peer),\n"));
}

TEST_F(ShowPeer, AGroupIsValidIfItExists) {
    peer_.dpg = 7;
    EXPECT_THAT(text(), HasSubstr("destination dpg tag = 7 status = invalid,"));
    config_.dial_peer_groups[7].tag = 7;
    EXPECT_THAT(text(), HasSubstr("destination dpg tag = 7 status = valid,"));
}

TEST_F(ShowPeer, APeerThatIsDownSaysWhy) {
    EXPECT_THAT(text(), HasSubstr("Operation state is up,"));
    peer_.target = {};
    EXPECT_THAT(text(), HasSubstr("Operation state is down (no session target or server-group),"));
    peer_.shutdown = true;
    EXPECT_THAT(text(), HasSubstr("Admin state is down, Operation state is down (shutdown),"));
}

TEST_F(ShowPeer, APasswordIsNotShown) {
    peer_.sip.authentication.push_back({"alice", *secret_of(0, "hidden"), "", false});
    EXPECT_THAT(text(), Not(HasSubstr("hidden")));
}

}  // namespace
}  // namespace weir::config
