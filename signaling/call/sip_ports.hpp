// SPDX-License-Identifier: Apache-2.0
// The ports that hold where none is written (RFC 3261 19.1.2).
#pragma once

#include <cstdint>

#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

inline constexpr std::uint16_t kSipPort = 5060;
inline constexpr std::uint16_t kSipsPort = 5061;

[[nodiscard]] constexpr std::uint16_t default_port(SipTransport transport) {
    return transport == SipTransport::tls ? kSipsPort : kSipPort;
}

}  // namespace weir::signaling
