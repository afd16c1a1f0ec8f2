// SPDX-License-Identifier: Apache-2.0
// Flow offload of a worker's I/O: which device keeps a flow, what is received of its records, and
// what happens when the device goes.
#include <cstring>

#include <gmock/gmock.h>

#include "dataplane/io/io_limits.hpp"
#include "tests/unit/dataplane/io/flow_kernel.hpp"
#include "tests/unit/dataplane/io/ring_devices.hpp"

namespace weir::dataplane::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kSentMark = std::uint64_t{1} << 23U;
const IpAddress kLan = IpAddress::v4(192, 0, 2, 1);
const IpAddress kWan = IpAddress::v4(198, 51, 100, 1);
const IpAddress kV6LikeLan = *IpAddress::parse("c000:201::1");  // begins with the bytes of kLan

// A device whose kernel can relay.
class Relaying final : public DeviceCompanion {
public:
    explicit Relaying(IpAddress local) : local_(local) {}
    Result<void> after_open(const FrameDevice& device) override {
        auto opened = FlowTable::open(kernel.maps(), std::span<const IpAddress>(&local_, 1),
                                      device.rx_queues());
        if (!opened) return fail(opened.error());
        table = std::move(*opened);
        return {};
    }
    FlowTable* flows() noexcept override { return table.get(); }

    FlowMapSet kernel;
    std::unique_ptr<FlowTable> table;

private:
    IpAddress local_;
};

// Realm 0 on the first device, 1 on the second, 2 (IPv6) on the first.
class PortOffload : public RingDevices {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        lan = std::make_shared<Relaying>(kLan);
        wan = std::make_shared<Relaying>(kWan);
        start({{.companion = lan}, {.companion = wan}}, workers);
        PortIoOptions options;
        options.worker = static_cast<std::uint8_t>(workers - 1);
        options.realm_device = {0, 1, 0};
        options.realm_address = {kLan, kWan, kV6LikeLan};
        options.wake_fd = wake_fds[0];
        options.sent_mark = kSentMark;
        io = std::make_unique<PortIo>(options, media->table(), nullptr);
        offload = io->offload();
        ASSERT_NE(offload, nullptr);
        lan->table->ways().set(1, 1, true);
    }
    void TearDown() override { io.reset(); }

    static FlowRule rule(RealmIndex arrives, const IpAddress& local, RealmIndex leaves) {
        FlowRule rule;
        rule.arrives = {16384, arrives, 0};
        if (local.family == Family::v4)
            std::memcpy(&rule.local, local.bytes.data(), sizeof(rule.local));
        rule.leaves = leaves;
        return rule;
    }
    std::vector<int> receive(MonoTime now = {1}) {
        std::vector<int> marks;
        burst->count = 0;
        io->receive(*burst, now);
        for (std::uint16_t i = 0; i < burst->count; ++i) {
            marks.push_back(mark_of(burst->packets[i]));
            rte_pktmbuf_free(burst->packets[i]);
        }
        return marks;
    }

    std::size_t workers = 1;
    std::shared_ptr<Relaying> lan;
    std::shared_ptr<Relaying> wan;
    std::unique_ptr<PortIo> io;
    FlowOffload* offload = nullptr;
};

// Two workers at devices of one queue: the first one sends for both.
class PortOffloadWithoutAQueue : public PortOffload {
protected:
    PortOffloadWithoutAQueue() { workers = 2; }
};

TEST_F(PortOffload, WhatIsSentByAnOwnQueueHasLeftAtOnce) {
    add(1, 1);
    io->transmit(*sending);
    EXPECT_TRUE(offload->has_sent_all(1));
}

TEST_F(PortOffloadWithoutAQueue, WhatWaitsForTheOtherWorkersTurnHasNotLeft) {
    add(1, 1);
    io->transmit(*sending);
    EXPECT_FALSE(offload->has_sent_all(1));
    EXPECT_TRUE(offload->has_sent_all(0)) << "nothing waits for that device";
    burst->count = 0;
    worker(0).receive(*burst, {2});
    EXPECT_TRUE(offload->has_sent_all(1));
}

