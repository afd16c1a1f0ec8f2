// SPDX-License-Identifier: Apache-2.0
// I/O modes and ports in platform.yaml: what is read, and each contradiction with its place.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/platform/host.hpp"
#include "config/platform/platform.hpp"
#include "tests/support/row_name.hpp"
#include "tests/unit/config/platform/errors_of.hpp"

namespace weir::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::errors_of;

const char* const kOnePort = R"(realms:
  - {name: in, address: 192.0.2.1, device: wan, prefix_length: 24}
media:
  io: dpdk
  ports:
    - {name: wan, driver: "0000:01:00.0"}
)";

// kOnePort with one piece of text exchanged.
std::string one_port_with(const std::string& old_text, const std::string& new_text) {
    std::string text = kOnePort;
    const auto at = text.find(old_text);
    EXPECT_NE(at, std::string::npos) << old_text;
    return text.replace(at, old_text.size(), new_text);
}

TEST(MediaPorts, ByDefaultTheFirstModeThatWorksIsTakenAndIdleWorkersSleep) {
    const auto reading = parse_platform("realms: [{name: a, address: 127.0.0.1}]\n", "p.yaml");
    EXPECT_EQ(reading.platform.media.io, IoMode::automatic);
    EXPECT_EQ(reading.platform.media.idle, IdleMode::sleep);
    EXPECT_EQ(reading.platform.media.offload, FlowOffload::automatic);
    EXPECT_EQ(reading.platform.media.priority, MediaPriority::automatic);
    EXPECT_FALSE(reading.platform.media.hugepages);
    EXPECT_FALSE(reading.platform.uses_ports());
}

TEST(MediaPorts, EveryModeIsRead) {
    for (const IoMode mode : {IoMode::automatic, IoMode::af_xdp, IoMode::af_packet, IoMode::socket})
        EXPECT_EQ(parse_platform("realms: [{name: a, address: 127.0.0.1}]\nmedia: {io: " +
                                     std::string(to_string(mode)) + "}\n",
                                 "p.yaml")
                      .platform.media.io,
                  mode);
    EXPECT_EQ(parse_platform(kOnePort, "p.yaml").platform.media.io, IoMode::dpdk);
}

TEST(MediaPorts, ReadsEveryKey) {
    const auto reading = parse_platform(R"(realms:
  - {name: in, address: 192.0.2.1, device: wan, vlan: 100, prefix_length: 24, host_device: sip0}
  - {name: out, address: "2001:db8::1", device: lan, prefix_length: 64}
media:
  io: dpdk
  idle: spin
  offload: off
  priority: real-time
  hugepages: yes
  ports:
    - {name: wan, driver: "81:00.1,mprq_en=1", mtu: 1400}
    - {name: lan, driver: "net_memif0,role=client,socket=/run/x.sock", host_device: lan0}
)",
                                        "p.yaml");
    ASSERT_TRUE(reading.ok()) << to_string("p.yaml", reading.errors.front());
    const Platform& platform = reading.platform;
    EXPECT_EQ(platform.media.idle, IdleMode::spin);
    EXPECT_EQ(platform.media.offload, FlowOffload::off);
    EXPECT_EQ(platform.media.priority, MediaPriority::real_time);
    EXPECT_TRUE(platform.media.hugepages);
    EXPECT_EQ(platform.realms.at(0).vlan, 100);
    EXPECT_EQ(platform.realms.at(0).prefix_length, 24);
    const MediaPort& wan = platform.media.ports.at(0);
    EXPECT_EQ(wan.eal_name, "0000:81:00.1");
    EXPECT_EQ(wan.arguments, "mprq_en=1");
    EXPECT_EQ(wan.mtu, 1400);
    EXPECT_TRUE(wan.is_pci());
    const MediaPort& lan = platform.media.ports.at(1);
    EXPECT_EQ(lan.eal_name, "net_memif0");
    EXPECT_EQ(lan.arguments, "role=client,socket=/run/x.sock");
    EXPECT_EQ(lan.mtu, 1500);
    EXPECT_FALSE(lan.is_pci());
    EXPECT_EQ(platform.port_of(platform.realms.at(1)), &lan);
}

TEST(MediaPorts, TheTapIsCalledAfterRealmElsePortAndTag) {
    const auto reading = parse_platform(R"(realms:
  - {name: a, address: 192.0.2.1, device: wan, prefix_length: 24}
  - {name: b, address: 192.0.2.65, device: wan, vlan: 7, prefix_length: 24}
  - {name: c, address: 192.0.2.129, device: lan, prefix_length: 24}
  - {name: d, address: 192.0.2.193, device: lan, vlan: 8, prefix_length: 24, host_device: core}
media:
  io: auto
  ports: [{name: wan, driver: net_null0}, {name: lan, driver: net_null1, host_device: h0}]
)",
                                        "p.yaml");
    ASSERT_TRUE(reading.ok()) << to_string("p.yaml", reading.errors.front());
    std::vector<std::string> taps;
    for (const Realm& realm : reading.platform.realms)
        taps.push_back(reading.platform.tap_of(realm));
    EXPECT_THAT(taps, ElementsAre("wan", "wan.7", "h0", "core"));
}

