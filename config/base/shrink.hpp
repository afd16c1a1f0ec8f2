// SPDX-License-Identifier: Apache-2.0
// shrink_buckets(), shrink_capacity(): a table that is nearly empty gives back the memory of a busy
// hour.
//
// The standard containers only ever grow: those of a node that has carried 20,000 calls would keep
// megabytes for good. Thread: that of the table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace weir {

// What a table keeps in any case [buckets, elements]: 8 KB of buckets, and a few hundred calls
// never touch it.
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

// After elements of a vector have gone. Iterators and references do not stay good.
template <typename Vector>
void shrink_capacity(Vector& vector) {
    if (vector.capacity() <= kKeptBuckets) return;
    if (vector.size() * kShrinkBelow > vector.capacity()) return;
    Vector smaller;
    smaller.reserve(std::max(2 * vector.size(), kKeptBuckets / 2));
    std::move(vector.begin(), vector.end(), std::back_inserter(smaller));
    vector = std::move(smaller);
}

}  // namespace weir
