// SPDX-License-Identifier: Apache-2.0
// A thread that writes what others queue: its turns and its end.
#include "config/base/writer_thread.hpp"

#include <future>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

namespace weir {
namespace {

using std::chrono::milliseconds;

// A period that no test lives to see.
constexpr auto kNoPeriod = milliseconds(std::chrono::hours(24));

class WriterThreadTest : public testing::Test {
protected:
    void start(milliseconds period, milliseconds retry) {
        writer.emplace(period,
                       WriterThread::Work{.is_empty = [this] { return waiting == 0; },
                                          .turn = [this](WriterThread::Lock&) { return turn(); }},
                       retry);
    }
    void queue(int pieces) {
        const auto lock = writer->lock();
        waiting += pieces;
        writer->work_came();
    }
    void hurry() {
        const auto lock = writer->lock();
        writer->hurry();
    }
    bool turn() {
        ++turns;
        if (refusals > 0) {
            --refusals;
            refused.set_value();
            refused = {};
            return false;
        }
        written += std::exchange(waiting, 0);
        done.set_value();
        done = {};
        return true;
    }

    int waiting = 0;
    int written = 0;
    int turns = 0;
    int refusals = 0;  // of the next turns
    std::promise<void> refused;
    std::promise<void> done;
    std::optional<WriterThread> writer;  // last: its thread uses all of them
};

TEST_F(WriterThreadTest, WhatIsQueuedIsWritten) {
    auto first = done.get_future();
    start(milliseconds(1), kNoPeriod);
    queue(2);
    first.get();
    const auto lock = writer->lock();
    EXPECT_EQ(written, 2);
}

TEST_F(WriterThreadTest, WhatWaitsAtItsEndIsWrittenInOneTurn) {
    start(kNoPeriod, kNoPeriod);
    queue(2);
    queue(1);
    writer.reset();
    EXPECT_EQ(written, 3);
    EXPECT_EQ(turns, 1);
}

TEST_F(WriterThreadTest, WithoutWorkItEndsWithoutATurn) {
    start(kNoPeriod, kNoPeriod);
    hurry();
    writer.reset();
    EXPECT_EQ(turns, 0);
}

TEST_F(WriterThreadTest, WhatTheDiskRefusedIsTriedAgain) {
    refusals = 1;
    auto second = done.get_future();
    start(milliseconds(1), milliseconds(1));
    queue(1);
    second.get();
    const auto lock = writer->lock();
    EXPECT_EQ(written, 1);
}

TEST_F(WriterThreadTest, AtItsEndWhatTheDiskRefusedIsTriedOnceMore) {
    refusals = 2;
    auto first = refused.get_future();
    start(milliseconds(1), kNoPeriod);
    queue(1);
    first.get();
    writer.reset();
    EXPECT_EQ(turns, 2);
    EXPECT_EQ(waiting, 1);
}

}  // namespace
}  // namespace weir
