// SPDX-License-Identifier: Apache-2.0
// One device of DPDK: opened by its name alone, refused with a sentence, gone without a trace.
#include "dataplane/io/frame_device.hpp"

#include <gmock/gmock.h>
#include <rte_ethdev.h>

#include "tests/unit/dataplane/io/ring_devices.hpp"

namespace weir::dataplane::tests {
namespace {

using ::testing::HasSubstr;

class Devices : public ::testing::Test {
protected:
    Devices() { test_eal(); }
    static Result<std::unique_ptr<FrameDevice>> open(const std::string& eal_name,
                                                     const std::string& arguments = "",
                                                     std::uint16_t queues = 1) {
        FrameDeviceOptions options;
        options.name = "wan";
        options.eal_name = eal_name;
        options.arguments = arguments;
        options.rx_queues = options.tx_queues = queues;
        return FrameDevice::open(options, *frame_pool());
    }
};

TEST_F(Devices, ADeviceTellsItsDriverAddressAndQueues) {
    const auto device = open("net_null0", "", 4);
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_EQ((*device)->driver(), "net_null");
    EXPECT_EQ((*device)->mtu(), 1500);
    EXPECT_NE((*device)->mac(), MacAddress{});
    EXPECT_EQ((*device)->rx_queues(), 4);
    EXPECT_TRUE((*device)->is_up());
    EXPECT_FALSE((*device)->is_gone());
    EXPECT_EQ((*device)->counts().missed, 0U);
}

TEST_F(Devices, FewerQueuesThanAskedForAreTakenAsTheyAre) {
    const auto device =
        open("net_memif0", "role=server,socket=weir-queues-" + std::to_string(::getpid()), 16);
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_GE((*device)->rx_queues(), 1);
    EXPECT_LE((*device)->rx_queues(), 16);
}

TEST_F(Devices, AClosedDeviceMayBeOpenedAgain) {
    for (int i = 0; i < 3; ++i) {
        const auto device = open("net_ring7");
        ASSERT_TRUE(device) << device.error().context;
    }
    std::uint16_t port = 0;
    EXPECT_NE(rte_eth_dev_get_port_by_name("net_ring7", &port), 0);
}

TEST_F(Devices, ADriverThatDoesNotExistIsNamed) {
    const auto device = open("net_nonsense0");
    ASSERT_FALSE(device);
    EXPECT_THAT(device.error().context, HasSubstr("wan (net_nonsense0)"));
}

TEST_F(Devices, ANameIsUsedOnce) {
    const auto first = open("net_null1");
    ASSERT_TRUE(first) << first.error().context;
    const auto second = open("net_null1");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::exists);
}

TEST_F(Devices, AKernelDeviceThatDoesNotExistIsNamed) {
    FrameDeviceOptions options;
    options.name = "lan";
    options.eal_name = "net_af_packet9";
    options.arguments = "iface=weir-none";
    options.interface = "weir-none";
    const auto device = FrameDevice::open(options, *frame_pool());
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, ErrorCode::not_found);
    EXPECT_THAT(device.error().context, HasSubstr("weir-none"));
}

TEST_F(Devices, ArgumentsThatTheDriverDoesNotTakeAreRefused) {
    const auto device = open("net_memif1", "role=emperor");
    ASSERT_FALSE(device);
    EXPECT_THAT(device.error().context, HasSubstr("role=emperor"));
}

TEST_F(Devices, APciDeviceWithoutThePciBusIsNotFound) {
    const auto device = open("0000:99:00.0");
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, ErrorCode::not_found);
    EXPECT_THAT(device.error().context, HasSubstr("vfio-pci"));
}

// What a companion was asked for, in order.
class Diary final : public DeviceCompanion {
public:
    Result<void> before_open() override { return note("before"); }
    Result<void> after_open(const FrameDevice&) override {
        return refuses ? Result<void>(fail(ErrorCode::io, "no")) : note("after");
    }
    void after_close() override { (void)note("closed"); }
    std::uint64_t missed() noexcept override { return 3; }
    bool refuses = false;
    std::vector<std::string> lines;

private:
    Result<void> note(const char* line) {
        lines.emplace_back(line);
        return {};
    }
};

TEST_F(Devices, ACompanionIsThereAroundTheDeviceAndCountsForIt) {
    Diary diary;
    FrameDeviceOptions options;
    options.eal_name = "net_null2";
    auto device = FrameDevice::open(options, *frame_pool(), &diary);
    ASSERT_TRUE(device) << device.error().context;
    EXPECT_EQ((*device)->counts().missed, 3U);
    device->reset();
    EXPECT_THAT(diary.lines, ::testing::ElementsAre("before", "after", "closed"));
}

TEST_F(Devices, ADeviceWhoseCompanionRefusesIsClosedAgain) {
    Diary diary;
    diary.refuses = true;
    FrameDeviceOptions options;
    options.eal_name = "net_null3";
    EXPECT_FALSE(FrameDevice::open(options, *frame_pool(), &diary));
    std::uint16_t port = 0;
    EXPECT_NE(rte_eth_dev_get_port_by_name("net_null3", &port), 0);
    EXPECT_THAT(diary.lines, ::testing::ElementsAre("before", "closed"));
}

}  // namespace
}  // namespace weir::dataplane::tests
