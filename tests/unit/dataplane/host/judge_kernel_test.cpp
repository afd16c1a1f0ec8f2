// SPDX-License-Identifier: Apache-2.0
// af_xdp, af_packet and socket: each thing that can be missing, its sentence and its command.
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

struct KernelModes : testing::Test {
    MachineFacts machine = good_machine();
    IoWish wish = good_wish();
    DeviceFacts& eth0() { return machine.devices[1]; }
    void put_realm_on_loopback() { wish.realms[0].address = IpAddress::v4(127, 0, 0, 9); }
};

TEST_F(KernelModes, NothingIsSaidOfAMachineThatHasAll) {
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), IsEmpty());
    EXPECT_THAT(said(IoMode::af_packet, wish, machine), IsEmpty());
    EXPECT_THAT(said(IoMode::socket, wish, machine), IsEmpty());
}

TEST_F(KernelModes, MissingCapabilitiesAreGivenBySetcap) {
    machine.capabilities = {};
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: weir-media lacks the capabilities NET_RAW, NET_ADMIN, BPF, "
                            "PERFMON, IPC_LOCK | setcap "
                            "cap_net_raw,cap_net_admin,cap_bpf,cap_perfmon,cap_ipc_lock+ep "
                            "/usr/bin/weir-media"));
    EXPECT_THAT(said(IoMode::af_packet, wish, machine),
                ElementsAre("missing: weir-media lacks the capabilities NET_RAW, NET_ADMIN, "
                            "IPC_LOCK | setcap cap_net_raw,cap_net_admin,cap_ipc_lock+ep "
                            "/usr/bin/weir-media"));
    EXPECT_THAT(said(IoMode::socket, wish, machine), IsEmpty());
}

TEST_F(KernelModes, WhatMakesPacketSocketsDearerIsSaidAndIsNoObstacle) {
    machine.capabilities.erase(Capability::bpf);
    EXPECT_THAT(said(IoMode::af_packet, wish, machine), IsEmpty()) << "SYS_ADMIN contains it";
    machine.capabilities.erase(Capability::sys_admin);
    EXPECT_THAT(said(IoMode::af_packet, wish, machine),
                ElementsAre("note: weir-media lacks the capability BPF: the host carries a copy of "
                            "each media packet up to a socket that drops it, for a fifth more CPU "
                            "| setcap cap_net_raw,cap_net_admin,cap_ipc_lock,cap_bpf+ep "
                            "/usr/bin/weir-media"));
    machine.kernel = "6.1.0-49-amd64";
    EXPECT_THAT(said(IoMode::af_packet, wish, machine),
                ElementsAre("note: the kernel (6.1.0-49-amd64) has no classifiers that end with "
                            "their program (tcx): the host carries a copy of each media packet up "
                            "to a socket that drops it, for a fifth more CPU | take a kernel of "
                            "6.6 or newer"));
    EXPECT_TRUE(judge(IoMode::af_packet, wish, machine).works());
}

TEST_F(KernelModes, OneMissingCapabilityIsNamedAlone) {
    machine.capabilities.erase(Capability::net_raw);
    EXPECT_THAT(
        said(IoMode::af_packet, wish, machine),
        ElementsAre(testing::StartsWith("missing: weir-media lacks the capability NET_RAW |")));
}

TEST_F(KernelModes, CapabilitiesThatAContainerTookAwayAreGivenAtItsStart) {
    machine.capabilities.erase(Capability::net_admin);
    machine.capabilities.erase(Capability::ipc_lock);
    machine.bounding = machine.capabilities;
    EXPECT_THAT(said(IoMode::af_packet, wish, machine),
                ElementsAre("missing: this process can never have the capabilities NET_ADMIN, "
                            "IPC_LOCK: its container or service was started without | "
                            "--cap-add=NET_ADMIN --cap-add=IPC_LOCK at the container's start, or "
                            "no CapabilityBoundingSet in the systemd unit"));
}

TEST_F(KernelModes, SysAdminStandsForBpfAndPerfmon) {
    machine.capabilities.erase(Capability::bpf);
    machine.capabilities.erase(Capability::perfmon);
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), IsEmpty());
}

TEST_F(KernelModes, AHighMemlockLimitStandsForIpcLock) {
    machine.capabilities.erase(Capability::ipc_lock);
    EXPECT_FALSE(judge(IoMode::af_xdp, wish, machine).works());
    machine.memlock_bytes = std::uint64_t{256} << 20U;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), IsEmpty());
}

TEST_F(KernelModes, AfPacketLocksTheRingsOfItsSocketsOnly) {
    machine.capabilities.erase(Capability::ipc_lock);
    machine.memlock_bytes = std::uint64_t{31} << 20U;
    EXPECT_THAT(said(IoMode::af_packet, wish, machine), IsEmpty());
    wish.cores = {1, 2};
    EXPECT_FALSE(judge(IoMode::af_packet, wish, machine).works());
}

