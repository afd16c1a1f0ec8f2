// SPDX-License-Identifier: Apache-2.0
// The kernel's descriptor table has its size before calls come.
#include "dataplane/control/descriptors.hpp"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace weir::dataplane {
namespace {

// FDSize of /proc/self/status: slots of the table.
std::uint64_t table_size() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "FDSize:") {
            std::uint64_t size = 0;
            status >> size;
            return size;
        }
    return 0;
}

TEST(DescriptorTable, IsAsLargeAsItWillBeNeeded) {
    const std::uint64_t wanted = table_size() * 2;
    ASSERT_GT(wanted, 0U);
    ASSERT_TRUE(reserve_descriptor_table(wanted));
    EXPECT_GE(table_size(), wanted);
}

TEST(DescriptorTable, WhatTheLimitForbidsIsNotReserved) {
    EXPECT_FALSE(reserve_descriptor_table(0));
    EXPECT_FALSE(reserve_descriptor_table(std::uint64_t{1} << 40U));
}

}  // namespace
}  // namespace weir::dataplane
