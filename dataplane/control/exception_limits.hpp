// SPDX-License-Identifier: Apache-2.0
// Bounds of the exception path beside those of limits.hpp ("Packet drivers").
#pragma once

#include "config/base/limits.hpp"

namespace weir::dataplane {

// Between two lines about dropped frames of the host: an unknown VLAN on the wire fills no log.
inline constexpr auto kHostDropsReport = seconds(10);

inline constexpr auto kTapRetry = seconds(1);  // a tap that somebody deleted is made again

}  // namespace weir::dataplane
