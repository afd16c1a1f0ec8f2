// SPDX-License-Identifier: Apache-2.0
// Frames between the workers and the host: both ways, full rings, and who is woken.
#include "dataplane/io/host_rings.hpp"

#include <gmock/gmock.h>
#include <poll.h>

#include "tests/unit/dataplane/io/ring_devices.hpp"

namespace weir::dataplane::tests {
namespace {

using ::testing::ElementsAre;

bool is_readable(int fd) {
    pollfd waiting{fd, POLLIN, 0};
    return ::poll(&waiting, 1, 0) == 1;
}

class HostFrames : public RingDevices {
protected:
    std::vector<std::pair<int, int>> take() {  // device and mark
        std::array<HostFrame, kHostFramesPerTurn> frames;
        std::vector<std::pair<int, int>> taken;
        const std::size_t count = media->host_rings()->take_punted(frames);
        for (std::size_t i = 0; i < count; ++i) {
            taken.emplace_back(frames[i].device, mark_of(frames[i].frame));
            rte_pktmbuf_free(frames[i].frame);
        }
        return taken;
    }
};

TEST_F(HostFrames, WhatWorkersPuntArrivesWithItsDevice) {
    start({{}, {}}, 1, true);
    arrive(1, 0, 0);
    arrive(2, 0, 1);
    burst->count = 0;
    ASSERT_EQ(worker(0).receive(*burst, {1}), 2);
    for (std::uint16_t i = 0; i < 2; ++i)
        EXPECT_TRUE(worker(0).punt(burst->packets[i]));
    EXPECT_THAT(take(), ElementsAre(std::pair{0, 1}, std::pair{1, 2}));
}

TEST_F(HostFrames, AFullRingIsToldAndLosesNoBuffer) {
    start({{}}, 1, true);
    const auto free_before = frame_pool()->available();
    std::size_t taken = 0;
    for (rte_mbuf* frame = frame_of(1);; frame = frame_of(1)) {
        frame->port = 0;
        if (!worker(0).punt(frame)) break;
        ++taken;
    }
    EXPECT_EQ(taken, kPuntRing - 1);
    while (!take().empty()) {
    }
    EXPECT_EQ(frame_pool()->available(), free_before);
}

TEST_F(HostFrames, ControlIsWokenOnceForEachOfItsSleeps) {
    start({{}}, 1, true);
    HostRings& host = *media->host_rings();
    rte_mbuf* frame = frame_of(1);
    ASSERT_TRUE(host.punt(frame, 0));
    EXPECT_FALSE(is_readable(host.wake_fd())) << "control was awake";
    EXPECT_FALSE(host.about_to_sleep()) << "a frame waits";
    (void)take();
    ASSERT_TRUE(host.about_to_sleep());
    ASSERT_TRUE(host.punt(frame_of(2), 0));
    EXPECT_TRUE(is_readable(host.wake_fd()));
    host.awake();
    EXPECT_FALSE(is_readable(host.wake_fd()));
    (void)take();
}

TEST_F(HostFrames, TheHostsFramesLeaveByTheirDeviceInTheFirstWorkersTurn) {
    start({{.queues = 2}, {.queues = 2}}, 2, true);
    HostRings& host = *media->host_rings();
    ASSERT_TRUE(host.send_to_device(frame_of(3), 1));
    host.wake_worker();
    EXPECT_TRUE(is_readable(wake_fds[0]));
    (void)receive(1);
    EXPECT_TRUE(left(0, 1).empty());
    // The ring device brings back what was sent, in the same turn.
    EXPECT_THAT(receive(0), ElementsAre(3));
}

TEST_F(HostFrames, AFullWayToADeviceIsToldAndFreesTheFrame) {
    start({{}}, 1, true);
    const auto free_before = frame_pool()->available();
    std::size_t taken = 0;
    while (media->host_rings()->send_to_device(frame_of(1), 0))
        ++taken;
    EXPECT_EQ(taken, kFromHostRing - 1);
    while (!receive(0).empty()) {
    }
    EXPECT_EQ(frame_pool()->available(), free_before);
}

TEST_F(HostFrames, AFrameForADeviceThatDoesNotExistIsRefused) {
    start({{}}, 1, true);
    EXPECT_FALSE(media->host_rings()->send_to_device(frame_of(1), 7));
}

}  // namespace
}  // namespace weir::dataplane::tests
