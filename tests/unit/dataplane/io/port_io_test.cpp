// SPDX-License-Identifier: Apache-2.0
// The I/O of workers over devices: fair queues, hand-over, another worker's queue, full rings,
// what was missed, the sleep.
#include <algorithm>

#include <gmock/gmock.h>
#include <poll.h>

#include "config/base/clock.hpp"
#include "dataplane/io/io_limits.hpp"
#include "tests/unit/dataplane/io/ring_devices.hpp"

namespace weir::dataplane::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(RingDevices, AWorkerReceivesFromItsQueueInOrderAndDatesWhatComes) {
    start({{}}, 1);
    arrive(1);
    arrive(2);
    EXPECT_THAT(receive(0, {77}), ElementsAre(1, 2));
    EXPECT_EQ(burst->meta[0].arrival_ns, 77);
    EXPECT_EQ(burst->meta[1].truncated, 0);
}

TEST_F(RingDevices, WorkersDoNotReadEachOthersQueues) {
    start({{.queues = 2}}, 2);
    arrive(1, 0);
    arrive(2, 1);
    EXPECT_THAT(receive(1), ElementsAre(2));
    EXPECT_THAT(receive(0), ElementsAre(1));
}

TEST_F(RingDevices, MoreQueuesThanWorkersAreAllServed) {
    start({{.queues = 3}}, 2);
    arrive(1, 0);
    arrive(2, 1);
    arrive(3, 2);
    EXPECT_THAT(receive(0), ElementsAre(1, 3));
    EXPECT_THAT(receive(1), ElementsAre(2));
}

TEST_F(RingDevices, ABusyDeviceDoesNotStarveAnother) {
    start({{}, {}}, 1);
    for (std::size_t i = 0; i < 4 * kBurst; ++i)
        arrive(1, 0, 0);
    arrive(2, 0, 1);
    auto two_turns = receive(0);
    const auto second = receive(0);
    two_turns.insert(two_turns.end(), second.begin(), second.end());
    EXPECT_THAT(two_turns, ::testing::Contains(2));
}

TEST_F(RingDevices, ABusyNeighbourDoesNotKeepAWorkerFromItsOwnQueue) {
    start({{.queues = 2}}, 2);
    for (std::size_t i = 0; i < 2 * kBurst; ++i)
        ASSERT_TRUE(worker(0).hand_over(1, frame_of(1)));
    arrive(2, 1);
    EXPECT_THAT(receive(1), ::testing::Contains(2));
}

TEST_F(RingDevices, AFrameHandedOverReachesTheOwnerWithTheCounterOfItsDevice) {
    start({{.queues = 2}, {.queues = 2}}, 2);
    media->table().state(1).missed.store(9);
    arrive(5, 0, 1);
    burst->count = 0;
    ASSERT_EQ(worker(0).receive(*burst, {1}), 1);
    ASSERT_TRUE(worker(0).hand_over(1, burst->packets[0]));
    EXPECT_THAT(receive(1, {2}), ElementsAre(5));
    EXPECT_EQ(burst->meta[0].overflow, 9U);
    EXPECT_EQ(burst->meta[0].arrival_ns, 2);
}

TEST_F(RingDevices, AFullHandOverIsToldAndLosesNoBuffer) {
    start({{.queues = 2}}, 2);
    const auto free_before = frame_pool()->available();
    std::size_t taken = 0;
    while (worker(0).hand_over(1, frame_of(1)))
        ++taken;
    EXPECT_EQ(taken, kHandOverRing - 1);  // a ring of DPDK's keeps one place free
    EXPECT_EQ(worker(1).overflow({.port = 4000}), 1U) << "the owner must call the gap ours";
    std::size_t received = 0;
    while (!receive(1).empty())
        received += burst->count;
    EXPECT_EQ(received, taken);
    EXPECT_EQ(frame_pool()->available(), free_before);
}

TEST_F(RingDevices, AHandOverToAWorkerThatIsNotThereIsRefused) {
    start({{}}, 1);
    EXPECT_FALSE(worker(0).hand_over(PortOwners::kNobody, frame_of(1)));
}

TEST_F(RingDevices, FramesLeaveByTheDeviceOfTheirRealmInOrder) {
    start({{}, {}}, 1);
    add(1, 0);
    add(2, 1);
    add(3, 1);
    add(4, 0);
    EXPECT_THAT(transmit(0), Each(TxOutcome::sent));
    EXPECT_THAT(left(0, 0), ElementsAre(1, 4));
    EXPECT_THAT(left(0, 1), ElementsAre(2, 3));
}

