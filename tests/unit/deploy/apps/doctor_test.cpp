// SPDX-License-Identifier: Apache-2.0
// weir doctor: the examination of made-up machines, its exit status, its text and its JSON.
#include "deploy/apps/offline/doctor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/dataplane/host/made_up_machine.hpp"

namespace weir::apps {
namespace {

using dataplane::testing_support::good_machine;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct DoctorTest : testing::Test {
    dataplane::MachineFacts machine = good_machine();
    config::Platform platform;

    DoctorTest() { read("auto"); }
    // One realm on eth0.
    void read(const std::string& io) {
        auto reading = config::parse_platform(
            "realms: [{name: in, address: 192.0.2.1}]\nmedia: {io: " + io + "}\n", "p.yaml");
        ASSERT_TRUE(reading.ok());
        platform = reading.platform;
    }
    void be_nobody() {
        machine.uid = 65534;
        machine.capabilities = machine.own_capabilities = {};
    }
};

TEST_F(DoctorTest, JudgesEveryModeForTheRealms) {
    const DoctorReport report = examine(&platform, machine);
    ASSERT_EQ(report.diagnoses.size(), 1U);
    EXPECT_EQ(report.diagnoses[0].modes.size(), 4U);
    EXPECT_EQ(report.diagnoses[0].taken, IoMode::af_xdp);
    EXPECT_TRUE(report.works());
}

TEST_F(DoctorTest, ANamedModeThatDoesNotWorkIsAFailureThoughAnotherWouldBeTaken) {
    read("af_xdp");
    machine.af_xdp = dataplane::Probe::absent;
    const DoctorReport report = examine(&platform, machine);
    EXPECT_EQ(report.diagnoses[0].taken, IoMode::af_packet);
    EXPECT_FALSE(report.works());
    EXPECT_THAT(doctor_text(report, false),
                HasSubstr("media.io: af_xdp does not work here; af_packet would be taken instead"));
}

TEST_F(DoctorTest, HugepagesThatAreMissingAreAFailureInAnyMode) {
    platform.media.hugepages = true;
    machine.hugepages = {};
    EXPECT_FALSE(examine(&platform, machine).works());
}

TEST_F(DoctorTest, ARealmWithoutItsAddressIsAFailure) {
    machine.addresses.pop_back();
    const DoctorReport report = examine(&platform, machine);
    EXPECT_FALSE(report.works());
    EXPECT_THAT(doctor_text(report, false), HasSubstr("no mode works here"));
}

TEST_F(DoctorTest, ARealmWithoutItsAddressLeavesTheModeSocketForTheOthers) {
    config::Realm gone;
    gone.name = "out";
    gone.address = IpAddress::v4(203, 0, 113, 77);
    platform.realms.push_back(gone);
    const DoctorReport report = examine(&platform, machine);
    EXPECT_EQ(report.diagnoses[0].taken, IoMode::socket);
    EXPECT_THAT(doctor_text(report, false), HasSubstr("realm 'out': no device of this machine"));
}

TEST_F(DoctorTest, ForAnOrdinaryUserItSaysWhatRootWouldHave) {
    be_nobody();
    const DoctorReport report = examine(&platform, machine);
    EXPECT_EQ(report.diagnoses[0].taken, IoMode::socket);
    EXPECT_THAT(report.as_root, ElementsAre(IoMode::af_xdp, IoMode::af_packet));
    EXPECT_THAT(doctor_text(report, false),
                HasSubstr("judged for user 65534, who may not try everything: root would (as far "
                          "as this user sees) have af_xdp, af_packet, and see whose XDP programs"));
    EXPECT_THAT(examine(&platform, good_machine()).as_root, IsEmpty());
}

TEST_F(DoctorTest, WithoutAPlatformEachDeviceButTheLoopbackIsJudged) {
    const DoctorReport report = examine(nullptr, machine);
    ASSERT_EQ(report.diagnoses.size(), 2U);
    EXPECT_EQ(report.diagnoses[0].device, "eth0");
    EXPECT_EQ(report.diagnoses[0].taken, IoMode::af_xdp);
    EXPECT_EQ(report.diagnoses[1].modes.front().mode, IoMode::dpdk);
    EXPECT_TRUE(report.works());
    EXPECT_THAT(doctor_text(report, false),
                HasSubstr("device eth0 (ice, up, MTU 1500, 4 receive queues)\n  af_xdp     yes\n"));
}

// Of eth0 the kernel says that it sends no redirected frames, which is worth a note.
struct DoctorOfOffload : DoctorTest {
    DoctorOfOffload() {
        machine.xdp_features = dataplane::Probe::works;
        eth0().sends_xdp_frames = false;
        eth0().runs_xdp = true;
    }
    dataplane::DeviceFacts& eth0() { return machine.devices[1]; }
    [[nodiscard]] std::string text_without_platform() const {
        return doctor_text(examine(nullptr, machine), false);
    }
};

TEST_F(DoctorOfOffload, ADeviceThatAfXdpCouldUseHasItsNoteWithoutAPlatform) {
    EXPECT_THAT(text_without_platform(), HasSubstr("flow offload"));
}

TEST_F(DoctorOfOffload, WhatTheKernelDoesNotTellOfTheDriverIsNotHeldAgainstTheDevice) {
    eth0().runs_xdp.reset();
    EXPECT_THAT(text_without_platform(), HasSubstr("flow offload"));
}

TEST_F(DoctorOfOffload, NothingIsSaidOfADeviceThatIsDown) {
    eth0().is_up = false;
    EXPECT_THAT(text_without_platform(), Not(HasSubstr("flow offload")));
}

TEST_F(DoctorOfOffload, NothingIsSaidOfADeviceWhoseDriverRunsNoXdpPrograms) {
    eth0().runs_xdp = false;
    EXPECT_THAT(text_without_platform(), Not(HasSubstr("flow offload")));
}

TEST_F(DoctorOfOffload, OfALoopbackAloneNothingIsSaidByAnOldKernel) {
    machine.xdp_features = dataplane::Probe::absent;
    machine.devices.pop_back();
    EXPECT_THAT(text_without_platform(), Not(HasSubstr("flow offload")));
}

TEST_F(DoctorOfOffload, ADeviceOfARealmHasItsNoteWhateverItIs) {
    eth0().is_up = false;
    eth0().runs_xdp = false;
    EXPECT_THAT(doctor_text(examine(&platform, machine), false), HasSubstr("flow offload"));
}

TEST_F(DoctorTest, WithNothingButTheLoopbackThatIsJudged) {
    machine.devices.pop_back();
    const DoctorReport report = examine(nullptr, machine);
    EXPECT_EQ(report.diagnoses[0].device, "lo");
    EXPECT_EQ(report.diagnoses[0].taken, IoMode::socket);
}

TEST_F(DoctorTest, TheTextHasEachFindingWithItsCommandBelow) {
    machine.devices[1].mtu = 9000;
    machine.devices[1].is_up = false;
    EXPECT_THAT(
        doctor_text(examine(&platform, machine), false),
        HasSubstr("  af_xdp     no\n      warning: device eth0 (realm in) is down\n"
                  "          ip link set dev eth0 up\n      missing: device eth0 (realm in) "
                  "has an MTU of 9000, af_xdp takes 3542 at most\n          ip link set dev "
                  "eth0 mtu 1500\n"));
}

TEST_F(DoctorTest, ColourOnlyWhenAskedFor) {
    const DoctorReport report = examine(&platform, machine);
    EXPECT_THAT(doctor_text(report, false), Not(HasSubstr("\033")));
    EXPECT_THAT(doctor_text(report, true), HasSubstr("\033[32myes\033[0m"));
}

TEST_F(DoctorTest, TheJsonSaysTheSame) {
    machine.devices[1].mtu = 9000;
    const std::string json = doctor_json(examine(&platform, machine));
    EXPECT_THAT(json, HasSubstr(R"("wanted":"auto","works":true)"));
    EXPECT_THAT(json, HasSubstr(R"("taken":"socket")"));
    EXPECT_THAT(json, HasSubstr(R"("command":"ip link set dev eth0 mtu 1500")"));
    EXPECT_THAT(json, HasSubstr(R"("descriptors_needed":{"dpdk":64)"));
    EXPECT_THAT(json, HasSubstr(R"("platform":"p.yaml")"));
}

}  // namespace
}  // namespace weir::apps