TEST_F(KernelModes, RootOfAUserNamespaceIsBoundToTheMemlockLimit) {
    machine.in_user_namespace = true;
    EXPECT_THAT(said(IoMode::af_packet, wish, machine),
                ElementsAre("missing: 8 MiB of locked memory are allowed, af_packet needs 16, and "
                            "root of a user namespace is bound to the limit | LimitMEMLOCK=16M in "
                            "the systemd unit, or: ulimit -Hl 16384"));
}

TEST_F(KernelModes, KernelWithoutXdpSockets) {
    machine.af_xdp = Probe::absent;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: the kernel (6.12.0) has no AF_XDP sockets | take a kernel "
                            "built with CONFIG_XDP_SOCKETS=y"));
}

TEST_F(KernelModes, KernelWithoutBpf) {
    machine.bpf_load = Probe::absent;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: the kernel (6.12.0) has no bpf() | take a kernel built with "
                            "CONFIG_BPF_SYSCALL=y"));
}

TEST_F(KernelModes, KernelWithoutPacketSockets) {
    machine.af_packet = Probe::absent;
    EXPECT_THAT(said(IoMode::af_packet, wish, machine),
                ElementsAre("missing: the kernel (6.12.0) has no AF_PACKET sockets | modprobe "
                            "af_packet"));
}

TEST_F(KernelModes, RootOfAUserNamespaceLoadsNoProgram) {
    machine.bpf_load = Probe::refused;
    machine.in_user_namespace = true;
    machine.memlock_bytes = std::uint64_t{1} << 40U;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: the kernel refuses to load an XDP program: root of a user "
                            "namespace may not | run weir-media outside of the user namespace"));
}

TEST_F(KernelModes, ASeccompProfileThatRefusesIsNamed) {
    machine.af_xdp = Probe::refused;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: the kernel refuses AF_XDP sockets: a security module or the "
                            "container's seccomp profile | start the container with "
                            "--security-opt seccomp=unconfined"));
}

TEST_F(KernelModes, WhatCouldNotBeTriedIsNotHeldAgainstTheMachine) {
    machine.af_xdp = machine.bpf_load = machine.af_packet = Probe::untried;
    EXPECT_TRUE(judge(IoMode::af_xdp, wish, machine).works());
    EXPECT_TRUE(judge(IoMode::af_packet, wish, machine).works());
}

TEST_F(KernelModes, AnAddressThatNoDeviceHasIsMissingInEveryMode) {
    wish.realms[0].address = IpAddress::v4(198, 51, 100, 1);
    const auto words = ElementsAre(
        "missing: realm 'in': no device of this machine has the address 198.51.100.1 | ip address "
        "add 198.51.100.1/24 dev DEVICE");
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), words);
    EXPECT_THAT(said(IoMode::af_packet, wish, machine), words);
    EXPECT_THAT(said(IoMode::socket, wish, machine), words);
}

TEST_F(KernelModes, AnAddressOnAnotherDeviceThanWantedIsMissing) {
    machine.devices.push_back(machine.devices.front());
    machine.devices.back().name = "eth1";
    wish.realms[0].device = "eth1";
    EXPECT_THAT(said(IoMode::socket, wish, machine),
                ElementsAre("missing: realm 'in': device eth1 does not have the address "
                            "192.0.2.1 | ip address add 192.0.2.1/24 dev eth1"));
}

TEST_F(KernelModes, ADeviceThatIsNotThereIsNamedAndNoAddressIsOfferedForIt) {
    wish.realms[0].device = "nope0";
    EXPECT_THAT(
        said(IoMode::socket, wish, machine),
        ElementsAre("missing: realm 'in': this machine has no device nope0; realms[].device "
                    "in platform.yaml names one of its list | ip -brief link"));
}

TEST_F(KernelModes, TheLoopbackIsForSocketsOnly) {
    put_realm_on_loopback();
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: device lo (realm in) is the loopback, where AF_XDP gets "
                            "nothing: such parties need media.io: socket"));
    EXPECT_THAT(said(IoMode::af_packet, wish, machine),
                ElementsAre("missing: device lo (realm in) is the loopback, where AF_PACKET sees "
                            "each packet twice: such parties need media.io: socket"));
    EXPECT_THAT(said(IoMode::socket, wish, machine), IsEmpty());
}

TEST_F(KernelModes, ATapHasNoWire) {
    eth0().is_tap = true;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: device eth0 (realm in) is a tap, behind which is a program "
                            "and no wire"));
    EXPECT_THAT(said(IoMode::af_packet, wish, machine),
                ElementsAre("missing: device eth0 (realm in) is a tap, behind which is a program "
                            "and no wire"));
}

TEST_F(KernelModes, OurOwnTapLeadsNowhereWithoutDpdk) {
    wish.realms[0].tap = "eth0";
    EXPECT_THAT(said(IoMode::socket, wish, machine),
                ElementsAre("missing: realm 'in': its address 192.0.2.1 is on the tap eth0, behind "
                            "which is a port of dpdk and nothing else"));
}

