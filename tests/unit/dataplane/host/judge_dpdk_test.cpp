// SPDX-License-Identifier: Apache-2.0
// dpdk: drivers, PCI devices, what holds them, and the tap.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/dataplane/host/made_up_machine.hpp"

namespace weir::dataplane {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_support::good_machine;
using testing_support::good_wish;
using testing_support::said;

struct DpdkMode : testing::Test {
    MachineFacts machine = good_machine();
    IoWish wish = good_wish();
    [[nodiscard]] std::vector<std::string> words() const {
        return said(IoMode::dpdk, wish, machine);
    }
    void take_pci() {
        wish.ports = {{"wan", "0000:01:00.0", "", true}};
        wish.hugepages = true;
    }
};

TEST_F(DpdkMode, AVirtualDeviceWithItsDriverWorks) {
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(DpdkMode, APciDeviceThatVfioHoldsWorks) {
    take_pci();
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(DpdkMode, WithoutPortsItIsNotConsideredAndCandidatesAreShown) {
    wish.ports = {};
    machine.pci = {{"0000:01:00.0", "ice", "eth1", 7, true}, {"0000:02:00.0", "", "", {}, true}};
    EXPECT_THAT(words(), ElementsAre("missing: media.ports names no device",
                                     "note: 0000:01:00.0 could be one (eth1, driver ice)",
                                     "note: 0000:02:00.0 could be one"));
}

TEST_F(DpdkMode, DriversThatAreNotInstalled) {
    machine.dpdk_drivers = "";
    EXPECT_THAT(words(), ElementsAre("missing: DPDK's drivers are not installed | apt-get install "
                                     "dpdk"));
}

TEST_F(DpdkMode, AVirtualDeviceWithoutADriver) {
    wish.ports[0].eal_name = "net_mimef0";
    EXPECT_THAT(words(), ElementsAre("missing: port 'wan': there is no driver for net_mimef0 in "
                                     "/usr/lib/dpdk/pmds-23.0 | ls /usr/lib/dpdk/pmds-23.0 | grep "
                                     "librte_net_"));
}

TEST_F(DpdkMode, NamesThatAreNotTheirFilesAreKnown) {
    for (const char* name : {"net_af_xdp0", "net_af_packet1", "net_tap0", "net_tun0", "eth_null0",
                             "net_bonding0", "net_memif_left"}) {
        wish.ports[0].eal_name = name;
        EXPECT_THAT(words(), IsEmpty()) << name;
    }
}

TEST_F(DpdkMode, WithoutNetAdminThereIsNoTap) {
    machine.capabilities.erase(Capability::net_admin);
    EXPECT_THAT(words(), ElementsAre("missing: weir-media lacks the capability NET_ADMIN | setcap "
                                     "cap_net_admin+ep /usr/bin/weir-media"));
}

TEST_F(DpdkMode, WithoutTunThereIsNoTap) {
    machine.tun = Probe::absent;
    EXPECT_THAT(words(), ElementsAre("missing: there is no /dev/net/tun for the taps that give the "
                                     "host what is not media | modprobe tun (a container: "
                                     "--device /dev/net/tun)"));
    machine.tun = Probe::refused;
    EXPECT_THAT(words(), ElementsAre("missing: /dev/net/tun cannot be opened | chmod 0666 "
                                     "/dev/net/tun"));
}

TEST_F(DpdkMode, APciDeviceThatIsNotThere) {
    take_pci();
    wish.ports[0].eal_name = "0000:09:00.0";
    EXPECT_THAT(words(), ElementsAre("missing: port 'wan': there is no PCI network device "
                                     "0000:09:00.0 | lspci -D | grep -i -e ethernet -e network"));
}

TEST_F(DpdkMode, APciDeviceThatTheKernelHolds) {
    take_pci();
    machine.pci[0].driver = "ice";
    machine.pci[0].network_device = "eth1";
    EXPECT_THAT(words(),
                ElementsAre("missing: port 'wan': PCI device 0000:01:00.0 is held by the kernel's "
                            "driver ice as network device eth1 | modprobe vfio-pci && driverctl "
                            "set-override 0000:01:00.0 vfio-pci"));
}

TEST_F(DpdkMode, APciDeviceThatNobodyHolds) {
    take_pci();
    machine.pci[0].driver = "";
    EXPECT_THAT(words(), ElementsAre("missing: port 'wan': PCI device 0000:01:00.0 is bound to no "
                                     "driver | modprobe vfio-pci && driverctl set-override "
                                     "0000:01:00.0 vfio-pci"));
}

TEST_F(DpdkMode, APciDeviceThatThisUserMayNotOpen) {
    take_pci();
    machine.pci[0].may_open = false;
    EXPECT_THAT(words(), ElementsAre("missing: port 'wan': PCI device 0000:01:00.0: this user may "
                                     "not open it | chown USER /dev/vfio/7"));
    machine.pci[0].vfio_group.reset();
    EXPECT_THAT(words(), ElementsAre("missing: port 'wan': PCI device 0000:01:00.0: this user may "
                                     "not open it | run weir-media as root"));
}

TEST_F(DpdkMode, AMachineWithoutIommu) {
    take_pci();
    machine.has_iommu = false;
    EXPECT_THAT(words(),
                ElementsAre("missing: port 'wan': PCI device 0000:01:00.0: this machine has no "
                            "IOMMU | intel_iommu=on (amd_iommu=on) at the kernel's start, or: "
                            "modprobe vfio && echo 1 > "
                            "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"));
    machine.vfio_without_iommu = true;
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(DpdkMode, ADriverThatSharesItsDeviceNeedsNeitherVfioNorIommu) {
    take_pci();
    machine.pci[0] = {"0000:01:00.0", "mlx5_core", "eth1", {}, false};
    machine.has_iommu = false;
    EXPECT_THAT(words(), IsEmpty());
}

TEST_F(DpdkMode, APciDeviceWithoutHugepagesIsWarnedOf) {
    take_pci();
    wish.hugepages = false;
    EXPECT_THAT(words(),
                ElementsAre("warning: port 'wan': PCI device 0000:01:00.0: most drivers of "
                            "PCI devices want hugepages | media.hugepages: true"));
}

}  // namespace
}  // namespace weir::dataplane
