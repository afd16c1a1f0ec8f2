// SPDX-License-Identifier: Apache-2.0
// The BPF programs, BPF maps, XDP and packet sockets that this process has open: DPDK's drivers
// open them and show them to nobody. Asking the kernel by number needs CAP_SYS_ADMIN, looking at
// our own descriptors needs nothing.
//
// Thread: control.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::dataplane {

enum class DescriptorKind : std::uint8_t { bpf_program, bpf_map, xdp_socket, packet_socket };

struct OwnDescriptor {
    int fd = -1;
    DescriptorKind kind = DescriptorKind::bpf_map;
    std::uint64_t id = 0;  // the kernel's number of the program or map; of a socket its inode
    std::string name{};    // of a program or map
    std::vector<std::uint32_t> map_ids{};  // of a program
    bool operator==(const OwnDescriptor&) const = default;
};

// All that are open now.
[[nodiscard]] std::vector<OwnDescriptor> own_descriptors();
// Those of `now` that are not in `before`, by descriptor and number.
[[nodiscard]] std::vector<OwnDescriptor> opened_since(const std::vector<OwnDescriptor>& before,
                                                      const std::vector<OwnDescriptor>& now);
// Closes what a driver has forgotten; a number that stands for something else by now is left alone.
void close_leftovers(const std::vector<OwnDescriptor>& descriptors);

}  // namespace weir::dataplane
