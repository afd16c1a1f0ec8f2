// SPDX-License-Identifier: Apache-2.0
// What jemalloc keeps for a thread: given back, or not kept.
#include "config/base/thread_memory.hpp"

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

extern "C" int mallctl(const char* name, void* old_value, std::size_t* old_size, void* new_value,
                       std::size_t new_size) __attribute__((weak));

namespace weir {
namespace {

template <typename T>
T number(const char* name) {
    T value{};
    std::size_t size = sizeof value;
    EXPECT_EQ(mallctl(name, &value, &size, nullptr, 0), 0) << name;
    return value;
}

// Bytes of small blocks that no thread has given back, over all arenas.
std::size_t bytes_outside() {
    std::uint64_t epoch = 1;
    EXPECT_EQ(mallctl("epoch", nullptr, nullptr, &epoch, sizeof epoch), 0);
    return number<std::size_t>("stats.arenas.4096.small.allocated");
}

class ThreadMemory : public testing::Test {
protected:
    void SetUp() override {
        if (mallctl == nullptr) GTEST_SKIP() << "this build has another allocator";
    }
    static void allocate_and_free() {
        std::vector<std::string> blocks;
        for (int i = 0; i < 5000; ++i)
            blocks.emplace_back(100, 'x');
    }
};

TEST_F(ThreadMemory, WhatAThreadHasFreedGoesBack) {
    std::thread([] {
        allocate_and_free();
        const auto before = bytes_outside();
        give_back_thread_memory();
        EXPECT_LT(bytes_outside(), before);
    }).join();
}

TEST_F(ThreadMemory, AThreadThatKeepsNothingHasNothingToGiveBack) {
    std::thread([] {
        EXPECT_TRUE(number<bool>("thread.tcache.enabled"));
        keep_no_thread_memory();
        EXPECT_FALSE(number<bool>("thread.tcache.enabled"));
        const auto before = bytes_outside();
        allocate_and_free();
        EXPECT_EQ(bytes_outside(), before);
    }).join();
}

}  // namespace
}  // namespace weir