TEST_F(RingDevices, AWorkerWithoutATransmitQueueSendsByAnothers) {
    start({{.queues = 1}}, 2);
    add(1);
    add(2);
    EXPECT_THAT(transmit(1), Each(TxOutcome::sent));
    EXPECT_THAT(left(), IsEmpty());
    // Its owner comes by; in the same turn it receives what the ring device brings back.
    EXPECT_THAT(receive(0), ElementsAre(1, 2));
}

TEST_F(RingDevices, AFullDeviceRefusesTheRestAndKeepsNoBuffer) {
    start({{}}, 1);
    const auto free_before = frame_pool()->available();
    std::size_t sent = 0;
    std::vector<TxOutcome> outcomes;
    do {
        for (std::size_t i = 0; i < kBurst; ++i)
            add(1);
        outcomes = transmit(0);
        sent +=
            static_cast<std::size_t>(std::count(outcomes.begin(), outcomes.end(), TxOutcome::sent));
    } while (outcomes.back() == TxOutcome::sent);
    EXPECT_EQ(outcomes.back(), TxOutcome::refused);
    EXPECT_THAT(left(), SizeIs(sent));
    EXPECT_EQ(frame_pool()->available(), free_before);
}

TEST_F(RingDevices, TheRingToAnothersQueueRefusesWhenItsDeviceIsFull) {
    start({{.queues = 1}}, 2);
    std::size_t refused = 0;
    for (std::size_t i = 0; i < 100 && refused == 0; ++i) {
        for (std::size_t n = 0; n < kBurst; ++n)
            add(1);
        const auto outcomes = transmit(1);
        refused += static_cast<std::size_t>(
            std::count(outcomes.begin(), outcomes.end(), TxOutcome::refused));
    }
    EXPECT_GT(refused, 0U);
}

TEST_F(RingDevices, ALinkThatIsDownIsTheOutcomeAndNotARefusal) {
    start({{}}, 1);
    media->table().state(0).is_up.store(false);
    add(1);
    EXPECT_THAT(transmit(0), ElementsAre(TxOutcome::link_down));
}

// What a driver missed, as the test says.
class Misses final : public DeviceCompanion {
public:
    std::uint64_t missed() noexcept override { return count; }
    std::uint64_t count = 0;
};

