// SPDX-License-Identifier: Apache-2.0
// An ordinary dial-peer of SIP, for benches that write their configuration as a model.
#pragma once

#include <cstdint>

#include "config/model/config.hpp"

namespace weir::tests {

// G.711 u-law, digits as telephone events. "" for a pattern or a target: the peer has none;
// `target` is an address otherwise.
[[nodiscard]] config::DialPeer voip_peer(std::uint32_t tag, const char* destination,
                                         const char* incoming, const char* target);

}  // namespace weir::tests
