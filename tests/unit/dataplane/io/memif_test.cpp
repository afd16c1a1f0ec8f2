// SPDX-License-Identifier: Apache-2.0
// A memif client and its server: the server comes later, goes, and comes back.
#include <gmock/gmock.h>
#include <poll.h>

#include "tests/unit/dataplane/io/ring_devices.hpp"

namespace weir::dataplane::tests {
namespace {

class Memif : public RingDevices {
protected:
    // The driver keeps one entry for each name of a socket in a process, which either listens or
    // connects: the two ends call the file by different names.
    std::string socket(const char* here) const {
        return std::string("socket-abstract=no,socket=/tmp/") + here + "weir-memif-" +
               std::to_string(::getpid());
    }
    void start_client() {
        FrameDeviceOptions options;
        options.name = "wan";
        options.eal_name = "net_memif_client";
        options.arguments = "role=client," + socket("");
        FrameMediaIoOptions media_options;
        FramePort port;
        port.name = "wan";
        port.options = [options]() -> Result<FrameDeviceOptions> { return options; };
        media_options.ports.push_back(std::move(port));
        media_options.realms.push_back({.address = IpAddress::v4(192, 0, 2, 1)});
        wake_fds.push_back(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        auto opened = FrameMediaIo::open(std::move(media_options), wake_fds, *frame_pool(), log);
        ASSERT_TRUE(opened) << opened.error().context;
        media.reset(static_cast<FrameMediaIo*>(opened->release()));
        burst = std::make_unique<Burst>();
        sending = std::make_unique<TxBurst>();
    }
    // The driver listens and lets go by a thread of its own: its socket may be busy for a moment.
    void start_server() {
        FrameDeviceOptions options;
        options.name = "peer";
        options.eal_name = "net_memif_server";
        options.arguments = "role=server," + socket("./");
        for (int i = 0; i < 400 && server == nullptr; ++i) {
            auto opened = FrameDevice::open(options, *frame_pool());
            if (opened) server = std::move(*opened);
            if (server == nullptr) (void)::poll(nullptr, 0, 5);
        }
        ASSERT_NE(server, nullptr);
    }
    bool look_until(bool is_up) {
        for (int i = 0; i < 1000; ++i) {
            media->look_after(now, [](const RealmLink&) {});
            (void)receive(0, now);
            now = now + kDevicePoll;
            if (media->devices().front().is_up == is_up) return true;
            (void)::poll(nullptr, 0, 5);
        }
        return false;
    }
    bool a_frame_reaches_the_server() {
        add(7);
        if (transmit(0).front() != TxOutcome::sent) return false;
        rte_mbuf* frame = nullptr;
        if (rte_eth_rx_burst(server->port_id(), 0, &frame, 1) != 1) return false;
        const bool is_it = mark_of(frame) == 7;
        rte_pktmbuf_free(frame);
        return is_it;
    }

    std::unique_ptr<FrameDevice> server;
    MonoTime now{1'000'000'000};
};

TEST_F(Memif, AServerMayComeAfterItsClientAndGoAndComeBack) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "DPDK's interrupt thread locks by means that ThreadSanitizer does not see";
#endif
    start_client();
    EXPECT_FALSE(media->devices().front().is_up);
    const MacAddress mac = media->frames().realms.front().own_mac;
    start_server();
    ASSERT_TRUE(look_until(true));
    EXPECT_TRUE(a_frame_reaches_the_server());
    server.reset();
    ASSERT_TRUE(look_until(false));
    add(8);
    EXPECT_EQ(transmit(0).front(), TxOutcome::link_down);
    start_server();
    ASSERT_TRUE(look_until(true));
    EXPECT_TRUE(a_frame_reaches_the_server());
    EXPECT_EQ(media->frames().realms.front().own_mac, mac);
}

}  // namespace
}  // namespace weir::dataplane::tests
