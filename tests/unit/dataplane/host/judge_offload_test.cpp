// SPDX-License-Identifier: Apache-2.0
// Flow offload in mode af_xdp: what is said of each device, and that it never counts against the
// mode.
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

struct JudgeOffload : testing::Test {
    MachineFacts machine = good_machine();
    IoWish wish = good_wish();
    JudgeOffload() {
        machine.xdp_features = Probe::works;
        wish.offload = true;
    }
    DeviceFacts& eth0() { return machine.devices[1]; }
    void make_veth(unsigned peer, bool is_peer_elsewhere) {
        eth0().driver = "veth";
        eth0().sends_xdp_frames = false;
        eth0().peer = peer;
        eth0().is_peer_elsewhere = is_peer_elsewhere;
        DeviceFacts seven;  // here, whatever the peer is
        seven.index = 7;
        seven.name = "eth7";
        machine.devices.push_back(seven);
    }
};

TEST_F(JudgeOffload, ADeviceThatSendsRedirectedFramesIsNoted) {
    eth0().sends_xdp_frames = true;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("note: device eth0 (realm in): the kernel can send redirected frames "
                            "by it (flow offload)"));
}

TEST_F(JudgeOffload, AVethWantsGroAtItsPeer) {
    make_veth(7, false);
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("note: device eth0 (realm in): no flow offload by it until its peer, "
                            "eth7, has GRO or an XDP program | ethtool -K eth7 gro on"));
}

TEST_F(JudgeOffload, APeerInAnotherNamespaceIsNamedByItsNumberThere) {
    make_veth(7, true);
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("note: device eth0 (realm in): no flow offload by it until its peer, "
                            "PEER, which is device number 7 of another network namespace, has GRO "
                            "or an XDP program | ethtool -K PEER gro on"));
}

TEST_F(JudgeOffload, APeerThatTheKernelDoesNotTellIsLeftToTheOperator) {
    make_veth(0, false);
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("note: device eth0 (realm in): no flow offload by it until its peer, "
                            "PEER in its own network namespace, has GRO or an XDP program | "
                            "ethtool -K PEER gro on"));
}

TEST_F(JudgeOffload, ACardWithoutAProgramMayStillCome) {
    eth0().sends_xdp_frames = false;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("note: device eth0 (realm in): its driver (ice) sends no redirected "
                            "frames (flow offload) now; many do while they bear an XDP program, "
                            "so ask again while weir-media runs"));
}

TEST_F(JudgeOffload, ACardThatDoesNotEvenWithAProgramNeverWill) {
    eth0().sends_xdp_frames = false;
    eth0().xdp = XdpProgram{42, "weir_media", true};
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                testing::Contains("note: device eth0 (realm in): its driver (ice) sends no "
                                  "redirected frames: no flow offload by it"));
}

TEST_F(JudgeOffload, AnOldKernelIsNamedOnce) {
    machine.xdp_features = Probe::absent;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine),
                ElementsAre("note: the kernel (6.12.0) does not tell by which devices it sends "
                            "redirected frames: no flow offload | take a kernel of 6.3 or newer"));
}

TEST_F(JudgeOffload, WhatIsNotToldIsNotHeldAgainstTheDevice) {
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), IsEmpty());
}

TEST_F(JudgeOffload, NothingIsSaidWhenItIsOff) {
    make_veth(7, false);
    wish.offload = false;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), IsEmpty());
    machine.xdp_features = Probe::absent;
    EXPECT_THAT(said(IoMode::af_xdp, wish, machine), IsEmpty());
}

TEST_F(JudgeOffload, OtherModesHaveNone) {
    make_veth(7, false);
    EXPECT_THAT(said(IoMode::af_packet, wish, machine), IsEmpty());
    EXPECT_THAT(said(IoMode::socket, wish, machine), IsEmpty());
}

}  // namespace
}  // namespace weir::dataplane