TEST_F(KernelModes, ADeviceThatIsDownMayComeUpLater) {
    eth0().is_up = false;
    for (const IoMode mode : {IoMode::af_xdp, IoMode::af_packet, IoMode::socket})
        EXPECT_THAT(said(mode, wish, machine),
                    ElementsAre("warning: device eth0 (realm in) is down | ip link set dev eth0 "
                                "up"));
}

TEST_F(KernelModes, ADeviceWithoutCarrierIsWarnedOf) {
    eth0().has_carrier = false;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("warning: device eth0 (realm in) has no carrier: no cable, or its peer "
                            "is down"));
}

TEST_F(KernelModes, AnMtuBeyondTheBuffersOfTheModeIsTooLarge) {
    eth0().mtu = 9000;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: device eth0 (realm in) has an MTU of 9000, af_xdp takes 3542 "
                            "at most | ip link set dev eth0 mtu 1500"));
    EXPECT_THAT(said(IoMode::af_packet, wish, machine),
                ElementsAre("missing: device eth0 (realm in) has an MTU of 9000, af_packet takes "
                            "1982 at most | ip link set dev eth0 mtu 1500"));
    eth0().mtu = 3542;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), IsEmpty());
    eth0().mtu = 1982;
    EXPECT_THAT(said(IoMode::af_packet, wish, machine), IsEmpty());
}

TEST_F(KernelModes, ADriverOfDpdkThatIsNotInstalled) {
    machine.dpdk_libraries = {"librte_net_af_packet.so.23", "librte_net_null.so.23"};
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: DPDK's driver librte_net_af_xdp.so is not in "
                            "/usr/lib/dpdk/pmds-23.0 | apt-get install dpdk"));
    EXPECT_THAT(said(IoMode::af_packet, wish, machine), IsEmpty());
    machine.dpdk_libraries = {};
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), IsEmpty());
}

TEST_F(KernelModes, MoreQueuesThanTheProgramKnowsAreRefused) {
    eth0().rx_queues = eth0().queue_pairs = 65;
    EXPECT_THAT(
        said(IoMode::af_xdp, wish, machine),
        ElementsAre("missing: device eth0 (realm in) has 65 receive queues, af_xdp takes 64 "
                    "at most | ethtool --set-channels eth0 combined 1"));
}

TEST_F(KernelModes, ReceiveQueuesWithoutATransmitQueueAreRefused) {
    eth0().queue_pairs = 2;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: device eth0 (realm in) has 4 receive queues but 2 with a "
                            "transmit queue; af_xdp wants pairs | ethtool --set-channels eth0 rx 2 "
                            "tx 2"));
}

TEST_F(KernelModes, AForeignXdpProgramIsNamedAndLeftAlone) {
    eth0().xdp = XdpProgram{42, "firewall", false};
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("missing: device eth0 (realm in) bears the XDP program 'firewall' "
                            "(number 42) of somebody else | ip link set dev eth0 xdp off"));
}

TEST_F(KernelModes, AStaleXdpProgramOfOursIsNoObstacle) {
    eth0().xdp = XdpProgram{42, "weir_media", true};
    EXPECT_THAT(
        said(IoMode::af_xdp, wish, machine),
        ElementsAre("note: device eth0 (realm in) bears an XDP program of a weir-media "
                    "(number 42): it runs, or it was killed and the next start removes it"));
}

TEST_F(KernelModes, AnXdpProgramWhoseNameOnlyRootReadsIsAWarning) {
    eth0().xdp = XdpProgram{42, "", false};
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("warning: device eth0 (realm in) bears an XDP program (number 42); "
                            "whose it is, only root may see | ip -details link show dev eth0"));
}

TEST_F(KernelModes, FewerQueuesThanWorkersAreNoted) {
    eth0().rx_queues = 1;
    wish.cores = {1, 2};
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("note: device eth0 (realm in) has 1 receive queue for 2 workers: "
                            "frames are handed over | ethtool --set-channels eth0 combined 2"));
}

TEST_F(KernelModes, RealmsOfOneDeviceAreNamedTogether) {
    machine.addresses.push_back({"eth0", IpAddress::v4(192, 0, 2, 2), 24, false});
    wish.realms.push_back({"out", IpAddress::v4(192, 0, 2, 2), ""});
    eth0().is_up = false;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("warning: device eth0 (realm in, out) is down | ip link set dev eth0 "
                            "up"));
}

TEST_F(KernelModes, ARealmWithoutAddressIsOnTheDeviceThatItNames) {
    wish.realms = {{"", {}, "eth0"}};
    eth0().mtu = 2000;
    EXPECT_FALSE(judge(IoMode::af_packet, wish, machine).works());
    EXPECT_TRUE(judge(IoMode::af_xdp, wish, machine).works());
}

}  // namespace
}  // namespace weir::dataplane
