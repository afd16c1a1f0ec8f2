// SPDX-License-Identifier: Apache-2.0
// SpareMemory: the thread's cache goes back again and again, until the end, in virtual time.
#include "deploy/apps/spare_memory.hpp"

#include <optional>

#include <gtest/gtest.h>

#include "tests/support/fake_loop.hpp"

namespace weir::apps {
namespace {

using std::chrono::seconds;

TEST(SpareMemory, TheCacheGoesBackAsOftenAsFreedPagesDo) {
    tests::FakeLoop loop;
    int times = 0;
    const SpareMemory spare(loop, [&] { ++times; });
    for (int second = 0; second < 60; ++second)
        loop.advance(seconds(1));
    EXPECT_EQ(times, 12);
}

TEST(SpareMemory, NothingIsAskedOfAnAllocatorAfterItsEnd) {
    tests::FakeLoop loop;
    int times = 0;
    std::optional<SpareMemory> spare(std::in_place, loop, [&] { ++times; });
    spare.reset();
    loop.advance(seconds(60));
    EXPECT_EQ(times, 0);
}

}  // namespace
}  // namespace weir::apps