TEST(MediaPorts, DriversThatWeDoNotKnowAreAccepted) {
    for (const std::string driver : {"net_ring0", "net_tap0,iface=t0", "net_null0", "net_vmxnet3_0",
                                     "net_pcap0,rx_pcap=/tmp/a.pcap", "net_af_xdp0", "eth_ring0"})
        EXPECT_THAT(errors_of(one_port_with("0000:01:00.0", driver)), ElementsAre()) << driver;
}

TEST(MediaPorts, AMemifThatSaysNoToZeroCopyIsTaken) {
    const std::string text =
        one_port_with("\"0000:01:00.0\"", "\"net_memif0,role=client,zero-copy=no\"");
    const auto reading = parse_platform(text, "p.yaml");
    EXPECT_TRUE(reading.ok()) << to_string("p.yaml", reading.errors.front());
}

struct BadPort {
    const char* old_text;
    const char* new_text;
    const char* error;
};
void PrintTo(const BadPort& row, std::ostream* out) {
    *out << tests::row_name({row.error, row.new_text});
}

class MediaPortsRefuse : public testing::TestWithParam<BadPort> {};

TEST_P(MediaPortsRefuse, WithPlaceAndAdvice) {
    EXPECT_THAT(errors_of(one_port_with(GetParam().old_text, GetParam().new_text)),
                ElementsAre(HasSubstr(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    Contradictions, MediaPortsRefuse,
    testing::Values(
        BadPort{"io: dpdk", "idle: doze\n  io: dpdk",
                "p.yaml:4:9: error: media.idle 'doze' is not known; possible: sleep, spin"},
        BadPort{"io: dpdk", "offload: on\n  io: dpdk",
                "p.yaml:4:12: error: media.offload 'on' is not known; possible: auto, off"},
        BadPort{"io: dpdk", "priority: high\n  io: dpdk",
                "p.yaml:4:13: error: media.priority 'high' is not known; possible: auto, "
                "real-time, normal"},
        BadPort{"io: dpdk", "hugepages: 2\n  io: dpdk",
                "p.yaml:4:14: error: media.hugepages must be true or false"},
        BadPort{"\"0000:01:00.0\"", "eth0",
                "p.yaml:6:27: error: media.ports[0].driver 'eth0' is neither a PCI address"},
        BadPort{"\"0000:01:00.0\"", "\"0000:01:00.9\"", "neither a PCI address"},
        BadPort{"\"0000:01:00.0\"", "\"net_memif0, role=client\"",
                "media.ports[0].driver must be at most 1024 characters without blanks"},
        BadPort{"\"0000:01:00.0\"", "\"net_memif0,role=client,zero-copy=yes,socket=/run/x.sock\"",
                "p.yaml:6:27: error: media.ports[0].driver: memif's zero-copy is refused, leave it "
                "out"},
        BadPort{"\"0000:01:00.0\"", "\"net_memif0,zero-copy=no,zero-copy=yes\"",
                "memif's zero-copy is refused"},
        BadPort{"\"0000:01:00.0\"", "\"net_memif0,role=client,zero-copy=yess\"",
                "memif's zero-copy is refused"},
        BadPort{", driver: \"0000:01:00.0\"", "",
                "p.yaml:6:7: error: a port needs a driver: a PCI address"},
        BadPort{"0.0\"}", "0.0\", mtu: 9000}",
                "media.ports[0].mtu must be a whole number from 1280 to 2022, not '9000'"},
        BadPort{"0.0\"}", "0.0\", host_device: a/b}",
                "media.ports[0].host_device 'a/b' cannot name a network device"},
        BadPort{"device: wan", "device: lan",
                "p.yaml:2:44: error: realm 'in': device 'lan' is no port; media.ports has wan"},
        BadPort{"prefix_length: 24", "vlan: 4095, prefix_length: 24",
                "realms[0].vlan must be a whole number from 1 to 4094, not '4095'"},
        BadPort{"prefix_length: 24", "prefix_length: 33",
                "realm 'in': prefix_length of 192.0.2.1 is at most 32, not 33"},
        BadPort{", prefix_length: 24", "",
                "p.yaml:2:5: error: realm 'in': prefix_length is missing"},
        BadPort{"192.0.2.1", "127.0.0.1", "the loopback address 127.0.0.1 cannot be on the port"},
        BadPort{"0.0\"}", "0.0\"}\n    - {name: lan, driver: net_null0}",
                "p.yaml:7:7: error: port 'lan' is used by no realm"},
        BadPort{"prefix_length: 24", "prefix_length: 24, vlan: 100, host_device: abcdefghijklmnop",
                "its tap would be called 'abcdefghijklmnop', which cannot name"}));

TEST(MediaPorts, DpdkWithoutPortsIsRefusedAtTheMode) {
    EXPECT_THAT(errors_of("realms: [{name: a, address: 192.0.2.1}]\nmedia: {io: dpdk}\n"),
                ElementsAre(HasSubstr("p.yaml:2:13: error: media.io: dpdk needs media.ports")));
}

TEST(MediaPorts, ARealmWithoutADeviceIsToldTheChoice) {
    auto errors = errors_of(one_port_with(", device: wan", ""));
    ASSERT_FALSE(errors.empty());
    EXPECT_THAT(errors[0], HasSubstr("realm 'in': device is missing: which port carries it? "
                                     "media.ports has wan"));
}

TEST(MediaPorts, OneDeviceInTwoPortsIsRefused) {
    EXPECT_THAT(errors_of(R"(realms:
  - {name: in, address: 192.0.2.1, device: a, prefix_length: 24}
  - {name: out, address: 192.0.2.2, device: b, prefix_length: 24}
media:
  io: dpdk
  ports: [{name: a, driver: "01:00.0"}, {name: b, driver: "0000:01:00.0"}]
)"),
                ElementsAre("p.yaml:6:59: error: the device 0000:01:00.0 is in two ports (also in "
                            "line 6)"));
}

TEST(MediaPorts, RealmsThatShareAPortAndATagShareTheTap) {
    EXPECT_THAT(errors_of(R"(realms:
  - {name: a, address: 192.0.2.1, device: p, prefix_length: 24, host_device: x}
  - {name: b, address: 192.0.2.2, device: p, prefix_length: 24, host_device: y}
media: {io: dpdk, ports: [{name: p, driver: net_null0}]}
)"),
                ElementsAre(HasSubstr("p.yaml:3:78: error: realm 'b': host_device 'y' is not that "
                                      "of realm 'a' ('x')")));
}

TEST(MediaPorts, OneTapForTwoTagsIsRefused) {
    EXPECT_THAT(errors_of(R"(realms:
  - {name: a, address: 192.0.2.1, device: p, prefix_length: 24, vlan: 1, host_device: x}
  - {name: b, address: 192.0.2.2, device: p, prefix_length: 24, vlan: 2, host_device: x}
media: {io: dpdk, ports: [{name: p, driver: net_null0}]}
)"),
                ElementsAre(HasSubstr("the tap 'x' is also that of realm 'a'")));
}

// Keys of ports where the kernel has the device.
struct KernelModeLine {
    const char* realm;
    const char* media;
    const char* error;
};
void PrintTo(const KernelModeLine& row, std::ostream* out) {
    *out << tests::row_name({row.realm, row.media});
}

class KernelModesRefuse : public testing::TestWithParam<KernelModeLine> {};

TEST_P(KernelModesRefuse, KeysOfPorts) {
    EXPECT_THAT(errors_of(std::string("realms: [{name: a, address: 192.0.2.1") + GetParam().realm +
                          "}]\nmedia: {" + GetParam().media + "}\n"),
                ElementsAre(HasSubstr(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, KernelModesRefuse,
    testing::Values(
        KernelModeLine{", vlan: 5", "io: af_xdp",
                       "p.yaml:1:46: error: realm 'a': vlan has no meaning with media.io: af_xdp: "
                       "let the kernel tag (ip link add link eth0 name eth0.5 type vlan id 5)"},
        KernelModeLine{", vlan: 5", "io: auto", "with media.io: auto without media.ports"},
        KernelModeLine{", prefix_length: 24", "io: socket", "prefix_length has no meaning"},
        KernelModeLine{", host_device: x", "io: socket", "host_device has no meaning"},
        KernelModeLine{", device: a-name-far-too-long", "io: socket",
                       "device 'a-name-far-too-long' cannot be a network device"},
        KernelModeLine{"", "io: socket, ports: [{name: p, driver: net_null0}]",
                       "port 'p' has no meaning with media.io: socket"},
        KernelModeLine{"", "ports: 5", "media.ports must be a list"}));

TEST(MediaPorts, HostNeedNotHaveTheAddressOfARealmOnAPort) {
    const auto reading =
        parse_platform(std::string(kOnePort) +
                           "sip: {listen: [{address: 192.0.2.1}]}\n"
                           "recorder: {enabled: true, listen: \"192.0.2.1:5080\"}\n",
                       "p.yaml");
    ASSERT_TRUE(reading.ok());
    EXPECT_TRUE(reading.platform.is_on_port(IpAddress::v4(192, 0, 2, 1)));
    HostFacts host;
    host.addresses = {{"lo", {IpAddress::v4(127, 0, 0, 1), 8}, true}};
    EXPECT_TRUE(check_against_host(reading.platform, host).empty());
}

TEST(MediaPorts, TheExamplesAreGood) {
    int seen = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/deploy/examples")) {
        if (entry.path().extension() != ".yaml") continue;
        const auto reading = read_platform(entry.path().string());
        EXPECT_TRUE(reading.ok()) << to_string(entry.path().string(), reading.errors.front());
        ++seen;
    }
    EXPECT_GE(seen, 3);
}

}  // namespace
}  // namespace weir::config
