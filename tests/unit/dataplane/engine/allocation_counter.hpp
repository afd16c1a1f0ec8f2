// SPDX-License-Identifier: Apache-2.0
// Counts calls of malloc and its kin while it is told to: proves that a worker does not allocate.
#pragma once

#include <cstdint>

namespace weir::dataplane::tests {

// False in sanitizer builds, which bring their own allocator.
[[nodiscard]] bool can_count_allocations();
void start_counting_allocations();
// Since start; stops.
[[nodiscard]] std::uint64_t stop_counting_allocations();

}  // namespace weir::dataplane::tests
