// SPDX-License-Identifier: Apache-2.0
// MachineFacts: what this machine and this process offer to the I/O modes, as plain values. Read
// once by read_machine; tests make their own.
//
// Thread: any (values).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "dataplane/host/io_wish.hpp"

namespace weir::dataplane {

enum class Capability : std::uint8_t {
    net_raw,
    net_admin,
    bpf,
    perfmon,
    ipc_lock,
    sys_admin,
    sys_nice
};
using Capabilities = std::set<Capability>;

// What the kernel said when a thing was tried.
enum class Probe : std::uint8_t {
    works,
    absent,   // the kernel was built without it, or its module is not loaded
    refused,  // though the capabilities are there: a user namespace, seccomp, a security module
    untried,  // this process lacks the capability that the trial needs
};

struct XdpProgram {
    std::uint32_t id = 0;
    std::string name;      // "" where the kernel does not tell us (CAP_SYS_ADMIN)
    bool is_ours = false;  // left by a weir-media that was killed; removed at the next start
};

// A network device of the kernel, in this network namespace.
struct DeviceFacts {
    unsigned index = 0;  // the kernel's number
    std::string name;
    std::string driver;  // "veth", "ice"; "" if it does not say
    bool is_up = false;
    bool has_carrier = false;
    bool is_loopback = false;
    bool is_tap = false;    // nothing but a program is behind it
    std::uint32_t mtu = 0;  // bytes
    unsigned rx_queues = 1;
    unsigned queue_pairs = 1;  // receive queues that have a transmit queue beside them
    std::optional<XdpProgram> xdp;
    unsigned peer = 0;  // of a veth: the number of its other end; 0 = the kernel does not say
    bool is_peer_elsewhere = false;        // in another network namespace, by its number there
    std::optional<bool> sends_xdp_frames;  // that an XDP program redirects to it; none = not told
    std::optional<bool> runs_xdp;          // its driver runs XDP programs itself; none = not told
};

struct HostedAddress {
    std::string device;
    IpAddress address;
    std::uint8_t prefix_length = 0;
    bool is_loopback = false;  // all of a loopback device's IPv4 net is local
};

// A device on the PCI bus.
struct PciFacts {
    std::string address;         // "0000:01:00.0"
    std::string driver;          // of the kernel, that holds it now: "ice", "vfio-pci"; "" = none
    std::string network_device;  // "eth1" while the kernel has it
    std::optional<int> vfio_group;  // its IOMMU group; none = no IOMMU
    bool may_open = false;          // this process may open /dev/vfio/GROUP or the uio device
};

struct HugepageFacts {
    std::uint64_t page_bytes = 0;  // 2 MiB, 1 GiB
    std::uint64_t total = 0;       // pages
    std::uint64_t free = 0;        // of them
};

struct MachineFacts {
    std::string kernel;  // "6.1.0"
    std::uint32_t uid = 0;
    bool in_user_namespace = false;  // root here is not root of the machine
    // What weir-media will have: of this process, and of its file (setcap).
    Capabilities capabilities;
    Capabilities own_capabilities;  // of this process alone: what it could try
    Capabilities bounding;          // what this process can ever have; a container takes some away
    std::string media_program = "weir-media";  // its path, for commands

    Probe af_packet = Probe::untried;    // a socket of that kind
    Probe af_xdp = Probe::untried;       // a socket of that kind
    Probe bpf_load = Probe::untried;     // an XDP program of two instructions was loaded
    Probe tun = Probe::untried;          // /dev/net/tun was opened
    std::uint64_t memlock_bytes = 0;     // RLIMIT_MEMLOCK, hard; UINT64_MAX = no limit
    std::uint64_t descriptor_limit = 0;  // RLIMIT_NOFILE, hard
    std::uint64_t real_time_limit = 0;   // RLIMIT_RTPRIO, hard; 0 = only by capability
    std::uint64_t memory_available =
        0;                        // bytes that can be had without swapping, also of the cgroup
    std::vector<unsigned> cores;  // that this process may use

    // Whether the kernel tells the devices' sends_xdp_frames and runs_xdp. read_machine does not
    // ask: the question belongs to dataplane/route, and who wants the answer fills it in (weir
    // doctor).
    Probe xdp_features = Probe::untried;
    std::vector<DeviceFacts> devices;
    std::vector<HostedAddress> addresses;
    std::vector<PciFacts> pci;  // network controllers

    std::string dpdk_drivers;              // the folder of DPDK's drivers; "" = not found
    std::set<std::string> dpdk_libraries;  // names of files in it: "librte_net_memif.so.23"
    std::vector<HugepageFacts> hugepages;  // by size, only sizes that the kernel knows
    bool has_iommu = false;
    bool vfio_without_iommu = false;  // enable_unsafe_noiommu_mode

    [[nodiscard]] bool has(Capability capability) const {
        return capabilities.contains(capability);
    }
    [[nodiscard]] const DeviceFacts* device(const std::string& name) const;
    [[nodiscard]] const PciFacts* pci_device(const std::string& address) const;
    // The kernel's device that holds a realm's address; "" = none does. A realm without an address
    // is on the device that it names.
    [[nodiscard]] std::string device_of(const WishedRealm& realm) const;
};

}  // namespace weir::dataplane
