// SPDX-License-Identifier: Apache-2.0
// A kernel device under media: its link goes down and up, it changes, it is removed and comes back.
#include <gmock/gmock.h>
#include <sys/eventfd.h>

#include "dataplane/io/af_packet.hpp"
#include "dataplane/io/frame_media_io.hpp"
#include "tests/unit/dataplane/io/af_packet_network.hpp"

namespace weir::dataplane::tests {
namespace {

class DeviceReturn : public VethPair {
protected:
    void SetUp() override {
        VethPair::SetUp();
        if (IsSkipped()) return;
        wake_fd_ = UniqueFd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        ASSERT_TRUE(ip("link set near up") && ip("link set far up"));
        const auto sockets =
            std::make_shared<PacketSockets>(AfPacketOptions{.name = "lan", .interface = "near"});
        FrameMediaIoOptions options;
        options.mode = "af_packet";
        FramePort port;
        port.name = "lan";
        port.options = [sockets] { return sockets->device_options(); };
        port.companion = sockets;
        options.ports.push_back(std::move(port));
        options.realms.push_back({.address = IpAddress::v4(10, 0, 0, 1)});
        const std::array wake_fds{wake_fd_.get()};
        auto opened = FrameMediaIo::open(std::move(options), wake_fds, *pool(), log_);
        ASSERT_TRUE(opened) << opened.error().context;
        media_ = std::move(*opened);
    }
    // One look by control and one turn of the worker; the last change that was told.
    std::optional<RealmLink> look() {
        std::optional<RealmLink> told;
        media_->look_after(now_, [&](const RealmLink& link) { told = link; });
        turn();
        return told;
    }
    std::size_t turn() {
        burst_.count = 0;
        const std::size_t got = media_->worker_io(0).receive(burst_, now_);
        for (std::uint16_t i = 0; i < burst_.count; ++i)
            rte_pktmbuf_free(burst_.packets[i]);
        now_ = now_ + kDevicePoll;
        return got;
    }
    // The carrier is told by the kernel's own work queue: a moment later.
    std::optional<RealmLink> look_until(const std::function<bool(const RealmLink&)>& wanted) {
        for (int i = 0; i < 400; ++i) {
            const auto told = look();
            if (told && wanted(*told)) return told;
            (void)::poll(nullptr, 0, 5);
        }
        return std::nullopt;
    }
    TxOutcome send() {
        sending_.packets[0] = rte_pktmbuf_alloc(pool()->raw());
        set_length(sending_.packets[0], 60);
        sending_.meta[0].from = {20000, 0, 0};
        sending_.count = 1;
        media_->worker_io(0).transmit(sending_);
        return sending_.outcome[0];
    }

    NullLogger log_;
    UniqueFd wake_fd_;
    std::unique_ptr<MediaIo> media_;
    MonoTime now_{1'000'000'000};
    Burst burst_;
    TxBurst sending_;
};

TEST_F(DeviceReturn, NothingIsToldWhileNothingChanges) {
    EXPECT_FALSE(look());
    EXPECT_TRUE(media_->devices().front().is_up);
}

TEST_F(DeviceReturn, ALinkDownAndUpIsToldAndSendingSaysSo) {
    ASSERT_TRUE(ip("link set far down"));
    ASSERT_TRUE(look_until([](const RealmLink& link) { return !link.is_up; }));
    EXPECT_EQ(send(), TxOutcome::link_down);
    ASSERT_TRUE(ip("link set far up"));
    ASSERT_TRUE(look_until([](const RealmLink& link) { return link.is_up; }));
    EXPECT_EQ(send(), TxOutcome::sent);
}

TEST_F(DeviceReturn, AnotherMacAddressAndMtuAreTold) {
    ASSERT_TRUE(ip("link set near address 02:00:00:00:00:42"));
    ASSERT_TRUE(ip("link set near mtu 1400"));
    const auto told = look();
    ASSERT_TRUE(told);
    EXPECT_EQ(told->own_mac, (MacAddress{2, 0, 0, 0, 0, 0x42}));
    EXPECT_EQ(told->mtu, 1400);
    EXPECT_EQ(media_->frames().realms.front().mtu, 1400);
}

TEST_F(DeviceReturn, ADeviceThatWasRemovedIsClosedAndOpenedAgainWhenItIsBack) {
    ASSERT_TRUE(ip("link del near"));
    auto told = look();
    ASSERT_TRUE(told);
    EXPECT_FALSE(told->is_up);
    EXPECT_EQ(send(), TxOutcome::link_down);
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(look());
    EXPECT_EQ(rte_eth_dev_count_avail(), 0);
    EXPECT_FALSE(media_->devices().front().is_up);

    ASSERT_TRUE(make_pair());
    ASSERT_TRUE(ip("link set near up") && ip("link set far up"));
    ASSERT_TRUE(look_until([](const RealmLink& link) { return link.is_up; }));
    EXPECT_EQ(send(), TxOutcome::sent);
    ASSERT_TRUE(Wire("far").send(make_frame({})));
    std::size_t received = 0;
    for (int i = 0; i < 400 && received == 0; ++i) {
        received = turn();
        (void)::poll(nullptr, 0, 1);
    }
    EXPECT_GT(received, 0U);
}

TEST_F(DeviceReturn, AnotherDeviceUnderTheOldNameIsTakenForWhatItIs) {
    ASSERT_TRUE(ip("link del near"));
    ASSERT_TRUE(make_pair());
    ASSERT_TRUE(ip("link set near up") && ip("link set far up"));
    const auto told = look();
    ASSERT_TRUE(told);
    EXPECT_FALSE(told->is_up);
    ASSERT_TRUE(look_until([](const RealmLink& link) { return link.is_up; }));
    EXPECT_EQ(send(), TxOutcome::sent);
}

}  // namespace
}  // namespace weir::dataplane::tests