TEST_F(PortOffload, WithoutAMarkThereIsNoOffload) {
    EXPECT_EQ(media->worker_io(0).offload(), nullptr);
    EXPECT_EQ(offload->sent_mark(), kSentMark);
}

TEST_F(PortOffload, AFlowIsKeptByTheDeviceWhereItArrives) {
    EXPECT_TRUE(offload->give(rule(0, kLan, 1)));
    EXPECT_TRUE(offload->has({16384, 0, 0}));
    EXPECT_FALSE(offload->has({16384, 1, 0}));
    EXPECT_NE(lan->kernel.flow(16384 / 2).given, 0U);
    EXPECT_EQ(wan->kernel.flow(16384 / 2).given, 0U);
}

TEST_F(PortOffload, ItsWayIsTheDeviceOfTheRealmByWhichItLeaves) {
    ASSERT_TRUE(offload->give(rule(0, kLan, 1)));
    EXPECT_EQ(lan->kernel.flow(16384 / 2).way, 1);
    EXPECT_FALSE(offload->give(rule(0, kLan, 0))) << "its own device is no way yet";
}

TEST_F(PortOffload, TakingBackReachesTheSameDevice) {
    ASSERT_TRUE(offload->give(rule(0, kLan, 1)));
    offload->take_back({16384, 1, 0});
    EXPECT_TRUE(offload->has({16384, 0, 0}));
    offload->take_back({16384, 0, 0});
    EXPECT_FALSE(offload->has({16384, 0, 0}));
    EXPECT_EQ(lan->kernel.flow(16384 / 2).given, 0U);
}

TEST_F(PortOffload, Ipv6RealmsHaveNoFlows) {
    EXPECT_FALSE(offload->give(rule(2, kV6LikeLan, 1)));
    ASSERT_TRUE(offload->give(rule(0, kLan, 1)));
    EXPECT_FALSE(offload->has({16384, 2, 0}));
    offload->take_back({16384, 2, 0});
    EXPECT_TRUE(offload->has({16384, 0, 0}));
}

TEST_F(PortOffload, ARealmThatThereIsNotHasNoFlows) {
    EXPECT_FALSE(offload->give(rule(3, kLan, 1)));
    EXPECT_FALSE(offload->give(rule(0, kLan, 3)));
    EXPECT_FALSE(offload->has({16384, 3, 0}));
}

TEST_F(PortOffload, ADeviceThatIsGoneHasNoFlows) {
    ASSERT_TRUE(offload->give(rule(0, kLan, 1)));
    media->table().detach(0);
    EXPECT_FALSE(offload->has({16384, 0, 0}));
    EXPECT_FALSE(offload->give(rule(0, kLan, 1)));
    offload->take_back({16384, 0, 0});  // nobody's any more
    EXPECT_NE(lan->kernel.flow(16384 / 2).given, 0U);
}

TEST_F(PortOffload, WhatTheKernelRelayedIsReceivedBeforeTheFramesBehindIt) {
    RingWriter writer(lan->table->ring(0)->fd());
    ASSERT_TRUE(writer.write(1) && writer.write(2));
    arrive(3);
    EXPECT_THAT(receive(), ElementsAre(1, 2, 3));
}

TEST_F(PortOffload, ARecordIsReceivedAsFromItsDevice) {
    RingWriter writer(wan->table->ring(0)->fd());
    ASSERT_TRUE(writer.write(record_of(1)));
    media->table().state(1).missed.store(9);
    burst->count = 0;
    ASSERT_EQ(io->receive(*burst, {77}), 1);
    EXPECT_EQ(burst->packets[0]->port, 1);
    EXPECT_EQ(burst->packets[0]->ol_flags & kSentMark, kSentMark);
    EXPECT_EQ(burst->meta[0].overflow, 9U);
    EXPECT_EQ(burst->meta[0].truncated, 0);
    EXPECT_EQ(burst->meta[0].arrival_ns, 1001);
    rte_pktmbuf_free(burst->packets[0]);
}

