// SPDX-License-Identifier: Apache-2.0
// read_interface: what the kernel says of a network device that we share with it.
//
// Thread: control.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/base/mac_address.hpp"

namespace weir::dataplane {

struct InterfaceState {
    MacAddress mac{};
    std::uint16_t mtu = 0;        // bytes of an IP packet; 65535 for more
    bool is_running = false;      // up, and with a carrier
    bool is_promiscuous = false;  // by an operator's word, not for a program that listens
};

// Nothing: there is no such device.
[[nodiscard]] std::optional<InterfaceState> read_interface(const std::string& name);

}  // namespace weir::dataplane
