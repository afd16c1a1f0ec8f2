// SPDX-License-Identifier: Apache-2.0
// What can be said of any machine that runs the tests, and the readers of /proc and file
// capabilities.
#include "dataplane/host/read_machine.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "dataplane/host/proc_file.hpp"
#include "dataplane/host/read_parts.hpp"

namespace weir::dataplane {
namespace {

TEST(ReadMachine, ThisMachineHasALoopbackACoreMemoryAndLimits) {
    const auto machine = read_machine("");
    ASSERT_TRUE(machine.has_value()) << machine.error().context;
    const auto loopback = std::find_if(machine->devices.begin(), machine->devices.end(),
                                       [](const auto& device) { return device.is_loopback; });
    ASSERT_NE(loopback, machine->devices.end());
    EXPECT_EQ(machine->device(loopback->name), &*loopback);
    EXPECT_FALSE(machine->cores.empty());
    EXPECT_GT(machine->memory_available, 0U);
    EXPECT_GT(machine->descriptor_limit, 0U);
    EXPECT_FALSE(machine->kernel.empty());
    EXPECT_EQ(machine->capabilities, machine->own_capabilities);
}

TEST(ReadMachine, AProgramWithoutFileCapabilitiesAddsNone) {
    const auto machine = read_machine("/proc/self/exe");
    ASSERT_TRUE(machine.has_value());
    EXPECT_EQ(machine->capabilities, machine->own_capabilities);
    EXPECT_EQ(machine->media_program, "/proc/self/exe");
    EXPECT_TRUE(file_capabilities("/nonexistent").empty());
}

TEST(Capabilities, AreBitsOfAMask) {
    EXPECT_TRUE(capabilities_of(0).empty());
    EXPECT_EQ(capabilities_of(std::uint64_t{1} << 12U), Capabilities{Capability::net_admin});
    EXPECT_EQ(capabilities_of(std::uint64_t{1} << 13U), Capabilities{Capability::net_raw});
    EXPECT_EQ(capabilities_of(std::uint64_t{1} << 14U), Capabilities{Capability::ipc_lock});
    EXPECT_EQ(capabilities_of(std::uint64_t{1} << 21U), Capabilities{Capability::sys_admin});
    EXPECT_EQ(capabilities_of(std::uint64_t{1} << 38U), Capabilities{Capability::perfmon});
    EXPECT_EQ(capabilities_of(std::uint64_t{1} << 39U), Capabilities{Capability::bpf});
}

TEST(ProcFile, FieldsAreFoundAtTheBeginningOfALine) {
    const std::string text = "MemTotal:  5 kB\nMemAvailable:   2048 kB\nCapEff:\t00ff\n0::/a/b\n";
    EXPECT_EQ(proc_field(text, "MemAvailable"), "2048 kB");
    EXPECT_EQ(proc_field(text, "CapEff"), "00ff");
    EXPECT_EQ(proc_field(text, "Mem"), std::nullopt);
    EXPECT_EQ(proc_field(text, "0:"), "/a/b");
    EXPECT_EQ(leading_number("2048 kB"), 2048U);
    EXPECT_EQ(leading_number("max"), std::nullopt);
    EXPECT_EQ(proc_file("/nonexistent"), std::nullopt);
    EXPECT_TRUE(names_in("/nonexistent").empty());
    EXPECT_EQ(link_target_name("/nonexistent"), "");
}

}  // namespace
}  // namespace weir::dataplane
