// SPDX-License-Identifier: Apache-2.0
// A network namespace of the test's own with a pair of virtual Ethernet devices, and raw frames in
// and out of their far end.
#pragma once

#include <array>
#include <cstdlib>
#include <optional>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <rte_ethdev.h>
#include <sched.h>
#include <sys/socket.h>

#include "config/base/unique_fd.hpp"
#include "dataplane/io/frame_device.hpp"
#include "tests/unit/dataplane/engine/harness.hpp"
#include "tests/unit/dataplane/io/af_xdp_frames.hpp"

namespace weir::dataplane::tests {

// `ip WORDS`; true if it worked.
inline bool ip(const std::string& words) {
    return std::system(("ip " + words + " 2>/dev/null").c_str()) == 0;
}

// A raw socket on a device: frames out, frames in.
class Wire {
public:
    explicit Wire(const char* device) : fd_(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL))) {
        sockaddr_ll address{};
        address.sll_family = AF_PACKET;
        address.sll_protocol = htons(ETH_P_ALL);
        address.sll_ifindex = static_cast<int>(if_nametoindex(device));
        EXPECT_EQ(bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    }
    bool send(const Frame& frame) const {
        return ::send(fd_.get(), frame.data(), frame.size(), 0) ==
               static_cast<ssize_t>(frame.size());
    }
    // True if exactly this frame comes within a second.
    bool receives(const Frame& wanted) const {
        Frame frame(4096);
        for (pollfd waiting{fd_.get(), POLLIN, 0}; poll(&waiting, 1, 1000) == 1;) {
            const ssize_t got = recv(fd_.get(), frame.data(), frame.size(), 0);
            if (got == static_cast<ssize_t>(wanted.size()) &&
                std::equal(wanted.begin(), wanted.end(), frame.begin()))
                return true;
        }
        return false;
    }

private:
    UniqueFd fd_;
};

// Devices `near`, which is ours, and `far`. Each test is a process of its own, so that the
// namespace ends with it.
class VethPair : public ::testing::Test {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root";
        test_eal();
        if (unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "network namespaces are not allowed here";
        ASSERT_TRUE(make_pair());
        if (!pool())
            pool() = std::move(*BufferPool::create("af_test_pool", 8191, BufferUse::xdp_sockets));
    }

    static std::unique_ptr<BufferPool>& pool() {
        static std::unique_ptr<BufferPool> pool;
        return pool;
    }
    static bool make_pair() {
        return ip("link add near type veth peer name far") &&
               ip("link set near addrgenmode none up") && ip("link set far addrgenmode none up");
    }
    // The next frame of any queue within a second.
    static std::optional<Frame> next_frame(const FrameDevice& device) {
        for (int turn = 0; turn < 1000; ++turn) {
            for (std::uint16_t queue = 0; queue < device.rx_queues(); ++queue) {
                rte_mbuf* buffer = nullptr;
                if (rte_eth_rx_burst(device.port_id(), queue, &buffer, 1) != 1) continue;
                const auto bytes = bytes_of_mbuf(buffer);
                Frame frame(bytes.begin(), bytes.end());
                rte_pktmbuf_free(buffer);
                return frame;
            }
            (void)poll(nullptr, 0, 1);
        }
        return std::nullopt;
    }
    static bool send_frame(const FrameDevice& device, const Frame& frame) {
        rte_mbuf* buffer = rte_pktmbuf_alloc(pool()->raw());
        std::copy(frame.begin(), frame.end(), rte_pktmbuf_mtod(buffer, std::uint8_t*));
        set_length(buffer, frame.size());
        return rte_eth_tx_burst(device.port_id(), 0, &buffer, 1) == 1;
    }
};

}  // namespace weir::dataplane::tests
