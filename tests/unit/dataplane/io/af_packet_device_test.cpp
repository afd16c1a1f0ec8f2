// SPDX-License-Identifier: Apache-2.0
// A kernel device over packet sockets: frames in and out, drops counted, refusals with a reason.
#include <gmock/gmock.h>

#include "dataplane/io/af_packet.hpp"
#include "tests/unit/dataplane/io/af_packet_network.hpp"

namespace weir::dataplane::tests {
namespace {

class AfPacket : public VethPair {
protected:
    static Result<std::unique_ptr<FrameDevice>> open(PacketSockets& sockets) {
        const auto options = sockets.device_options();
        if (!options) return fail(options.error());
        auto device = FrameDevice::open(*options, *pool(), &sockets);
        if (!device) return fail(sockets.explain(device.error()));
        return device;
    }
    static AfPacketOptions options(std::uint16_t queues = 1) {
        return {.name = "lan", .interface = "near", .queues = queues};
    }
};

TEST_F(AfPacket, FramesComeAndGo) {
    PacketSockets sockets(options());
    const auto device = open(sockets);
    ASSERT_TRUE(device) << device.error().context;
    const Wire far("far");
    ASSERT_TRUE(far.send(make_frame({})));
    EXPECT_EQ(next_frame(**device), make_frame({}));
    FrameText back;
    back.port = 40000;
    ASSERT_TRUE(send_frame(**device, make_frame(back)));
    EXPECT_TRUE(far.receives(make_frame(back)));
}

TEST_F(AfPacket, TheLongestFrameOfAnEthernetComesWhole) {
    PacketSockets sockets(options());
    const auto device = open(sockets);
    ASSERT_TRUE(device) << device.error().context;
    FrameText text;
    text.payload = 1500 - 28;
    ASSERT_TRUE(Wire("far").send(make_frame(text)));
    EXPECT_EQ(next_frame(**device), make_frame(text));
}

TEST_F(AfPacket, SeveralQueuesReceiveEachFrameOnce) {
    PacketSockets sockets(options(2));
    const auto device = open(sockets);
    ASSERT_TRUE(device) << device.error().context;
    ASSERT_EQ((*device)->rx_queues(), 2);
    const Wire far("far");
    for (std::uint16_t i = 0; i < 64; ++i) {
        FrameText text;
        text.port = static_cast<std::uint16_t>(16384 + i);
        ASSERT_TRUE(far.send(make_frame(text)));
    }
    int received = 0;
    while (next_frame(**device))
        ++received;
    EXPECT_EQ(received, 64);
}

TEST_F(AfPacket, FramesThatFindTheRingFullAreCountedAsMissed) {
    PacketSockets sockets(options());
    const auto device = open(sockets);
    ASSERT_TRUE(device) << device.error().context;
    const Wire far("far");
    constexpr std::uint64_t kFrames = kPacketFrames + 1000;
    for (std::uint64_t i = 0; i < kFrames; ++i)
        ASSERT_TRUE(far.send(make_frame({})));
    std::uint64_t received = 0;
    while (next_frame(**device))
        ++received;
    EXPECT_GT((*device)->counts().missed, 0U);
    EXPECT_EQ(received + (*device)->counts().missed, kFrames);
}

TEST_F(AfPacket, AnMtuThatDoesNotFitIsRefusedWithTheLimit) {
    ASSERT_TRUE(ip("link set near mtu 9000"));
    PacketSockets sockets(options());
    const auto device = open(sockets);
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, ErrorCode::invalid);
    EXPECT_THAT(device.error().context, ::testing::HasSubstr("near has an MTU of 9000"));
    EXPECT_THAT(device.error().context, ::testing::HasSubstr(std::to_string(kAfPacketMaxMtu)));
}

// What `ip` prints of the words.
std::string told(const std::string& words) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("ip " + words).c_str(), "r"), pclose);
    std::string text;
    for (int byte = fgetc(pipe.get()); byte != EOF; byte = fgetc(pipe.get()))
        text += static_cast<char>(byte);
    return text;
}

TEST_F(AfPacket, TheHostKnowsItsNeighboursAfterTheStartAsBefore) {
    ASSERT_TRUE(ip("address add 192.0.2.1/24 dev near"));
    ASSERT_TRUE(ip("neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev near nud permanent"));
    ASSERT_TRUE(ip("neigh add 192.0.2.8 lladdr 02:00:00:00:00:08 dev near nud stale"));
    ASSERT_TRUE(ip("neigh add 2001:db8::9 lladdr 02:00:00:00:00:09 dev near nud permanent"));
    const std::string before = told("neigh show dev near");
    ASSERT_THAT(before, ::testing::HasSubstr("192.0.2.7"));
    PacketSockets sockets(options());
    const auto device = open(sockets);
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_EQ(told("neigh show dev near"), before);
}

TEST_F(AfPacket, AnOperatorsPromiscuousDeviceStaysPromiscuous) {
    for (const bool is_wanted : {true, false}) {
        ASSERT_TRUE(ip(std::string("link set near promisc ") + (is_wanted ? "on" : "off")));
        PacketSockets sockets(options());
        const auto device = open(sockets);
        ASSERT_TRUE(device) << device.error().context;
        EXPECT_EQ(told("link show near").find("PROMISC") != std::string::npos, is_wanted);
    }
}

TEST_F(AfPacket, WithoutCapabilitiesTheMissingOneIsNamed) {
    PacketSockets sockets(options());
    const auto device = sockets.device_options();
    ASSERT_TRUE(device);
    ASSERT_EQ(seteuid(65534), 0);
    const auto opened = FrameDevice::open(*device, *pool(), &sockets);
    const auto why = opened ? Error{} : sockets.explain(opened.error());
    ASSERT_EQ(seteuid(0), 0);
    EXPECT_EQ(why.code, ErrorCode::denied) << why.context;
    EXPECT_THAT(why.context, ::testing::HasSubstr("CAP_NET_RAW"));
}

}  // namespace
}  // namespace weir::dataplane::tests
