// SPDX-License-Identifier: Apache-2.0
// shrink_buckets(): a hash table that is nearly empty gives back the buckets of a busy hour.
//
// The standard tables only ever grow: those of a node that has carried 20,000 calls would keep
// megabytes for good. Thread: that of the table.
#pragma once

#include <algorithm>
#include <cstddef>

namespace weir {

// What a table keeps in any case [buckets]: 8 KB, and a few hundred calls never touch it.
inline constexpr std::size_t kKeptBuckets = 1024;
// Shrinks when fewer buckets than one in this many are used, to twice what there is. Far from full:
// a table whose size goes up and down is not rehashed each time.
inline constexpr std::size_t kShrinkBelow = 16;

// After an erase. Elements stay where they are; iterators of the table do not stay good.
template <typename Table>
void shrink_buckets(Table& table) {
    if (table.bucket_count() <= kKeptBuckets) return;
    if (table.size() * kShrinkBelow > table.bucket_count()) return;
    table.rehash(std::max(2 * table.size(), kKeptBuckets / 2));
}

}  // namespace weir
