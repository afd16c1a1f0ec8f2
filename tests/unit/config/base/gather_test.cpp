// SPDX-License-Identifier: Apache-2.0
// When a writer's turn begins.
#include "config/base/gather.hpp"

#include <functional>
#include <future>

#include <gtest/gtest.h>

namespace weir {
namespace {

using std::chrono::milliseconds;

// A period that no test lives to see.
constexpr auto kNever = milliseconds(std::chrono::hours(24));

class GatherTest : public testing::Test {
protected:
    // Waits for one turn on a thread of its own.
    std::future<void> turn() {
        return std::async(std::launch::async, [this] {
            std::unique_lock lock(mutex);
            gather.wait(lock, [this] { return !has_work; });
        });
    }
    void locked(const std::function<void()>& what) {
        const std::lock_guard lock(mutex);
        what();
    }
    std::mutex mutex;
    Gather gather{milliseconds(1)};
    bool has_work = false;
};

TEST_F(GatherTest, AWriterWithoutWorkIsWokenWhenSomeComes) {
    auto done = turn();
    EXPECT_EQ(done.wait_for(milliseconds(20)), std::future_status::timeout);
    locked([this] {
        has_work = true;
        gather.work_came();
    });
    done.get();
}

TEST_F(GatherTest, WorkThatWaitsGoesWhenThePeriodIsOver) {
    has_work = true;
    turn().get();
}

TEST(Gather, AHurryEndsThePeriodOnce) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    Gather gather{kNever};
    gather.hurry();
    gather.wait(lock, [] { return true; });
}

TEST(Gather, NoTurnWaitsOnceItIsStopped) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    Gather gather{kNever};
    gather.stop();
    for (int turn = 0; turn < 3; ++turn)
        gather.wait(lock, [] { return true; });
}

}  // namespace
}  // namespace weir