TEST_F(RingDevices, WhatTheDeviceMissedShowsWhenAGapIsLookedAt) {
    const auto misses = std::make_shared<Misses>();
    start({{.companion = misses}}, 1);
    (void)receive(0, {1'000'000'000});
    const auto before = worker(0).overflow({20000, 0, 0});
    misses->count = 7;
    (void)receive(0, {2'000'000'000});
    EXPECT_EQ(worker(0).overflow({20000, 0, 0}) - before, 7U);
    (void)receive(0, {2'000'000'001});
    arrive(1);
    (void)receive(0, {2'000'000'002});
    EXPECT_EQ(burst->meta[0].overflow - before, 7U);
}

TEST_F(RingDevices, WhatHadComeBeforeALossIsNotCoveredByIt) {
    start({{}}, 1);
    (void)receive(0);
    for (std::size_t i = 0; i < kBurst + 1; ++i)
        arrive(1);
    media->table().state(0).missed.store(7);  // the queue was full behind these
    (void)receive(0);
    EXPECT_EQ(burst->meta[0].overflow, 0U);
    (void)receive(0);
    ASSERT_EQ(burst->count, 1);
    EXPECT_EQ(burst->meta[0].overflow, 0U);
    EXPECT_EQ(worker(0).overflow({20000, 0, 0}), 7U) << "the gap behind them is ours";
    arrive(2);
    (void)receive(0);
    EXPECT_EQ(burst->meta[0].overflow, 7U);
}

TEST_F(RingDevices, TheRegistersOfADeviceAreNotReadForEveryGap) {
    const auto misses = std::make_shared<Misses>();
    start({{.companion = misses}}, 1);
    (void)receive(0, {1'000'000'000});
    const auto before = worker(0).overflow({20000, 0, 0});
    misses->count = 7;
    (void)receive(0, MonoTime{1'000'000'000} + nanoseconds(kMissedRefresh) - nanoseconds(1));
    EXPECT_EQ(worker(0).overflow({20000, 0, 0}), before);
}

TEST_F(RingDevices, ADetachedDeviceIsLetGoWhenEveryWorkerHasBegunAnotherTurn) {
    start({{.queues = 2}}, 2);
    (void)receive(0);
    (void)receive(1);
    media->table().detach(0);
    EXPECT_FALSE(media->table().has_let_go(0));
    (void)receive(0);
    EXPECT_FALSE(media->table().has_let_go(0));
    (void)receive(1);
    EXPECT_TRUE(media->table().has_let_go(0));
    add(1);
    EXPECT_THAT(transmit(0), ElementsAre(TxOutcome::link_down));
}

TEST_F(RingDevices, AGapAcrossTheAbsenceOfADeviceIsOurs) {
    start({{}}, 1);
    arrive(1);
    (void)receive(0);
    const auto before = burst->meta[0].overflow;
    FrameMediaIo& io = *media;
    const FrameDevice* device = io.table().state(0).device;
    io.table().detach(0);
    (void)receive(0);
    ASSERT_TRUE(io.table().attach(0, *device, true));
    arrive(2);
    (void)receive(0);
    EXPECT_NE(burst->meta[0].overflow, before);
}

TEST_F(RingDevices, WhatIsNotMediaIsOnlyFreedWhereTheKernelHasItsOwnCopy) {
    start({{}}, 1);
    const auto free_before = frame_pool()->available();
    EXPECT_TRUE(worker(0).punt(frame_of(1)));
    EXPECT_EQ(frame_pool()->available(), free_before);
}

TEST_F(RingDevices, AWorkerWithoutSessionsSleepsLongerThanOneWithThem) {
    start({{}}, 1);
    MonoTime now{10'000'000'000};
    const auto empty_turns = [&] {
        for (unsigned i = 0; i <= kFramedBusyTurns; ++i)
            (void)receive(0, now = now + std::chrono::seconds(1));
    };
    const auto with = fastest_wait(worker(0), empty_turns, nanoseconds(kFramedSleep));
    EXPECT_GE(with, nanoseconds(kFramedSleep));
    EXPECT_LT(with, nanoseconds(kFramedIdleSleep));
    const auto without = fastest_wait(worker(0), empty_turns, nanoseconds(kFramedIdleSleep));
    EXPECT_GE(without, nanoseconds(kFramedIdleSleep));
}

// It may be receiving, or sending, for a worker that has them.
TEST_F(RingDevices, AWorkerWithoutSessionsThatSawAFrameSleepsAsBriefly) {
    start({{}}, 1);
    const auto a_frame_and_empty_turns = [&] {
        arrive(1);
        for (unsigned i = 0; i <= kFramedBusyTurns; ++i)
            (void)receive(0, {10'000'000'000 + i});
    };
    EXPECT_LT(fastest_wait(worker(0), a_frame_and_empty_turns, nanoseconds(kFramedIdleSleep)),
              nanoseconds(kFramedIdleSleep));
}

TEST_F(RingDevices, AWorkerThatSpinsDoesNotSleep) {
    start({{}}, 1);
    for (unsigned i = 0; i <= kFramedBusyTurns; ++i)
        (void)receive(0);
    EXPECT_LT(fastest_wait(
                  worker(0), [] {}, nanoseconds(0)),
              nanoseconds(kFramedSleep));
}

TEST_F(RingDevices, AWorkerThatJustReceivedDoesNotSleep) {
    start({{}}, 1);
    MonoTime now{10'000'000'000};
    const auto a_frame = [&] {
        arrive(1);
        (void)receive(0, now = now + std::chrono::seconds(1));
    };
    EXPECT_LT(fastest_wait(worker(0), a_frame, milliseconds(10)), nanoseconds(kFramedSleep));
}

// Where a look costs no system call, some more of them are cheaper than a sleep and its wake-up.
TEST_F(RingDevices, AfterAFullBurstAWorkerWithoutTheKernelLooksAWhileBeforeItSleeps) {
    start({{}}, 1, true);
    MonoTime now{10'000'000'000};
    const auto busy = [&] {
        for (std::size_t i = 0; i < kBurst; ++i)
            arrive(static_cast<std::uint8_t>(i));
        (void)receive(0, now = now + std::chrono::seconds(1));
        for (unsigned i = 0; i <= kFramedBusyTurns; ++i)
            (void)receive(0, now = now + nanoseconds(100));
    };
    EXPECT_LT(fastest_wait(worker(0), busy, nanoseconds(kFramedSleep)), nanoseconds(kFramedSleep));
    const auto busy_and_then_nothing = [&] {
        busy();
        for (unsigned i = 0; i <= kCheapBusyTurns; ++i)
            (void)receive(0, now = now + nanoseconds(100));
    };
    EXPECT_GE(fastest_wait(worker(0), busy_and_then_nothing, nanoseconds(kFramedSleep)),
              nanoseconds(kFramedSleep));
}

TEST_F(RingDevices, ACommandEndsTheSleepAndIsTakenFromTheDescriptor) {
    start({{}}, 1);
    for (unsigned i = 0; i <= kFramedBusyTurns; ++i)
        (void)receive(0);
    ASSERT_EQ(::eventfd_write(wake_fds[0], 1), 0);
    worker(0).wait(milliseconds(10));
    pollfd wake{wake_fds[0], POLLIN, 0};
    EXPECT_EQ(::poll(&wake, 1, 0), 0);
}

}  // namespace
}  // namespace weir::dataplane::tests
