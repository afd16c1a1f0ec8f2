// SPDX-License-Identifier: Apache-2.0
// IoMode: how packets come and go, as media.io of platform.yaml names it.
//
// Thread: any (values).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

// The order is that of `auto`, and of the fall-back from a mode that cannot work to the next.
enum class IoMode : std::uint8_t { automatic, dpdk, af_xdp, af_packet, socket };

inline constexpr std::array kIoModes{IoMode::automatic, IoMode::dpdk, IoMode::af_xdp,
                                     IoMode::af_packet, IoMode::socket};

// "auto", "dpdk", "af_xdp", "af_packet", "socket".
[[nodiscard]] constexpr const char* to_string(IoMode mode) {
    constexpr std::array kWords{"auto", "dpdk", "af_xdp", "af_packet", "socket"};
    return kWords[static_cast<std::size_t>(mode)];
}

[[nodiscard]] constexpr std::optional<IoMode> io_mode(std::string_view word) {
    for (const IoMode mode : kIoModes)
        if (word == to_string(mode)) return mode;
    return std::nullopt;
}

}  // namespace weir