TEST_F(PortOffload, ADeviceWhoseKernelRelaysNothingIsReadAsEver) {
    media->table().state(0).flows = nullptr;
    arrive(1);
    EXPECT_THAT(receive({77}), ElementsAre(1));
    EXPECT_EQ(burst->meta[0].arrival_ns, 77);
}

TEST_F(PortOffload, WhatWaitsIsFreedWhenItsDeviceGoes) {
    const auto before = frame_pool()->available();
    RingWriter writer(lan->table->ring(0)->fd());
    for (std::size_t i = 0; i < kBurst - 1; ++i)
        ASSERT_TRUE(writer.write(1));
    for (int i = 0; i < 5; ++i)
        arrive(2);
    ASSERT_EQ(receive().size(), kBurst);  // four frames wait
    ASSERT_EQ(frame_pool()->available(), before - 4);
    media->table().detach(0);
    EXPECT_THAT(receive(), IsEmpty());
    EXPECT_EQ(frame_pool()->available(), before);
}

TEST_F(PortOffload, WhatWaitsIsFreedAtTheEnd) {
    const auto before = frame_pool()->available();
    for (int i = 0; i < 5; ++i)
        arrive(2, 0, 0);
    RingWriter writer(lan->table->ring(0)->fd());
    for (std::size_t i = 0; i < kBurst; ++i)
        ASSERT_TRUE(writer.write(1));
    ASSERT_EQ(receive().size(), kBurst);
    ASSERT_EQ(frame_pool()->available(), before - 5);
    io.reset();
    EXPECT_EQ(frame_pool()->available(), before);
}

// Longer than a usual sleep: it may sleep as long as its owner lets it.
constexpr std::chrono::nanoseconds kLong{kOffloadSleep};

class SleepsOfPortOffload : public PortOffload {
protected:
    void SetUp() override {
        PortOffload::SetUp();
        if (!IsSkipped()) writer = std::make_unique<RingWriter>(lan->table->ring(0)->fd());
    }
    // What comes within a millisecond, and then nothing.
    void comes(std::uint64_t records, std::uint64_t frames) {
        for (std::uint64_t i = 0; i < records; ++i)
            ASSERT_TRUE(writer->write(1));
        for (std::uint64_t i = 0; i < frames; ++i)
            arrive(2);
        for (unsigned i = 0; i <= kFramedBusyTurns || !receive(now).empty(); ++i)
            now = now + std::chrono::microseconds(1);
        (void)receive(now);
    }

    std::unique_ptr<RingWriter> writer;
    MonoTime now{10'000'000'000};
};

TEST_F(SleepsOfPortOffload, AreLongWhereTheKernelRelaysNearlyAll) {
    EXPECT_GE(fastest_wait(
                  *io, [&] { comes(kOffloadShare + 1, 1); }, kLong),
              kLong);
}

TEST_F(SleepsOfPortOffload, AreLongestWhereNothingWaitedForTheWorker) {
    constexpr std::chrono::nanoseconds kLongest{kOffloadQuietSleep};
    EXPECT_GE(fastest_wait(
                  *io, [&] { comes(1, 0); }, kLongest),
              kLongest);
    EXPECT_LT(fastest_wait(
                  *io, [&] { comes(kOffloadShare + 1, 1); }, kLongest),
              kLongest);
}

TEST_F(SleepsOfPortOffload, AreAsEverWhereSomeWaitForTheWorker) {
    EXPECT_LT(fastest_wait(
                  *io, [&] { comes(kOffloadShare, 1); }, kLong),
              kLong);
}

TEST_F(SleepsOfPortOffload, AreChosenByWhatCameSinceTheLastOne) {
    const auto much_and_then_one = [&] {
        comes(2 * kOffloadShare, 0);
        io->wait(kLong);
        comes(0, 1);
    };
    EXPECT_LT(fastest_wait(*io, much_and_then_one, kLong), kLong);
}

}  // namespace
}  // namespace weir::dataplane::tests
