// SPDX-License-Identifier: Apache-2.0
// interfaces, users, store, flash and ha of platform.yaml; and that SCHEMA.md names every key.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/platform/platform.hpp"
#include "tests/unit/config/platform/errors_of.hpp"

namespace weir::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kRealms = "realms: [{name: inside, address: 127.0.0.1}]\n";

std::vector<std::string> errors_behind_realms(const std::string& text) {
    return tests::errors_of(kRealms + text);
}

Platform platform_of(const std::string& text) {
    PlatformReading reading = parse_platform(kRealms + text, "/etc/weir/p.yaml");
    for (const PlatformError& error : reading.errors)
        ADD_FAILURE() << to_string("p.yaml", error);
    return std::move(reading.platform);
}

TEST(PlatformInterfaces, AreFoundByNameInAnyCase) {
    const Platform platform = platform_of(
        "interfaces:\n"
        "  - {name: GigabitEthernet0/0/0, device: eth0}\n"
        "  - {name: Loopback0, address: 192.0.2.1/32}\n");
    const PlatformInterface* found = platform.interface_named("gigabitethernet0/0/0");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->device, "eth0");
    EXPECT_EQ(platform.interface_named("Loopback0")->address->to_string(), "192.0.2.1/32");
    EXPECT_EQ(platform.interface_named("Loopback1"), nullptr);
}

TEST(PlatformInterfaces, WithoutDeviceAndAddressSayNothing) {
    EXPECT_THAT(errors_behind_realms("interfaces: [{name: Gi0}]\n"),
                ElementsAre(HasSubstr("p.yaml:2:14: error: interfaces[0] needs a device or an "
                                      "address")));
}

TEST(PlatformInterfaces, AddressNeedsItsPrefixLength) {
    EXPECT_THAT(errors_behind_realms("interfaces: [{name: Gi0, address: 192.0.2.1}]\n"),
                ElementsAre(HasSubstr("as 192.0.2.1/24, not '192.0.2.1'")));
}

TEST(PlatformInterfaces, TwiceIsAnErrorThatNamesTheFirst) {
    EXPECT_THAT(
        errors_behind_realms("interfaces:\n- {name: Gi0, device: a}\n- {name: gi0, device: b}\n"),
        ElementsAre("p.yaml:4:3: error: interface 'gi0' is given twice (also in line 3)"));
}

TEST(PlatformUsers, StrangersAreReadOnly) {
    const Platform platform =
        platform_of("users: [{name: alice, role: admin}, {name: bob, role: read-only}]\n");
    EXPECT_EQ(platform.role_of("alice"), UserRole::admin);
    EXPECT_EQ(platform.role_of("bob"), UserRole::read_only);
    EXPECT_EQ(platform.role_of("mallory"), UserRole::read_only);
    EXPECT_EQ(platform.role_of("Alice"), UserRole::read_only);
}

TEST(PlatformUsers, AnUnknownRoleIsAnError) {
    EXPECT_THAT(errors_behind_realms("users: [{name: alice, role: root}]\n"),
                ElementsAre("p.yaml:2:29: error: users[0].role 'root' is not known; possible: "
                            "admin, read-only"));
}

TEST(PlatformUsers, AreAListOfMappings) {
    EXPECT_THAT(errors_behind_realms("users: alice\n"),
                ElementsAre(HasSubstr("users must be a list")));
    EXPECT_THAT(errors_behind_realms("users: [alice]\n"),
                ElementsAre(HasSubstr("users[0] must be a mapping"),
                            HasSubstr("users[0] needs the name of a user")));
}

TEST(PlatformUsers, MoreThanTheBoundAreRefused) {
    std::string text = "users:\n";
    for (int i = 0; i < 257; ++i)
        text += "- {name: u" + std::to_string(i) + "}\n";
    EXPECT_THAT(errors_behind_realms(text),
                ElementsAre(HasSubstr("257 entries are given, at most 256")));
}

