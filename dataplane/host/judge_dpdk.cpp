// SPDX-License-Identifier: Apache-2.0
// The dpdk mode: drivers, PCI devices and what holds them, the exception tap.
#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "dataplane/host/judge_parts.hpp"

namespace weir::dataplane {
namespace {

// Kernel drivers that leave a device to DPDK.
constexpr std::array<std::string_view, 3> kUserDrivers{"vfio-pci", "uio_pci_generic", "igb_uio"};
// Kernel drivers beside which DPDK works, on the same device.
constexpr std::array<std::string_view, 2> kSharedDrivers{"mlx4_core", "mlx5_core"};

bool is_in(const auto& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

// The driver's file for a virtual device: the longest librte_net_NAME that "net_NAME..." begins
// with; "" = none. DPDK has two drivers under a name that is not their file's.
std::string library_of(std::string_view eal_name, const MachineFacts& machine) {
    std::string name(eal_name);
    if (name.starts_with("eth_")) name.replace(0, 4, "net_");  // aliases of old
    if (name.starts_with("net_tun")) name.replace(0, 7, "net_tap");
    std::string found;
    for (const std::string& file : machine.dpdk_libraries) {
        if (!file.starts_with("librte_net_")) continue;
        const std::string library = file.substr(0, file.find('.'));
        if (library.size() > found.size() && name.starts_with(library.substr(7))) found = library;
    }
    return found;
}

// " (eth0, driver ice)" as far as it is known.
std::string owner_of(const PciFacts& device) {
    std::vector<std::string> words;
    if (!device.network_device.empty()) words.push_back(device.network_device);
    if (!device.driver.empty()) words.push_back("driver " + device.driver);
    return words.empty() ? "" : fmt::format(" ({})", fmt::join(words, ", "));
}

void judge_pci_owner(JudgeParts& parts, const PciFacts& device, const std::string& text) {
    const std::string bind =
        fmt::format("modprobe vfio-pci && driverctl set-override {} vfio-pci", device.address);
    if (is_in(kSharedDrivers, device.driver)) return;
    if (!is_in(kUserDrivers, device.driver)) {
        std::string held =
            device.driver.empty()
                ? text + " is bound to no driver"
                : fmt::format("{} is held by the kernel's driver {}", text, device.driver);
        if (!device.network_device.empty())
            held += fmt::format(" as network device {}", device.network_device);
        return parts.missing(std::move(held), bind);
    }
    if (!device.may_open)
        parts.missing(fmt::format("{}: this user may not open it", text),
                      device.vfio_group ? fmt::format("chown USER /dev/vfio/{}", *device.vfio_group)
                                        : "run weir-media as root");
}

void judge_pci(JudgeParts& parts, const WishedPort& port) {
    const std::string text = fmt::format("port '{}': PCI device {}", port.name, port.eal_name);
    const PciFacts* device = parts.machine.pci_device(port.eal_name);
    if (device == nullptr)
        return parts.missing(
            fmt::format("port '{}': there is no PCI network device {}", port.name, port.eal_name),
            "lspci -D | grep -i -e ethernet -e network");
    judge_pci_owner(parts, *device, text);
    const bool is_shared = is_in(kSharedDrivers, device->driver);
    if (!is_shared && !parts.machine.has_iommu && !parts.machine.vfio_without_iommu)
        parts.missing(
            fmt::format("{}: this machine has no IOMMU", text),
            "intel_iommu=on (amd_iommu=on) at the kernel's start, or: modprobe vfio && echo 1 > "
            "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
    if (!parts.wish.hugepages)
        parts.warn(fmt::format("{}: most drivers of PCI devices want hugepages", text),
                   "media.hugepages: true");
}

void judge_virtual(JudgeParts& parts, const WishedPort& port) {
    if (!library_of(port.eal_name, parts.machine).empty()) return;
    parts.missing(fmt::format("port '{}': there is no driver for {} in {}", port.name,
                              port.eal_name, parts.machine.dpdk_drivers),
                  fmt::format("ls {} | grep librte_net_", parts.machine.dpdk_drivers));
}

void judge_tap(JudgeParts& parts) {
    judge_capabilities(parts, {Capability::net_admin});
    if (parts.machine.tun == Probe::absent)
        parts.missing("there is no /dev/net/tun for the taps that give the host what is not media",
                      "modprobe tun (a container: --device /dev/net/tun)");
    if (parts.machine.tun == Probe::refused)
        parts.missing("/dev/net/tun cannot be opened", "chmod 0666 /dev/net/tun");
}

}  // namespace

void judge_dpdk(JudgeParts& parts) {
    if (parts.wish.ports.empty()) {
        parts.missing("media.ports names no device");
        for (const PciFacts& device : parts.machine.pci)
            parts.note(fmt::format("{} could be one{}", device.address, owner_of(device)));
        return;
    }
    if (parts.machine.dpdk_drivers.empty())
        return parts.missing("DPDK's drivers are not installed", "apt-get install dpdk");
    judge_tap(parts);
    for (const WishedPort& port : parts.wish.ports)
        port.is_pci ? judge_pci(parts, port) : judge_virtual(parts, port);
}

}  // namespace weir::dataplane
