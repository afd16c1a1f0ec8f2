// SPDX-License-Identifier: Apache-2.0
// Which devices a node opens in each mode, and what it says when it cannot.
#include "dataplane/control/open_io.hpp"

#include <gmock/gmock.h>
#include <sys/eventfd.h>

#include "dataplane/io/frame_media_io.hpp"
#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {
namespace {

using ::testing::HasSubstr;

class OpenIo : public ::testing::Test {
protected:
    OpenIo() {
        test_eal();
        static std::unique_ptr<BufferPool> pool = *BufferPool::create("open_io_pool", 4095);
        pool_ = pool.get();
        plan_.realms = {{.name = "out", .address = IpAddress::v4(192, 0, 2, 1), .port = "wan"}};
        plan_.ports = {{.name = "wan", .eal_name = "net_null0", .arguments = ""}};
    }
    Result<std::unique_ptr<MediaIo>> open(IoMode mode, std::size_t workers = 1) {
        const std::vector<int> wake_fds(workers, -1);
        return open_io(mode, plan_, {wake_fds, *pool_, log_});
    }
    // In the abstract namespace, which all tests share.
    static std::string socket_name(int number) {
        return "weir-open-io-" + std::to_string(::getpid()) + "-" + std::to_string(number);
    }
    static const DeviceState& device_of(MediaIo& io) {
        return static_cast<FrameMediaIo&>(io).table().state(0);
    }

    NullLogger log_;
    BufferPool* pool_ = nullptr;
    IoPlan plan_;
};

TEST_F(OpenIo, DpdkTakesThePortOfTheRealmWithAQueueForEachWorker) {
    plan_.realms[0].vlan = 42;
    plan_.ports[0].mtu = 1400;
    const auto io = open(IoMode::dpdk, 2);
    ASSERT_TRUE(io) << io.error().context;
    EXPECT_STREQ((*io)->mode(), "dpdk");
    EXPECT_EQ((*io)->binding(), PortBinding::none);
    EXPECT_NE((*io)->host_rings(), nullptr);
    const FrameOptions frames = (*io)->frames();
    EXPECT_EQ(frames.realms.at(0).vlan, 42);
    EXPECT_EQ(frames.realms.at(0).mtu, 1400);
    EXPECT_EQ(device_of(**io).rx_queues, 2);
    EXPECT_EQ(device_of(**io).tx_queues, 2);
}

TEST_F(OpenIo, AMemifHasOneQueueUnlessMoreAreGiven) {
    plan_.ports[0] = {.name = "wan",
                      .eal_name = "net_memif0",
                      .arguments = "role=server,socket=" + socket_name(0)};
    auto one = open(IoMode::dpdk, 2);
    ASSERT_TRUE(one) << one.error().context;
    EXPECT_EQ(device_of(**one).rx_queues, 1);
    one->reset();
    plan_.ports[0].eal_name = "net_memif1";
    // Another name: the driver lets go of the former by a thread of its own.
    plan_.ports[0].arguments = "role=server,queues=2,socket=" + socket_name(1);
    const auto two = open(IoMode::dpdk, 2);
    ASSERT_TRUE(two) << two.error().context;
    EXPECT_EQ(device_of(**two).rx_queues, 2);
}

TEST_F(OpenIo, AnImpossibleNumberOfQueuesIsNamed) {
    for (const char* queues : {"queues=0", "queues=17", "queues=", "queues=two"}) {
        plan_.ports[0].arguments = queues;
        const auto io = open(IoMode::dpdk);
        ASSERT_FALSE(io);
        EXPECT_THAT(io.error().context, HasSubstr(queues));
    }
}

TEST_F(OpenIo, ARealmWithoutAPortIsNamed) {
    plan_.realms[0].port = "lan";
    const auto io = open(IoMode::dpdk);
    ASSERT_FALSE(io);
    EXPECT_THAT(io.error().context, HasSubstr("realm 'out' is on no port"));
}

TEST_F(OpenIo, AnAddressThatTheHostDoesNotHaveIsNamed) {
    for (const IoMode mode : {IoMode::socket, IoMode::af_packet, IoMode::af_xdp}) {
        const auto io = open(mode);
        ASSERT_FALSE(io);
        EXPECT_EQ(io.error().code, ErrorCode::not_found);
        EXPECT_THAT(io.error().context, HasSubstr("192.0.2.1"));
    }
}

TEST_F(OpenIo, APortThatCannotBeOpenedIsNamed) {
    plan_.ports[0].eal_name = "net_nonsense0";
    const auto io = open(IoMode::dpdk);
    ASSERT_FALSE(io);
    EXPECT_THAT(io.error().context, HasSubstr("wan (net_nonsense0)"));
}

TEST_F(OpenIo, SocketsNeedNoDevice) {
    plan_.realms[0].address = IpAddress::v4(127, 0, 0, 1);
    const int wake_fd = ::eventfd(0, 0);
    const std::vector<int> wake_fds{wake_fd};
    const auto io = open_io(IoMode::socket, plan_, {wake_fds, *pool_, log_});
    ASSERT_TRUE(io) << io.error().context;
    EXPECT_EQ((*io)->binding(), PortBinding::relay);
    EXPECT_TRUE((*io)->devices().empty());
    ::close(wake_fd);
}

TEST(BuffersHeld, CountTheQueuesOfDevicesThatKeepBuffers) {
    IoPlan plan;
    plan.realms.resize(2);
    plan.ports.resize(1);
    EXPECT_EQ(buffers_held(IoMode::socket, plan, 2), 0U);
    EXPECT_EQ(buffers_held(IoMode::af_packet, plan, 2), 0U);
    EXPECT_EQ(buffers_held(IoMode::dpdk, plan, 2), 2U * 2 * kDeviceDescriptors);
    EXPECT_EQ(buffers_held(IoMode::af_xdp, plan, 2), 2U * 2 * 4 * kDeviceDescriptors);
}

MediaRealm realm_at(const char* name, const IpAddress& address) {
    MediaRealm realm;
    realm.name = name;
    realm.address = address;
    return realm;
}

TEST(CheckAddresses, ARealmThatHasGoneDoesNotStopTheOthers) {
    const auto here = realm_at("in", IpAddress::v4(127, 0, 0, 1));
    const auto gone = realm_at("out", IpAddress::v4(203, 0, 113, 77));
    EXPECT_TRUE(check_addresses({gone, here}));
    const auto none = check_addresses({gone});
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().context.find("realm 'out'"), std::string::npos);
}

}  // namespace
}  // namespace weir::dataplane::tests
