// SPDX-License-Identifier: Apache-2.0
// Lines about registration as values, by the level that says them (spec B.11).
#include "config/model/registration.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

class RegistrationLinesTest : public testing::Test {
protected:
    static void line(KeptLines& lines, const std::string& text) {
        lines.push_back({text, text, ""});
    }
    RegistrationLinesTest() { peer_.tenant = 4; }
    Config config_;
    DialPeer peer_;
};

TEST_F(RegistrationLinesTest, PassthroughIsThatOfTheNearestLevel) {
    EXPECT_FALSE(registration_passthrough(config_, peer_));
    line(config_.voice.sip.kept, "registration passthrough registrar-index 2");
    EXPECT_EQ(registration_passthrough(config_, peer_), (RegistrationPassthrough{false, 2}));
    line(config_.tenants[4].sip.kept, "registration passthrough static rate-limit");
    EXPECT_EQ(registration_passthrough(config_, peer_),
              (RegistrationPassthrough{true, std::nullopt}));
    line(peer_.sip.kept, "voice-class sip registration passthrough registrar-index 3");
    EXPECT_EQ(registration_passthrough(config_, peer_), (RegistrationPassthrough{false, 3}));
}

TEST_F(RegistrationLinesTest, SystemAsksTheNextLevel) {
    line(config_.voice.sip.kept, "registration passthrough rate-limit");
    line(peer_.sip.kept, "voice-class sip registration passthrough system");
    EXPECT_EQ(registration_passthrough(config_, peer_),
              (RegistrationPassthrough{true, std::nullopt}));
}

TEST_F(RegistrationLinesTest, TheRegistrarIsTheTenantsOrElseThatOfSipUa) {
    config_.tenants[4].tag = 4;
    EXPECT_FALSE(registrar_of(config_, peer_, std::nullopt));
    line(config_.voice.sip.kept, "registrar 2 ipv4:192.0.2.2");
    line(config_.voice.sip.kept, "registrar 1 ipv4:192.0.2.1");
    EXPECT_EQ(registrar_of(config_, peer_, std::nullopt)->index, 1);
    EXPECT_EQ(registrar_of(config_, peer_, std::uint8_t{2})->hop.address,
              *IpAddress::parse("192.0.2.2"));
    EXPECT_FALSE(registrar_of(config_, peer_, std::uint8_t{3}));
    line(config_.tenants[4].sip.kept, "registrar dns:registrar.example:5070 tcp expires 600");
    const auto registrar = registrar_of(config_, peer_, std::nullopt);
    ASSERT_TRUE(registrar);
    EXPECT_EQ(registrar->hop.host, "registrar.example");
    EXPECT_EQ(registrar->expires, std::chrono::seconds(600));
}

TEST_F(RegistrationLinesTest, SecondaryRegistrarsStandBehindThePrimary) {
    const auto indexes = [&](std::optional<std::uint8_t> index) {
        std::vector<int> found;
        for (const Registrar& registrar : registrars_of(config_, peer_, index))
            found.push_back(registrar.index);
        return found;
    };
    line(config_.voice.sip.kept, "registrar 1 ipv4:192.0.2.1 secondary");
    line(config_.voice.sip.kept, "registrar 2 ipv4:192.0.2.2");
    line(config_.voice.sip.kept, "registrar 3 ipv4:192.0.2.3");
    line(config_.voice.sip.kept, "registrar 4 dns:registrar.example secondary");
    EXPECT_EQ(indexes(std::nullopt), (std::vector{2, 1, 4}));
    EXPECT_EQ(indexes(std::uint8_t{3}), std::vector{3}) << "that one and no other";
    EXPECT_EQ(registrar_of(config_, peer_, std::nullopt)->index, 2);
}

TEST_F(RegistrationLinesTest, BoundsOfTheRegistrarServer) {
    EXPECT_FALSE(registrar_server(config_));
    line(config_.voice.kept_sip, "registrar server");
    EXPECT_EQ(registrar_server(config_), RegistrarServer{});
    config_.voice.kept_sip.clear();
    line(config_.voice.kept_sip, "registrar server expires max 600 min 120");
    EXPECT_EQ(registrar_server(config_),
              (RegistrarServer{std::chrono::seconds(600), std::chrono::seconds(120)}));
}

}  // namespace
}  // namespace weir::config