TEST(PlatformDirectories, AreRelativeToTheFile) {
    const Platform platform = platform_of("store: {directory: s}\nflash: {directory: /f}\n");
    EXPECT_EQ(platform.store.directory, "/etc/weir/s");
    EXPECT_EQ(platform.flash.directory, "/f");
    EXPECT_EQ(platform_of("").flash.directory, "");
    EXPECT_EQ(platform_of("pki: {directory: certs}\n").pki.directory, "/etc/weir/certs");
}

TEST(PlatformDns, ServersHavePort53UnlessTheyNameAnother) {
    const Platform platform =
        platform_of("dns: {servers: [192.0.2.53, \"[2001:db8::1]:54\"], call_wait: 0.5}\n");
    EXPECT_EQ(platform.dns.call_wait, std::chrono::milliseconds(500));
    ASSERT_EQ(platform.dns.servers.size(), 2u);
    EXPECT_EQ(platform.dns.servers[0].to_string(), "192.0.2.53:53");
    EXPECT_EQ(platform.dns.servers[1].to_string(), "[2001:db8::1]:54");
}

TEST(PlatformDns, ANameIsNoServer) {
    EXPECT_THAT(errors_behind_realms("dns: {servers: [dns.example.com]}\n"),
                ElementsAre(HasSubstr("must be an address of a DNS server")));
}

TEST(PlatformHa, IsKeptAndWarnedOf) {
    const PlatformReading reading =
        parse_platform(kRealms +
                           "ha:\n"
                           "  peers: [{name: b, address: 10.255.255.2}]\n"
                           "  checkpoint: 10.255.255.1:5065\n"
                           "  shared: [198.51.100.10]\n",
                       "p.yaml");
    ASSERT_TRUE(reading.ok());
    EXPECT_EQ(reading.platform.ha.peers.at(0).address.to_string(), "10.255.255.2");
    EXPECT_EQ(reading.platform.ha.checkpoint->to_string(), "10.255.255.1:5065");
    EXPECT_EQ(reading.platform.ha.shared.at(0).to_string(), "198.51.100.10");
    ASSERT_EQ(reading.warnings.size(), 1U);
    EXPECT_THAT(warning_text("p.yaml", reading.warnings[0]),
                HasSubstr("p.yaml:3:3: warning: ha is read and kept, but has no effect yet"));
}

TEST(PlatformHa, CheckpointNeedsAPort) {
    EXPECT_THAT(errors_behind_realms("ha: {checkpoint: 10.0.0.1}\n"),
                ElementsAre(HasSubstr("ha.checkpoint needs a port")));
}

TEST(PlatformKeys, AMisspeltOneIsSuggested) {
    EXPECT_THAT(errors_behind_realms("user: []\n"),
                ElementsAre(HasSubstr("did you mean 'users'?")));
    EXPECT_THAT(errors_behind_realms("users: [{nam: alice, name: a}]\n"),
                ElementsAre(HasSubstr("unknown key 'users[0].nam'; did you mean 'name'?")));
}

TEST(PlatformHostile, DeepNestingIsAnErrorNotACrash) {
    EXPECT_FALSE(parse_platform(std::string(60000, '['), "p.yaml").ok());
    EXPECT_FALSE(parse_platform(kRealms + "ha: " + std::string(5000, '{'), "p.yaml").ok());
}

TEST(PlatformHostile, AliasesOfAliasesAreNotMultiplied) {
    std::string text = kRealms + "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 30; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " +
                before + ", " + before + "]\n";
    }
    EXPECT_FALSE(parse_platform(text, "p.yaml").ok());
}

TEST(PlatformHostile, BytesThatAreNotTextAreErrors) {
    EXPECT_FALSE(parse_platform(std::string("realms: [\0]\n", 13), "p.yaml").ok());
    EXPECT_FALSE(parse_platform("\xFF\xFE\x80", "p.yaml").ok());
}

}  // namespace
}  // namespace weir::config
