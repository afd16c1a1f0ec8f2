// SPDX-License-Identifier: Apache-2.0
// A machine on which every mode works, for tests to take things away from.
#pragma once

#include <string>
#include <vector>

#include "dataplane/host/judgement.hpp"

namespace weir::dataplane::testing_support {

inline const Capabilities kAllCapabilities{
    Capability::net_raw,  Capability::net_admin, Capability::bpf,     Capability::perfmon,
    Capability::ipc_lock, Capability::sys_admin, Capability::sys_nice};

inline MachineFacts good_machine() {
    MachineFacts machine;
    machine.kernel = "6.12.0";
    machine.capabilities = machine.own_capabilities = machine.bounding = kAllCapabilities;
    machine.media_program = "/usr/bin/weir-media";
    machine.af_packet = machine.af_xdp = machine.bpf_load = machine.tun = Probe::works;
    machine.memlock_bytes = 8U << 20U;
    machine.descriptor_limit = 20000;
    machine.memory_available = std::uint64_t{4} << 30U;
    machine.cores = {0, 1, 2, 3};
    DeviceFacts loopback;
    loopback.name = "lo";
    loopback.is_up = loopback.has_carrier = loopback.is_loopback = true;
    loopback.mtu = 65536;
    DeviceFacts eth0;
    eth0.name = "eth0";
    eth0.driver = "ice";
    eth0.is_up = eth0.has_carrier = true;
    eth0.mtu = 1500;
    eth0.rx_queues = eth0.queue_pairs = 4;
    machine.devices = {loopback, eth0};
    machine.addresses = {{"lo", IpAddress::v4(127, 0, 0, 1), 8, true},
                         {"eth0", IpAddress::v4(192, 0, 2, 1), 24, false}};
    machine.pci = {{"0000:01:00.0", "vfio-pci", "", 7, true}};
    machine.dpdk_drivers = "/usr/lib/dpdk/pmds-23.0";
    machine.dpdk_libraries = {"librte_net_af_packet.so", "librte_net_af_xdp.so",
                              "librte_net_bond.so",      "librte_net_memif.so",
                              "librte_net_null.so",      "librte_net_tap.so"};
    machine.hugepages = {{2U << 20U, 512, 512}, {1U << 30U, 0, 0}};
    machine.has_iommu = true;
    return machine;
}

inline IoWish good_wish() {
    IoWish wish;
    wish.realms = {{"in", IpAddress::v4(192, 0, 2, 1), ""}};
    wish.ports = {{"wan", "net_memif0", "role=client", false}};
    wish.sessions = 2000;
    wish.memory_mib = 256;
    wish.pre_roll_mib = 128;
    return wish;
}

// "missing: what | command" for each finding.
inline std::vector<std::string> texts_of(const std::vector<Finding>& findings) {
    std::vector<std::string> texts;
    for (const Finding& finding : findings) {
        const char* word = finding.severity == Severity::missing   ? "missing: "
                           : finding.severity == Severity::warning ? "warning: "
                                                                   : "note: ";
        texts.push_back(word + finding.what +
                        (finding.command.empty() ? "" : " | " + finding.command));
    }
    return texts;
}

inline std::vector<std::string> said(IoMode mode, const IoWish& wish, const MachineFacts& machine) {
    return texts_of(judge(mode, wish, machine).findings);
}

}  // namespace weir::dataplane::testing_support
