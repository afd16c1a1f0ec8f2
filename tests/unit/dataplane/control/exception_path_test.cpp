// SPDX-License-Identifier: Apache-2.0
// The exception path, frame by frame: tags, MAC addresses, taps that stay and go, bounds.
#include "dataplane/control/host_frame.hpp"
#include "tests/unit/dataplane/control/exception_fixture.hpp"

namespace weir::tests {
namespace {

constexpr MacAddress kPeer{2, 0, 0, 0, 0, 2};
constexpr MacAddress kEverybody{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

Frame ethernet(const MacAddress& to, const MacAddress& from, std::uint16_t type,
               const Frame& payload) {
    Frame frame(to.begin(), to.end());
    frame.insert(frame.end(), from.begin(), from.end());
    frame.push_back(static_cast<std::uint8_t>(type >> 8U));
    frame.push_back(static_cast<std::uint8_t>(type & 0xFFU));
    frame.insert(frame.end(), payload.begin(), payload.end());
    return frame;
}

Frame tagged(Frame frame, std::uint16_t tag) {
    const std::array<std::uint8_t, 4> bytes{0x81, 0x00, static_cast<std::uint8_t>(tag >> 8U),
                                            static_cast<std::uint8_t>(tag & 0xFFU)};
    frame.insert(frame.begin() + 12, bytes.begin(), bytes.end());
    return frame;
}

// "Who has 192.0.2.1? Tell 192.0.2.2" (RFC 826).
Frame arp_request() {
    Frame arp{0, 1, 8, 0, 6, 4, 0, 1};
    arp.insert(arp.end(), kPeer.begin(), kPeer.end());
    arp.insert(arp.end(), {192, 0, 2, 2, 0, 0, 0, 0, 0, 0, 192, 0, 2, 1});
    return ethernet(kEverybody, kPeer, 0x0806, arp);
}
bool is_arp_reply(const Frame& frame, std::size_t tag_bytes = 0) {
    const auto at = [&](std::size_t i) { return frame[tag_bytes + i]; };
    return frame.size() >= 42 + tag_bytes && at(12) == 0x08 && at(13) == 0x06 && at(21) == 2 &&
           std::equal(kOurs.begin(), kOurs.end(),
                      frame.begin() + 22 + static_cast<std::ptrdiff_t>(tag_bytes));
}

// VRRP's advertisement: protocol 112 to 224.0.0.18 from the virtual MAC address (RFC
// 5798 5.1, 7.3).
Frame vrrp() {
    Frame ip{0x45, 0xC0, 0, 28, 0, 0, 0, 0, 255, 112, 0, 0, 192, 0, 2, 2, 224, 0, 0, 18};
    ip.insert(ip.end(), {0x31, 7, 100, 1, 0, 100, 0, 0});
    return ethernet({1, 0, 0x5E, 0, 0, 0x12}, {0, 0, 0x5E, 0, 1, 7}, 0x0800, ip);
}

TEST_F(ExceptionPathTest, TheHostAnswersForTheRealmsAddress) {
    open();
    punt(arp_request());
    EXPECT_TRUE(wait_for([](const Frame& frame) { return is_arp_reply(frame); }));
    EXPECT_EQ(path_->counters().to_host, 1U);
}

TEST_F(ExceptionPathTest, ATagIsTakenOffTowardTheTapAndPutOnTowardTheWire) {
    HostTap vlan = tap();
    vlan.vlan = 0x123;
    open({vlan});
    punt(tagged(arp_request(), 0xE123));  // with a priority
    const auto reply = wait_for([](const Frame& frame) { return is_arp_reply(frame, kVlanTag); });
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(tag_of(*reply).vlan, 0x123);
    punt(arp_request());
    punt(tagged(arp_request(), 0x124));
    turn();
    EXPECT_EQ(path_->counters().unknown_vlan, 2U);
}

TEST_F(ExceptionPathTest, ATagThatTheDriverTookOffCounts) {
    HostTap vlan = tap();
    vlan.vlan = 0x123;
    open({vlan});
    rte_mbuf* buffer = rte_pktmbuf_alloc(pool()->raw());
    const Frame frame = arp_request();
    std::copy(frame.begin(), frame.end(), rte_pktmbuf_mtod(buffer, std::uint8_t*));
    set_length(buffer, frame.size());
    buffer->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
    buffer->vlan_tci = 0x123;
    ASSERT_TRUE(rings_->punt(buffer, 0));
    EXPECT_TRUE(wait_for([](const Frame& reply) { return is_arp_reply(reply, kVlanTag); }));
}

TEST_F(ExceptionPathTest, AnUntaggedPriorityIsForTheUntaggedTap) {
    open();
    punt(tagged(arp_request(), 0xE000));
    EXPECT_TRUE(wait_for([](const Frame& frame) { return is_arp_reply(frame); }));
}

TEST_F(ExceptionPathTest, DevicesAndVlansHaveTheirOwnTaps) {
    HostTap second = tap();
    second.name = "weir1";
    second.device = 1;
    second.addresses = {*Prefix::parse("198.51.100.1/24")};
    HostTap third = second;
    third.name = "weir2";
    third.vlan = 7;
    third.addresses = {*Prefix::parse("203.0.113.1/24")};
    open({tap(), second, third});
    EXPECT_EQ(path_->taps(), 3U);
    const UniqueFd on_third = raw_socket("weir2");
    const Frame frame = vrrp();
    ASSERT_EQ(send(on_third.get(), frame.data(), frame.size(), 0), ssize_t(frame.size()));
    EXPECT_TRUE(wait_for([&](const Frame& sent) { return sent == tagged(frame, 7); }, 1));
    punt(arp_request(), 1);  // not of that net
    turn();
    while (const auto frame_of_first = next(0))
        EXPECT_FALSE(is_arp_reply(*frame_of_first));
}

TEST_F(ExceptionPathTest, MulticastAndForeignMacAddressesPassBothWays) {
    open();
    const UniqueFd keepalived = raw_socket("weir0");
    const Frame advertisement = vrrp();
    ASSERT_EQ(send(keepalived.get(), advertisement.data(), advertisement.size(), 0),
              ssize_t(advertisement.size()));
    EXPECT_TRUE(wait_for([&](const Frame& frame) { return frame == advertisement; }));
    punt(advertisement);
    turn();
    Frame got(2048);
    for (;;) {
        const auto length = recv(keepalived.get(), got.data(), got.size(), 0);
        ASSERT_GT(length, 0) << "the advertisement did not come";
        if (Frame(got.begin(), got.begin() + length) == advertisement) break;
    }
}

TEST_F(ExceptionPathTest, ASuccessorFindsTheTapWithItsAddresses) {
    auto crashed = make({tap()}, true);
    ASSERT_TRUE(crashed.has_value()) << crashed.error().context;
    ASSERT_TRUE(host_.ip("addr add 192.0.2.100/32 dev weir0"));  // VRRP's
    crashed->reset();
    EXPECT_TRUE(host_shows("192.0.2.100/32"));
    open();
    EXPECT_TRUE(host_shows("192.0.2.100/32"));
    punt(arp_request());
    EXPECT_TRUE(wait_for([](const Frame& frame) { return is_arp_reply(frame); }));
    path_.reset();
    EXPECT_FALSE(host_shows("mtu")) << "a clean end removes it";
}

TEST_F(ExceptionPathTest, ATapInUseOrOfAnotherKindIsRefusedWithASentence) {
    open();
    const auto second = make({tap()});
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::exists);
    EXPECT_TRUE(host_shows("192.0.2.1/24")) << "the first one's tap is gone";
    ASSERT_TRUE(host_.ip("link add dummy-x type veth peer name dummy-y"));
    HostTap other = tap();
    other.name = "dummy-x";
    const auto third = make({other});
    ASSERT_FALSE(third.has_value());
    EXPECT_EQ(third.error().code, ErrorCode::exists);
    EXPECT_NE(third.error().context.find("host_device"), std::string::npos);
    EXPECT_TRUE(host_.ip("link show dummy-x > /dev/null"));
}

TEST_F(ExceptionPathTest, ATapThatSomebodyDeletesIsMadeAgain) {
    open();
    ASSERT_TRUE(host_.ip("link del weir0"));
    turn();
    turn();  // silent meanwhile, not always ready
    host_.run([&] { path_->revive_taps(); });
    EXPECT_TRUE(host_shows("192.0.2.1/24"));
    punt(arp_request());
    EXPECT_TRUE(wait_for([](const Frame& frame) { return is_arp_reply(frame); }));
    path_.reset();
    EXPECT_FALSE(host_shows("mtu"));
}

TEST_F(ExceptionPathTest, TheTapFollowsTheDevice) {
    open();
    RealmLink link{0, true, {2, 0, 0, 0, 0, 0x77}, 1400};
    const auto set = [&](const RealmLink& now) { host_.run([&] { path_->set_link(now); }); };
    set(link);
    EXPECT_TRUE(host_shows("02:00:00:00:00:77"));
    EXPECT_TRUE(host_shows("mtu 1400"));
    EXPECT_TRUE(host_shows("LOWER_UP"));
    link.is_up = false;
    set(link);
    EXPECT_TRUE(host_shows("NO-CARRIER"));
    link.is_up = true;
    link.mtu = 9000;  // no packet buffer holds as much
    set(link);
    EXPECT_TRUE(host_shows("LOWER_UP"));
    EXPECT_TRUE(host_shows("mtu 2029"));
    set({1, false, {}, 0});  // another realm's
    EXPECT_TRUE(host_shows("LOWER_UP"));
}

TEST_F(ExceptionPathTest, ATurnTakesNoMoreThanItsShare) {
    open();
    const UniqueFd sender = raw_socket("weir0");
    const Frame frame = vrrp();
    for (int i = 0; i < 400; ++i)
        (void)send(sender.get(), frame.data(), frame.size(), 0);
    path_->take_from_host();
    EXPECT_EQ(path_->counters().from_host, kHostFramesPerTurn);
    for (std::size_t i = 0; i < kPuntRing - 1; ++i)
        punt(frame);
    path_->take_from_workers();
    EXPECT_LE(path_->counters().to_host, kHostFramesPerTurn + kBurst);
}

TEST_F(ExceptionPathTest, WhatDoesNotFitIsDroppedAndCounted) {
    open();
    const UniqueFd sender = raw_socket("weir0");
    const Frame frame = vrrp();
    for (int i = 0; i < 2000; ++i) {
        (void)send(sender.get(), frame.data(), frame.size(), 0);
        path_->take_from_host();
    }
    EXPECT_GE(path_->counters().ring_full, 2000 - kFromHostRing);
    while (next()) {
    }
    ASSERT_TRUE(host_.ip("link set weir0 down"));
    punt(frame);
    punt(Frame(5, 0));
    turn();
    EXPECT_EQ(path_->counters().tap_refused, 1U);
    EXPECT_EQ(path_->counters().malformed, 1U);
    EXPECT_EQ(path_->counters().to_host, 0U);
}

TEST_F(ExceptionPathTest, WithoutABufferTheHostsFramesAreCountedAndNotLeftToWakeUs) {
    open();
    const UniqueFd sender = raw_socket("weir0");
    std::vector<rte_mbuf*> all;
    while (rte_mbuf* buffer = rte_pktmbuf_alloc(pool()->raw()))
        all.push_back(buffer);
    const Frame frame = vrrp();
    ASSERT_GT(send(sender.get(), frame.data(), frame.size(), 0), 0);
    path_->take_from_host();
    EXPECT_GE(path_->counters().no_buffer, 1U);
    for (rte_mbuf* buffer : all)
        rte_pktmbuf_free(buffer);
    ASSERT_GT(send(sender.get(), frame.data(), frame.size(), 0), 0);
    EXPECT_TRUE(wait_for([&](const Frame& sent) { return sent == frame; }));
}

}  // namespace
}  // namespace weir::tests
