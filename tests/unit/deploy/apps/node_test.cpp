// SPDX-License-Identifier: Apache-2.0
// Where SIP listens (spec N23), and what two files that do not fit say.
#include "deploy/apps/node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace weir::apps
