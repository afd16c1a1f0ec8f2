// SPDX-License-Identifier: Apache-2.0
// From a captured frame to the UDP datagram or TCP segment in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/base/address.hpp"
#include "deploy/apps/offline/capture_file.hpp"

namespace weir::apps {

struct CapturedPayload {
    bool is_tcp = false;
    Endpoint source;
    Endpoint destination;
    std::uint32_t sequence = 0;  // TCP: of the first byte
    std::string_view bytes;      // of a fragmented datagram the first piece
};

// Ethernet with 802.1Q tags, Linux cooked (both), raw IP, BSD loopback; IPv4 and IPv6. Nothing for
// all else, for later fragments and for what is cut short. Total on any bytes. Thread: any; pure.
[[nodiscard]] std::optional<CapturedPayload> payload_of(const CapturedFrame& frame);

}  // namespace weir::apps
