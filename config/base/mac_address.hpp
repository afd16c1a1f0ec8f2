// SPDX-License-Identifier: Apache-2.0
// MacAddress: an Ethernet address (IEEE 802 EUI-48), in wire order.
//
// Thread: any (a value).
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace weir {

using MacAddress = std::array<std::uint8_t, 6>;

// "02:00:00:00:00:01".
[[nodiscard]] inline std::string to_string(const MacAddress& mac) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : mac) {
        if (!text.empty()) text += ':';
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0x0FU];
    }
    return text;
}

}  // namespace weir
