// SPDX-License-Identifier: Apache-2.0
// Addresses, devices and cores that the machine does not have are clear errors.
#include "config/platform/host.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

HostFacts two_core_host() {
    HostFacts host;
    host.addresses = {{"lo", Prefix::parse("127.0.0.1/8").value(), true},
                      {"eth0", Prefix::parse("192.0.2.1/24").value(), false}};
    host.addresses[0].prefix.address = IpAddress::v4(127, 0, 0, 1);
    host.addresses[1].prefix.address = IpAddress::v4(192, 0, 2, 1);
    host.cores = {0, 1};
    return host;
}

std::vector<std::string> errors_on_host(const std::string& text) {
    const PlatformReading reading = parse_platform(text, "p.yaml");
    std::vector<std::string> texts;
    for (const PlatformError& error : reading.errors)
        texts.push_back("unexpected: " + error.text);
    for (const PlatformError& error : check_against_host(reading.platform, two_core_host()))
        texts.push_back(to_string("p.yaml", error));
    return texts;
}

TEST(HostCheck, AcceptsWhatIsThere) {
    EXPECT_THAT(
        errors_on_host(
            "realms: [{name: a, address: 192.0.2.1, device: eth0}]\nmedia: {cores: [0, 1]}\n"),
        ElementsAre());
}

TEST(HostCheck, EveryAddressOfTheLoopbackNetIsLocal) {
    EXPECT_THAT(errors_on_host("realms: [{name: a, address: 127.0.0.9}]\n"), ElementsAre());
}

TEST(HostCheck, NamesTheAddressThatIsNotThereAndThoseThatAre) {
    EXPECT_THAT(errors_on_host("realms: [{name: a, address: 192.0.2.9}]\n"),
                ElementsAre("p.yaml:1:10: error: realm 'a': this machine has no address 192.0.2.9; "
                            "it has 127.0.0.1 (lo), 192.0.2.1 (eth0)"));
}

TEST(HostCheck, NamesTheDeviceThatDoesNotHoldTheAddress) {
    EXPECT_THAT(errors_on_host("realms: [{name: a, address: 192.0.2.1, device: lo}]\n"),
                ElementsAre(HasSubstr("192.0.2.1 is not on the device lo")));
}

TEST(HostCheck, NamesTheCoreThatIsNotThere) {
    EXPECT_THAT(errors_on_host("realms: [{name: a, address: 127.0.0.1}]\nmedia: {cores: [0, 7]}\n"),
                ElementsAre("p.yaml:2:16: error: media.cores: there is no core 7 for this process; "
                            "it may use 0, 1"));
}

TEST(HostCheck, ChecksListenersHttpAndRecorder) {
    EXPECT_THAT(
        errors_on_host(
            "realms: [{name: a, address: 127.0.0.1}]\nsip: {listen: [{address: 10.0.0.1}]}\n"
            "http: {listen: \"10.0.0.2:1\"}\nrecorder: {enabled: true, listen: "
            "\"10.0.0.3:5080\", rtp_address: 10.0.0.4}\n"),
        ElementsAre(HasSubstr("sip.listen: this machine has no address 10.0.0.1"),
                    HasSubstr("10.0.0.2"), HasSubstr("10.0.0.3"), HasSubstr("10.0.0.4")));
}

TEST(HostFacts, ThisMachineHasLoopbackAndACore) {
    const auto host = read_host_facts();
    ASSERT_TRUE(host.has_value());
    EXPECT_TRUE(host->has(IpAddress::v4(127, 0, 0, 1)));
    EXPECT_FALSE(host->cores.empty());
}

}  // namespace
}  // namespace weir::config
