// SPDX-License-Identifier: Apache-2.0
// DeviceFeatures against the kernel, in network namespaces of the test.
#include "dataplane/route/device_features.hpp"

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <net/if.h>

#include "tests/support/network_namespace.hpp"

namespace weir::tests {
namespace {

using dataplane::DeviceFeatures;
using dataplane::DeviceIndex;

class DeviceFeaturesTest : public TwoHosts {
protected:
    void SetUp() override {
        TwoHosts::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        auto features = near_.run([] { return DeviceFeatures::open(); });
        if (!features && features.error().code == ErrorCode::not_found)
            GTEST_SKIP() << features.error().context;
        ASSERT_TRUE(features.has_value()) << features.error().context;
        features_.emplace(std::move(*features));
    }
    [[nodiscard]] DeviceIndex index_of(const char* device) const {
        return near_.run([&] { return if_nametoindex(device); });
    }
    [[nodiscard]] bool set_gro_of_peer(const std::string& word) const {
        return far_.run([&] { return std::system(("ethtool -K eth0 gro " + word).c_str()) == 0; });
    }
    // "yes", "no" or the error.
    std::string sends(DeviceIndex device) {
        const auto sends = features_->sends_xdp_frames(device);
        if (!sends) return sends.error().context;
        return *sends ? "yes" : "no";
    }

    std::optional<DeviceFeatures> features_;
};

TEST_F(DeviceFeaturesTest, AVethSendsXdpFramesWhileItsPeerHasGro) {
    const DeviceIndex eth0 = index_of("eth0");
    ASSERT_TRUE(set_gro_of_peer("off"));
    EXPECT_EQ(sends(eth0), "no");
    ASSERT_TRUE(set_gro_of_peer("on"));
    EXPECT_EQ(sends(eth0), "yes");
    ASSERT_TRUE(set_gro_of_peer("off"));
    EXPECT_EQ(sends(eth0), "no");
}

TEST_F(DeviceFeaturesTest, TheLoopbackSendsNoXdpFrames) {
    EXPECT_EQ(sends(index_of("lo")), "no");
}

TEST_F(DeviceFeaturesTest, AVethRunsXdpProgramsAndTheLoopbackDoesNot) {
    for (const auto& [device, expected] : {std::pair{"eth0", true}, std::pair{"lo", false}}) {
        const auto runs = features_->runs_xdp_programs(index_of(device));
        ASSERT_TRUE(runs.has_value()) << runs.error().context;
        EXPECT_EQ(*runs, expected) << device;
    }
}

TEST_F(DeviceFeaturesTest, ADeviceThatIsNotThereIsNotFound) {
    for (const DeviceIndex device : {DeviceIndex{9999}, dataplane::kAnyDevice}) {
        const auto sends = features_->sends_xdp_frames(device);
        ASSERT_FALSE(sends.has_value()) << device;
        EXPECT_EQ(sends.error().code, ErrorCode::not_found) << sends.error().context;
    }
}

TEST_F(DeviceFeaturesTest, AnErrorDoesNotSpoilTheNextAnswer) {
    ASSERT_FALSE(features_->sends_xdp_frames(9999).has_value());
    EXPECT_EQ(sends(index_of("lo")), "no");
}

TEST_F(DeviceFeaturesTest, DevicesOfOtherNamespacesAreNotSeen) {
    // Numbers are those of each namespace: one that the other namespace alone has.
    ASSERT_TRUE(far_.ip("link add name only index 777 type veth peer name other"));
    const auto sends = far_.run([&] { return features_->sends_xdp_frames(777); });
    ASSERT_FALSE(sends.has_value());
    EXPECT_EQ(sends.error().code, ErrorCode::not_found) << sends.error().context;
}

}  // namespace
}  // namespace weir::tests
