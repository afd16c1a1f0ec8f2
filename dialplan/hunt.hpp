// SPDX-License-Identifier: Apache-2.0
// The eight orders of `dial-peer hunt` (spec A.8).
#pragma once

#include <cstdint>
#include <vector>

#include "config/base/random.hpp"
#include "dialplan/dial_plan.hpp"
#include "dialplan/usage_map.hpp"

namespace weir::dialplan {

// Sorts the candidates of one call. `hunt` is 0..7; a greater one is treated as 0, the default.
// What all keys of the order leave equal is ordered by ascending tag.
void order_candidates(std::vector<OutboundCandidate>& candidates, std::uint8_t hunt, Random& random,
                      const UsageMap& usage);

}  // namespace weir::dialplan
