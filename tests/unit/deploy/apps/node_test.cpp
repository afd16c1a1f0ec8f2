// SPDX-License-Identifier: Apache-2.0
// Where SIP listens (spec N23), and what two files that do not fit say.
#include "deploy/apps/node.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace weir::apps {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

config::Interface interface(const std::string& name, const char* prefix) {
    config::Interface made;
    made.name = name;
    Prefix held = Prefix::parse(prefix).value();
    held.address =
        IpAddress::parse(std::string(prefix).substr(0, std::string(prefix).find('/'))).value();
    made.addresses.push_back(held);
    made.place = {"a.cfg", 7};
    return made;
}

struct Files {
    config::Config config;
    config::Platform platform;
    Files() {
        platform.file = "p.yaml";
        platform.realms = {{"in", IpAddress::v4(192, 0, 2, 1), {}, "", {}},
                           {"out", IpAddress::v4(198, 51, 100, 1), {}, "", {}}};
    }
    void add(const std::string& name, const char* prefix) {
        config.interfaces[name] = interface(name, prefix);
    }
    std::vector<std::string> listeners() const {
        std::vector<std::string> texts;
        for (const auto& listener : sip_listeners(config, platform))
            texts.push_back(listener.endpoint.to_string());
        return texts;
    }
};

TEST(SipListeners, AreTheAddressesOfTheBoundInterface) {
    Files files;
    files.add("Inside", "192.0.2.1/24");
    files.add("Outside", "198.51.100.1/24");
    files.config.voice.sip.bind.control = "Outside";
    EXPECT_THAT(files.listeners(), ElementsAre("198.51.100.1:5060"));
}

TEST(SipListeners, WithoutBindAreEveryInterfaceThatIsUp) {
    Files files;
    files.add("Inside", "192.0.2.1/24");
    files.add("Outside", "198.51.100.1/24");
    files.add("Off", "203.0.113.1/24");
    files.config.interfaces["Off"].shutdown = true;
    EXPECT_THAT(files.listeners(), ElementsAre("192.0.2.1:5060", "198.51.100.1:5060"));
}

TEST(SipListeners, WithoutInterfacesAreThePlatforms) {
    Files files;
    files.platform.sip.listen.push_back(
        {Endpoint{IpAddress::v4(192, 0, 2, 1), 0, 5070}, true, false, {}});
    EXPECT_THAT(files.listeners(), ElementsAre("192.0.2.1:5070"));
}

TEST(SipListeners, WithoutAnythingAreTheRealms) {
    Files files;
    files.platform.sip.port = 5062;
    EXPECT_THAT(files.listeners(), ElementsAre("192.0.2.1:5062", "198.51.100.1:5062"));
}

TEST(CrossCheck, FilesThatFitHaveNoErrors) {
    Files files;
    files.add("Inside", "192.0.2.1/24");
    EXPECT_THAT(cross_check(files.config, files.platform), IsEmpty());
}

TEST(CrossCheck, AnInterfaceWithoutARealmNamesBoth) {
    Files files;
    files.add("Inside", "192.0.2.9/24");
    EXPECT_THAT(cross_check(files.config, files.platform),
                ElementsAre("a.cfg:7: error: interface Inside has the address 192.0.2.9, which is "
                            "no realm of p.yaml (realms: in 192.0.2.1, out "
                            "198.51.100.1): give both the same address"));
}

TEST(CrossCheck, OnlyTheMediaInterfaceNeedsARealm) {
    Files files;
    files.add("Inside", "192.0.2.1/24");
    files.add("Signalling", "203.0.113.1/24");
    files.config.voice.sip.bind.control = "Signalling";
    files.config.voice.sip.bind.media = "Inside";
    EXPECT_THAT(cross_check(files.config, files.platform), IsEmpty());
}

TEST(CrossCheck, ABoundInterfaceWithoutAddressIsAnError) {
    Files files;
    files.add("Inside", "192.0.2.1/24");
    files.config.voice.sip.bind.control = "Nowhere";
    EXPECT_THAT(cross_check(files.config, files.platform),
                ElementsAre(HasSubstr("SIP would listen nowhere")));
}

TEST(CrossCheck, ASipPortInTheRtpRangeIsAnError) {
    Files files;
    files.platform.sip.port = 9000;
    EXPECT_THAT(cross_check(files.config, files.platform),
                testing::Contains(HasSubstr("lies in rtp-port range 8000 48198")));
}

TEST(CrossCheck, RecorderPortsInTheRtpRangeAreAnError) {
    Files files;
    files.platform.recorder.enabled = true;
    files.platform.recorder.listen.address = IpAddress::v4(192, 0, 2, 1);
    files.platform.recorder.rtp_port_min = 48198;
    EXPECT_THAT(cross_check(files.config, files.platform),
                ElementsAre(HasSubstr("overlap rtp-port range")));
}

// Both files in a directory of their own, on a machine that has loopback alone.
class LoadNodeTest : public testing::Test {
protected:
    void SetUp() override {
        char name[] = "/tmp/weir-node-XXXXXX";
        directory_ = ::mkdtemp(name);
        host_.addresses.push_back({"lo", {IpAddress::v4(127, 0, 0, 1), 8}, true});
        host_.cores = {0};
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }
    NodeCheck load(const std::string& first, const std::string& second) {
        std::ofstream(directory_ + "/a.cfg")
            << "interface Loopback0\n ip address " + first + " 255.255.255.0\n!\n"
            << "interface Loopback1\n ip address " + second + " 255.255.255.0\n!\nend\n";
        std::ofstream(directory_ + "/p.yaml") << "realms: [{name: in, address: " + first +
                                                     "}, {name: out, address: " + second + "}]\n";
        return load_node({directory_ + "/a.cfg", directory_ + "/p.yaml"}, &host_);
    }
    std::string directory_;
    config::HostFacts host_;
};

TEST_F(LoadNodeTest, AnAddressThatHasGoneIsAWarningWhileAnotherIsLeft) {
    const NodeCheck check = load("127.0.0.1", "192.0.2.77");
    ASSERT_TRUE(check.node) << check.report;
    EXPECT_THAT(check.node->absent, ElementsAre(IpAddress::v4(192, 0, 2, 77)));
    EXPECT_THAT(check.report,
                HasSubstr("warning: interface Loopback1: this machine has no address 192.0.2.77"));
    EXPECT_THAT(check.report, HasSubstr("warning: realm 'out'"));
    EXPECT_EQ(check.warnings, 2U);
}

TEST_F(LoadNodeTest, WithoutAnyAddressNothingIsStarted) {
    const NodeCheck check = load("192.0.2.78", "192.0.2.77");
    EXPECT_FALSE(check.node);
    EXPECT_THAT(check.report, HasSubstr("error: interface Loopback0"));
    EXPECT_THAT(check.report, HasSubstr("error: realm 'in'"));
}

}  // namespace
}  // namespace weir::apps
