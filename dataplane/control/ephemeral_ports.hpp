// SPDX-License-Identifier: Apache-2.0
// Ports that the kernel may give to any program of this host although they are media ports: where
// the kernel does not see media (dpdk, af_xdp), the answers to such a program are taken for media.
//
// Thread: control.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::dataplane {

struct PortSpan {
    std::uint16_t min = 1;
    std::uint16_t max = 0;  // included; min > max: none
};

// How many ports of `media` the kernel chooses from, by the words of its two settings
// (ip-sysctl: ip_local_port_range, "32768 60999"; ip_local_reserved_ports, "8080,20000-40000").
// Pure; words that cannot be read count as if they were not there.
[[nodiscard]] std::size_t shared_ports(PortSpan media, std::string_view local_range,
                                       std::string_view reserved);

// The same by this host's settings, for both families.
[[nodiscard]] std::size_t shared_ports(PortSpan media);

}  // namespace weir::dataplane
