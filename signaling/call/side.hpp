// SPDX-License-Identifier: Apache-2.0
// The place of a side in the arrays that have one entry for each.
#pragma once

#include <cstddef>

#include "signaling/call/call_types.hpp"

namespace weir::signaling {

[[nodiscard]] constexpr std::size_t index(Side side) {
    return static_cast<std::size_t>(side);
}

}  // namespace weir::signaling
