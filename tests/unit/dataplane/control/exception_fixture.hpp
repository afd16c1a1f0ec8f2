// SPDX-License-Identifier: Apache-2.0
// An exception path to a host of the test's own, and the wire behind it, which the test plays.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <sys/socket.h>

#include "dataplane/control/exception_path.hpp"
#include "dataplane/engine/mbuf.hpp"
#include "tests/support/network_namespace.hpp"
#include "tests/unit/dataplane/control/control_fixture.hpp"

namespace weir::tests {

using namespace dataplane;
using Frame = std::vector<std::uint8_t>;

constexpr MacAddress kOurs{2, 0, 0, 0, 0, 1};

class ExceptionPathTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (!NetworkNamespace::is_allowed()) GTEST_SKIP() << "needs root and network namespaces";
        (void)test_eal();
        if (pool() == nullptr) pool() = std::move(*BufferPool::create("exception_pool", 4095));
        rings_ = std::move(*HostRings::create(2, -1));
    }
    static std::unique_ptr<BufferPool>& pool() {
        static std::unique_ptr<BufferPool> pool;
        return pool;
    }
    static HostTap tap() {
        HostTap tap;
        tap.name = "weir0";
        tap.mac = kOurs;
        tap.addresses = {*Prefix::parse("192.0.2.1/24"), *Prefix::parse("2001:db8::1/64")};
        tap.realms = {0};
        return tap;
    }
    [[nodiscard]] Result<std::unique_ptr<ExceptionPath>> make(std::vector<HostTap> taps,
                                                              bool keeps_taps = false) {
        return host_.run([&] {
            return ExceptionPath::open(taps, keeps_taps, {*rings_, *pool(), log_});
        });
    }
    void open(std::vector<HostTap> taps = {tap()}) {
        auto path = make(std::move(taps));
        ASSERT_TRUE(path.has_value()) << path.error().context;
        path_ = std::move(*path);
    }
    // A frame from the wire, as a worker hands it up.
    void punt(const Frame& frame, std::uint8_t device = 0) {
        rte_mbuf* buffer = rte_pktmbuf_alloc(pool()->raw());
        ASSERT_NE(buffer, nullptr);
        std::copy(frame.begin(), frame.end(), rte_pktmbuf_mtod(buffer, std::uint8_t*));
        set_length(buffer, frame.size());
        if (!rings_->punt(buffer, device)) rte_pktmbuf_free(buffer);
    }
    // The next frame for the wire.
    [[nodiscard]] std::optional<Frame> next(std::uint8_t device = 0) {
        void* buffer = nullptr;
        if (rte_ring_dequeue(rings_->from_host(device), &buffer) != 0) return std::nullopt;
        auto* mbuf = static_cast<rte_mbuf*>(buffer);
        const auto bytes = bytes_of_mbuf(mbuf);
        Frame frame(bytes.begin(), bytes.end());
        rte_pktmbuf_free(mbuf);
        return frame;
    }
    void turn() {
        path_->take_from_workers();
        path_->take_from_host();
    }
    // The frame that the host sends, if it sends it within two seconds.
    template <typename Fits>
    [[nodiscard]] std::optional<Frame> wait_for(Fits&& fits, std::uint8_t device = 0) {
        for (int i = 0; i < 2000; ++i) {
            turn();
            while (auto frame = next(device))
                if (fits(*frame)) return frame;
            (void)poll(nullptr, 0, 1);
        }
        return std::nullopt;
    }
    // A raw socket on a device of the host.
    [[nodiscard]] UniqueFd raw_socket(const char* device) {
        return host_.run([&] {
            UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL)));
            sockaddr_ll address{};
            address.sll_family = AF_PACKET;
            address.sll_protocol = htons(ETH_P_ALL);
            address.sll_ifindex = static_cast<int>(if_nametoindex(device));
            EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
            return fd;
        });
    }
    [[nodiscard]] bool host_shows(const std::string& what) {
        return host_.ip("addr show weir0 2>/dev/null | grep -q '" + what + "'");
    }

    NullLogger log_;
    NetworkNamespace host_;
    std::unique_ptr<HostRings> rings_;
    std::unique_ptr<ExceptionPath> path_;
};

}  // namespace weir::tests
