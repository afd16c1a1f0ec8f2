// SPDX-License-Identifier: Apache-2.0
// shrink_buckets(), shrink_capacity(): room goes when the elements have gone, and not before.
#include "config/base/shrink.hpp"

#include <numeric>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

namespace weir {
namespace {

using Table = std::unordered_map<int, int>;

Table table_of(int elements) {
    Table table;
    for (int i = 0; i < elements; ++i)
        table[i] = i;
    return table;
}

// Erases from the front until `left` are there; gives how often the buckets became fewer.
int erase_down_to(Table& table, std::size_t left) {
    int times = 0;
    for (int i = 0; table.size() > left; ++i) {
        const auto before = table.bucket_count();
        table.erase(i);
        shrink_buckets(table);
        times += table.bucket_count() < before ? 1 : 0;
    }
    return times;
}

TEST(Shrink, ATableThatHasBecomeEmptyKeepsFewBuckets) {
    Table table = table_of(20'000);
    erase_down_to(table, 0);
    EXPECT_LE(table.bucket_count(), kKeptBuckets);
}

TEST(Shrink, OnTheWayDownTheTableIsRehashedAFewTimesOnly) {
    Table table = table_of(20'000);
    EXPECT_LE(erase_down_to(table, 0), 3);
}

TEST(Shrink, ATableThatIsHalfEmptyKeepsItsBuckets) {
    Table table = table_of(20'000);
    EXPECT_EQ(erase_down_to(table, 10'000), 0);
}

TEST(Shrink, WhatIsLeftIsStillFound) {
    Table table = table_of(20'000);
    erase_down_to(table, 5);
    EXPECT_EQ(table.at(19'999), 19'999);
}

std::vector<int> numbers(int count) {
    std::vector<int> vector(static_cast<std::size_t>(count));
    std::iota(vector.begin(), vector.end(), 0);
    return vector;
}

TEST(Shrink, AVectorThatHasBecomeNearlyEmptyKeepsLittleRoomAndItsElements) {
    auto vector = numbers(20'000);
    vector.resize(5);
    shrink_capacity(vector);
    EXPECT_LE(vector.capacity(), kKeptBuckets);
    EXPECT_EQ(vector, numbers(5));
}

TEST(Shrink, AVectorThatIsHalfEmptyKeepsItsRoom) {
    auto vector = numbers(20'000);
    vector.resize(10'000);
    shrink_capacity(vector);
    EXPECT_GE(vector.capacity(), 20'000U);
}

}  // namespace
}  // namespace weir
