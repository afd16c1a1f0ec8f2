// SPDX-License-Identifier: Apache-2.0
// Devices of DPDK's ring driver for tests: what is sent by a queue is received by the same queue,
// so the test plays the network with the driver's own functions.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <rte_ethdev.h>
#include <sys/eventfd.h>

#include "config/base/clock.hpp"
#include "dataplane/io/frame_media_io.hpp"
#include "tests/unit/dataplane/engine/harness.hpp"

namespace weir::dataplane::tests {

inline std::unique_ptr<BufferPool>& frame_pool() {
    static std::unique_ptr<BufferPool> pool;
    if (!pool) pool = std::move(*BufferPool::create("frames_test_pool", 8191));
    return pool;
}

inline rte_mbuf* frame_of(std::uint8_t mark, std::size_t bytes = 64) {
    rte_mbuf* frame = rte_pktmbuf_alloc(frame_pool()->raw());
    if (frame == nullptr) throw std::runtime_error("the test pool is empty");
    set_length(frame, bytes);
    frame->port = 0;  // as if received from the first device
    bytes_of_mbuf(frame)[0] = mark;
    return frame;
}
inline std::uint8_t mark_of(rte_mbuf* frame) {
    return bytes_of_mbuf(frame)[0];
}

// The driver keeps the rings of queues that were not used: each device has a name of its own.
inline std::string next_ring_name() {
    static int number = 0;
    return "net_ring" + std::to_string(number++);
}

struct RingDevice {
    std::string eal_name = next_ring_name();
    std::uint16_t queues = 1;
    std::shared_ptr<DeviceCompanion> companion{};
};

inline FramePort ring_port(const RingDevice& device) {
    FrameDeviceOptions options;
    options.name = device.eal_name;
    options.eal_name = device.eal_name;
    options.rx_queues = options.tx_queues = device.queues;
    FramePort port;
    port.name = device.eal_name;
    port.options = [options]() -> Result<FrameDeviceOptions> { return options; };
    port.companion = device.companion;
    return port;
}

// How long wait() took, of the fastest of some: a busy machine makes single ones long.
inline std::chrono::nanoseconds fastest_wait(PortIo& io, const std::function<void()>& before,
                                             std::chrono::nanoseconds longest) {
    const SystemClock clock;
    std::chrono::nanoseconds fastest = std::chrono::hours(1);
    for (int i = 0; i < 20; ++i) {
        before();
        const MonoTime begin = clock.now();
        io.wait(longest);
        fastest = std::min(fastest, clock.now() - begin);
    }
    return fastest;
}

// Workers without threads over ring devices; realm i is on device i.
class RingDevices : public ::testing::Test {
protected:
    RingDevices() { test_eal(); }
    ~RingDevices() override {
        media.reset();
        for (const int fd : wake_fds)
            ::close(fd);
    }
    void start(std::vector<RingDevice> devices, std::size_t workers, bool has_host = false) {
        FrameMediaIoOptions options;
        options.has_host_rings = has_host;
        for (std::size_t i = 0; i < devices.size(); ++i) {
            options.ports.push_back(ring_port(devices[i]));
            options.realms.push_back(
                {.address = IpAddress::v4(192, 0, 2, 1), .device = static_cast<std::uint8_t>(i)});
        }
        for (std::size_t i = 0; i < workers; ++i)
            wake_fds.push_back(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        auto opened = FrameMediaIo::open(std::move(options), wake_fds, *frame_pool(), log);
        ASSERT_TRUE(opened) << opened.error().context;
        media.reset(static_cast<FrameMediaIo*>(opened->release()));
        burst = std::make_unique<Burst>();
        sending = std::make_unique<TxBurst>();
    }
    std::uint16_t dpdk_port(std::size_t device = 0) { return media->table().state(device).port_id; }
    PortIo& worker(std::size_t index) { return static_cast<PortIo&>(media->worker_io(index)); }

    // From the network.
    void arrive(std::uint8_t mark, std::uint16_t queue = 0, std::size_t device = 0) {
        rte_mbuf* frame = frame_of(mark);
        ASSERT_EQ(rte_eth_tx_burst(dpdk_port(device), queue, &frame, 1), 1);
    }
    // A turn of a worker: the marks of what it received.
    std::vector<std::uint8_t> receive(std::size_t index, MonoTime now = {1}) {
        std::vector<std::uint8_t> marks;
        burst->count = 0;
        worker(index).receive(*burst, now);
        for (std::uint16_t i = 0; i < burst->count; ++i) {
            marks.push_back(mark_of(burst->packets[i]));
            rte_pktmbuf_free(burst->packets[i]);
        }
        return marks;
    }
    // What the network got by a queue.
    std::vector<std::uint8_t> left(std::uint16_t queue = 0, std::size_t device = 0) {
        std::vector<std::uint8_t> marks;
        rte_mbuf* frame = nullptr;
        while (rte_eth_rx_burst(dpdk_port(device), queue, &frame, 1) == 1) {
            marks.push_back(mark_of(frame));
            rte_pktmbuf_free(frame);
        }
        return marks;
    }
    void add(std::uint8_t mark, RealmIndex realm = 0) {
        sending->packets[sending->count] = frame_of(mark);
        sending->meta[sending->count++].from = {20000, realm, 0};
    }
    std::vector<TxOutcome> transmit(std::size_t index) {
        worker(index).transmit(*sending);
        std::vector<TxOutcome> outcomes(sending->outcome.begin(),
                                        sending->outcome.begin() + sending->count);
        sending->count = 0;
        return outcomes;
    }

    NullLogger log;
    std::vector<int> wake_fds;
    std::unique_ptr<FrameMediaIo> media;
    std::unique_ptr<Burst> burst;
    std::unique_ptr<TxBurst> sending;
};

}  // namespace weir::dataplane::tests
