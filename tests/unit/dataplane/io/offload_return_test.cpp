// SPDX-License-Identifier: Apache-2.0
// A device that relays by itself is removed under the worker and comes back.
#include <cstring>

#include <gmock/gmock.h>
#include <sys/eventfd.h>

#include "dataplane/io/af_xdp.hpp"
#include "dataplane/io/frame_media_io.hpp"
#include "tests/unit/dataplane/io/af_packet_network.hpp"

namespace weir::dataplane::tests {
namespace {

const IpAddress kOurs = IpAddress::v4(192, 0, 2, 1);  // where make_frame() sends to
constexpr LocalPort kPort{16384, 0, 0};

class OffloadReturn : public VethPair {
protected:
    void SetUp() override {
        VethPair::SetUp();
        if (IsSkipped()) return;
        buffers_ = pool()->available();
        wake_fd_ = UniqueFd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        const auto filter = std::make_shared<MediaFilter>(AfXdpOptions{
            .name = "lan", .interface = "near", .addresses = {kOurs}, .offload = true});
        FrameMediaIoOptions options;
        options.mode = "af_xdp";
        options.sends_xdp_frames = [](unsigned) { return true; };
        FramePort port;
        port.name = "lan";
        port.options = [filter] { return filter->device_options(); };
        port.companion = filter;
        options.ports.push_back(std::move(port));
        options.realms.push_back({.address = kOurs});
        const std::array wake_fds{wake_fd_.get()};
        auto opened = FrameMediaIo::open(std::move(options), wake_fds, *pool(), log_);
        ASSERT_TRUE(opened) << opened.error().context;
        media_ = std::move(*opened);
        media_->set_port_range(kPort.port, kPort.port);
        ASSERT_NE(offload(), nullptr);
        ASSERT_TRUE(is_given_within_looks());
    }
    FlowOffload* offload() { return media_->worker_io(0).offload(); }

    // RTP as the stream's next packet, from where make_frame() sends.
    static Frame rtp_frame(std::uint16_t sequence) {
        Frame frame = make_frame({});
        const Bytes packet = rtp(sequence);
        std::copy(packet.begin(), packet.end(), frame.begin() + 42);
        return frame;
    }
    static FlowRule rule() {
        FlowRule rule;
        rule.arrives = kPort;
        std::memcpy(&rule.local, kOurs.bytes.data(), sizeof(rule.local));
        std::memcpy(&rule.source, FrameText{}.from.bytes.data(), sizeof(rule.source));
        rule.source_port = 40000;
        rule.ssrc = 0x1111;
        rule.next_sequence = 7;
        rule.longest_payload = 1472;
        return rule;
    }
    // One turn of the worker; what it received.
    struct Received {
        std::size_t frames = 0;
        std::size_t records = 0;
    };
    Received turn() {
        Received received;
        burst_.count = 0;
        media_->worker_io(0).receive(burst_, now_);
        for (std::uint16_t i = 0; i < burst_.count; ++i) {
            const bool is_record = (burst_.packets[i]->ol_flags & offload()->sent_mark()) != 0;
            ++(is_record ? received.records : received.frames);
            rte_pktmbuf_free(burst_.packets[i]);
        }
        now_ = now_ + kDevicePoll;
        return received;
    }
    void look() {
        media_->look_after(now_, [](const RealmLink&) {});
        (void)turn();
    }
    // The device is there and up, and its table took the flow.
    bool is_given_within_looks() {
        for (int i = 0; i < 400; ++i) {
            look();
            if (offload()->give(rule())) return true;
            (void)::poll(nullptr, 0, 5);
        }
        return false;
    }
    bool is_recorded() {
        EXPECT_TRUE(Wire("far").send(rtp_frame(7)));
        for (int i = 0; i < 400; ++i) {
            const Received received = turn();
            EXPECT_EQ(received.frames, 0U);
            if (received.records == 1) return true;
            (void)::poll(nullptr, 0, 1);
        }
        return false;
    }

    NullLogger log_;
    std::uint32_t buffers_ = 0;  // of the pool before the device had some
    UniqueFd wake_fd_;
    std::unique_ptr<MediaIo> media_;
    MonoTime now_{1'000'000'000};
    Burst burst_;
};

TEST_F(OffloadReturn, WhatTheKernelRelaysReachesTheWorker) {
    EXPECT_TRUE(is_recorded());
    EXPECT_TRUE(offload()->has(kPort));
}

TEST_F(OffloadReturn, ADeviceThatWasRemovedHasNoFlowsWhenItIsBack) {
    ASSERT_TRUE(ip("link del near"));
    for (int i = 0; i < 5; ++i)
        look();
    EXPECT_FALSE(offload()->has(kPort));
    EXPECT_FALSE(offload()->give(rule()));
    ASSERT_TRUE(make_pair());
    for (int i = 0; i < 400 && !media_->devices().front().is_up; ++i) {
        look();
        (void)::poll(nullptr, 0, 5);
    }
    ASSERT_TRUE(media_->devices().front().is_up);
    EXPECT_FALSE(offload()->has(kPort));
}

TEST_F(OffloadReturn, ADeviceThatIsBackRelaysAgain) {
    ASSERT_TRUE(is_recorded());
    ASSERT_TRUE(ip("link del near"));
    for (int i = 0; i < 5; ++i)
        look();
    ASSERT_TRUE(make_pair());
    ASSERT_TRUE(is_given_within_looks());
    EXPECT_TRUE(is_recorded());
}

TEST_F(OffloadReturn, AtTheEndAllBuffersAreBackInThePool) {
    ASSERT_TRUE(is_recorded());
    ASSERT_TRUE(ip("link del near"));
    for (int i = 0; i < 5; ++i)
        look();
    EXPECT_EQ(pool()->available(), buffers_);
}

}  // namespace
}  // namespace weir::dataplane::tests
