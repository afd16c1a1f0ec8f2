// SPDX-License-Identifier: Apache-2.0
// What the dpdk mode needs: DPDK's driver files, PCI network controllers, hugepages.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "dataplane/host/proc_file.hpp"
#include "dataplane/host/read_parts.hpp"

namespace weir::dataplane {
namespace {

// DPDK loads its drivers from LIBDIR/dpdk/pmds-VERSION; the newest wins.
void read_drivers(MachineFacts& facts) {
    std::vector<std::string> roots{"/usr/lib64/dpdk", "/usr/local/lib64/dpdk", "/usr/lib/dpdk",
                                   "/usr/local/lib/dpdk"};
    for (const char* base : {"/usr/lib/", "/usr/local/lib/"})
        for (const std::string& name : names_in(base))
            if (name.find("-linux-gnu") != std::string::npos)
                roots.push_back(base + name + "/dpdk");
    for (const std::string& root : roots)
        for (const std::string& version : names_in(root)) {
            if (!version.starts_with("pmds-")) continue;
            facts.dpdk_drivers = root + "/" + version;
        }
    if (facts.dpdk_drivers.empty()) return;
    for (const std::string& file : names_in(facts.dpdk_drivers))
        if (file.starts_with("librte_net_")) facts.dpdk_libraries.insert(file);
}

bool may_open_device(const PciFacts& device) {
    if (device.vfio_group)
        return ::access(fmt::format("/dev/vfio/{}", *device.vfio_group).c_str(), R_OK | W_OK) == 0;
    return ::geteuid() == 0;
}

// Beside the device, or beside the virtio device on it.
std::string network_device_of(const std::string& base) {
    auto names = names_in(base + "/net");
    for (const std::string& child : names_in(base))
        if (names.empty() && child.starts_with("virtio"))
            names = names_in(base + "/" + child + "/net");
    return names.empty() ? "" : names.front();
}

void read_pci(MachineFacts& facts) {
    const std::string root = "/sys/bus/pci/devices/";
    for (const std::string& address : names_in(root)) {
        const std::string base = root + address;
        const auto kind = proc_file(base + "/class");
        if (!kind || !kind->starts_with("0x02")) continue;  // PCI class 02: network controller
        PciFacts device;
        device.address = address;
        device.driver = link_target_name(base + "/driver");
        device.network_device = network_device_of(base);
        if (const auto group = leading_number(link_target_name(base + "/iommu_group")))
            device.vfio_group = static_cast<int>(*group);
        device.may_open = may_open_device(device);
        facts.pci.push_back(std::move(device));
    }
    facts.has_iommu = !names_in("/sys/kernel/iommu_groups").empty();
    const auto unsafe = proc_file("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
    facts.vfio_without_iommu = unsafe && (*unsafe == "Y" || *unsafe == "1");
}

void read_hugepages(MachineFacts& facts) {
    const std::string root = "/sys/kernel/mm/hugepages/";
    for (const std::string& name : names_in(root)) {  // "hugepages-2048kB"
        if (!name.starts_with("hugepages-")) continue;
        const auto kib = leading_number(std::string_view(name).substr(10));
        const auto total = proc_file(root + name + "/nr_hugepages");
        const auto free = proc_file(root + name + "/free_hugepages");
        if (!kib || !total || !free) continue;
        facts.hugepages.push_back(
            {*kib * 1024, leading_number(*total).value_or(0), leading_number(*free).value_or(0)});
    }
    std::sort(facts.hugepages.begin(), facts.hugepages.end(),
              [](const auto& a, const auto& b) { return a.page_bytes < b.page_bytes; });
}

}  // namespace

void read_dpdk(MachineFacts& facts) {
    read_drivers(facts);
    read_pci(facts);
    read_hugepages(facts);
}

}  // namespace weir::dataplane
