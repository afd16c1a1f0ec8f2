// SPDX-License-Identifier: Apache-2.0
// A large configuration as text, and the calls that are asked of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/base/random.hpp"
#include "dialplan/route.hpp"

namespace weir::bench {

struct PlanSize {
    unsigned peers = 10000;
    unsigned map_entries = 50000;  // in maps of 5000
    unsigned uri_classes = 200;
    bool translations = false;  // a profile of 15 rules on every inbound and outbound peer
};

// Half of the peers take calls in (by URI class, called number or map), half send them out (by
// pattern or map): literal prefixes, dots, sets, T, $, + % ?, of 3 to 12 digits.
[[nodiscard]] std::string plan_text(const PlanSize& size, std::uint64_t seed);

// Calls of which most are known to some class or pattern, some to none.
[[nodiscard]] std::vector<dialplan::RouteQuery> plan_calls(const PlanSize& size, std::size_t count,
                                                           std::uint64_t seed);

}  // namespace weir::bench
