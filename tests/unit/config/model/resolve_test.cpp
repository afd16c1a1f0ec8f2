// SPDX-License-Identifier: Apache-2.0
// The three levels of SIP settings: dial-peer, tenant, global, built-in.
#include "config/model/resolve.hpp"

#include <gtest/gtest.h>

#include "tests/support/row_name.hpp"

namespace weir::config {
namespace {

constexpr std::uint32_t kTenant = 49;

// A peer of tenant 49; what a level says about the value under test, 0 = nothing.
struct Row {
    const char* title;
    std::uint16_t peer;
    std::uint16_t tenant;
    std::uint16_t global;
    std::uint16_t value;
    Level level;
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << tests::row_name({row.title});
}

class ThreeLevels : public testing::TestWithParam<Row> {
protected:
    ThreeLevels() {
        config_.tenants[kTenant].tag = kTenant;
        peer_.tenant = kTenant;
    }
    SipOptions& tenant() { return config_.tenants[kTenant].sip; }
    SipOptions& global() { return config_.voice.sip; }

    Config config_;
    DialPeer peer_;
};

TEST_P(ThreeLevels, FirstLevelThatSaysSomethingIsTheAnswer) {
    const Row& row = GetParam();
    if (row.peer != 0) peer_.sip.options_ping = row.peer;
    if (row.tenant != 0) tenant().options_ping = row.tenant;
    if (row.global != 0) global().options_ping = row.global;
    const auto answer = resolve(config_, peer_, &SipOptions::options_ping);
    EXPECT_EQ(answer.value, row.value) << row.title;
    EXPECT_EQ(answer.level, row.level) << row.title;
}

TEST_P(ThreeLevels, ErrorCodesAreAskedInTheSameOrder) {
    const Row& row = GetParam();
    const std::string failure = "options-keepalive failure";
    if (row.peer != 0) peer_.sip.error_code_override[failure] = row.peer;
    if (row.tenant != 0) tenant().error_code_override[failure] = row.tenant;
    if (row.global != 0) global().error_code_override[failure] = row.global;
    const auto answer = resolve_error_code(config_, peer_, failure);
    EXPECT_EQ(answer.value, row.level == Level::built_in ? 503 : row.value) << row.title;
    EXPECT_EQ(answer.level, row.level) << row.title;
}

INSTANTIATE_TEST_SUITE_P(
    Levels, ThreeLevels,
    testing::Values(Row{"nobody", 0, 0, 0, 0, Level::built_in},
                    Row{"global alone", 0, 0, 603, 603, Level::global},
                    Row{"tenant alone", 0, 602, 0, 602, Level::tenant},
                    Row{"tenant before global", 0, 602, 603, 602, Level::tenant},
                    Row{"peer alone", 601, 0, 0, 601, Level::dial_peer},
                    Row{"peer before global", 601, 0, 603, 601, Level::dial_peer},
                    Row{"peer before tenant", 601, 602, 0, 601, Level::dial_peer},
                    Row{"peer before both", 601, 602, 603, 601, Level::dial_peer}));

TEST_F(ThreeLevels, NoAtAPeerBeatsWhatTheGlobalLevelSwitchedOn) {
    global().error_passthru = true;
    peer_.sip.error_passthru = false;
    const auto answer = resolve(config_, peer_, &SipOptions::error_passthru);
    EXPECT_FALSE(answer.value);
    EXPECT_EQ(answer.level, Level::dial_peer);
}

TEST_F(ThreeLevels, ATenantThatDoesNotExistIsPassedOver) {
    peer_.tenant = 7;
    global().rel1xx = Rel1xx{Rel1xx::Mode::disable, ""};
    EXPECT_EQ(resolve(config_, peer_, &SipOptions::rel1xx).level, Level::global);
}

TEST_F(ThreeLevels, BuiltInValuesAreThoseOfTheSpecification) {
    EXPECT_EQ(resolve(config_, peer_, &SipOptions::rel1xx).value, Rel1xx{});
    EXPECT_TRUE(resolve(config_, peer_, &SipOptions::remote_party_id).value);
    EXPECT_EQ(resolve(config_, peer_, &SipOptions::max_forwards).value, 70);
    EXPECT_EQ(resolve(config_, peer_, &SipOptions::midcall_signaling).value,
              MidcallSignaling::passthru);
    EXPECT_EQ(resolve_error_code(config_, peer_, "cac-bandwidth failure").value, 488);
}

TEST_F(ThreeLevels, BindIsAskedForEachKindAlone) {
    global().bind = {"Outside", "Outside", {}, {}, {}, {}};
    tenant().bind.media = "Media";
    EXPECT_EQ(resolve_bind(config_, peer_, &Bind::control),
              (Resolved<std::string>{"Outside", Level::global}));
    EXPECT_EQ(resolve_bind(config_, peer_, &Bind::media),
              (Resolved<std::string>{"Media", Level::tenant}));
}

TEST_F(ThreeLevels, AProfileOfOneDirectionDoesNotHideTheOtherOne) {
    global().profiles = {60, 61};
    peer_.sip.profiles.outbound = 62;
    EXPECT_EQ(resolve_profile(config_, peer_, &SipProfileChoice::outbound).value, 62U);
    EXPECT_EQ(resolve_profile(config_, peer_, &SipProfileChoice::inbound).value, 61U);
}

TEST_F(ThreeLevels, NoBlockAtAPeerPassesWhatTheTenantBlocks) {
    tenant().block[180] = BlockWhen::sdp_absent;
    EXPECT_EQ(resolve_block(config_, peer_, 180).value, BlockWhen::sdp_absent);
    peer_.sip.block[180] = BlockWhen::never;
    const auto answer = resolve_block(config_, peer_, 180);
    EXPECT_EQ(answer.value, BlockWhen::never);
    EXPECT_EQ(answer.level, Level::dial_peer);
}

TEST_F(ThreeLevels, TransportAsksTenantAndGlobalLevelWhereThePeerSaysSystem) {
    config_.voice.session_transport = Transport::tcp;
    EXPECT_EQ(resolve_transport(config_, peer_).level, Level::global);
    tenant().session_transport = Transport::udp;
    EXPECT_EQ(resolve_transport(config_, peer_).value, (PeerTransport{Transport::udp, false}));
    peer_.transport = Transport::tcp;
    peer_.transport_tls = true;
    EXPECT_EQ(resolve_transport(config_, peer_).value, (PeerTransport{Transport::tcp, true}));
}

TEST_F(ThreeLevels, TimersAndRetriesOfATenantStandBeforeThoseOfSipUa) {
    config_.sip_ua.retry_invite = 3;
    EXPECT_EQ(resolve_retry(config_, peer_, "invite"), (Resolved<std::uint32_t>{3, Level::global}));
    tenant().retries["invite"] = 2;
    EXPECT_EQ(resolve_retry(config_, peer_, "invite"), (Resolved<std::uint32_t>{2, Level::tenant}));
    EXPECT_EQ(resolve_timer(config_, peer_, "connection aging tcp"),
              (Resolved<std::uint32_t>{5, Level::built_in}));
    EXPECT_EQ(resolve_timer(config_, peer_, "no such timer"), std::nullopt);
}

TEST_F(ThreeLevels, NoSrtpAtAPeerBeatsTheGlobalSetting) {
    config_.voice.srtp = SrtpMode::on;
    EXPECT_EQ(resolve_srtp(config_, peer_).value, SrtpMode::on);
    peer_.srtp = SrtpMode::off;
    EXPECT_EQ(resolve_srtp(config_, peer_), (Resolved<SrtpMode>{SrtpMode::off, Level::dial_peer}));
}

}  // namespace
}  // namespace weir::config
