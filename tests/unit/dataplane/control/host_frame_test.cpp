// SPDX-License-Identifier: Apache-2.0
// Tags and open checksums of the host's frames, and the taps of a set of realms.
#include "dataplane/control/host_frame.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/control/exception_path.hpp"
#include "dataplane/engine/checksum.hpp"

namespace weir::dataplane {
namespace {

using Frame = std::vector<std::uint8_t>;

// UDP from 192.0.2.2 to 192.0.2.1, 9 bytes of payload, with this checksum.
Frame datagram(std::uint8_t high, std::uint8_t low) {
    Frame frame(12, 2);
    frame.insert(frame.end(), {0x08, 0x00, 0x45, 0,   0, 37, 0, 0,   0, 0, 64,
                               17,   0,    0,    192, 0, 2,  2, 192, 0, 2, 1});
    frame.insert(frame.end(), {0x13, 0xC4, 0x13, 0xC4, 0, 17, high, low});
    frame.insert(frame.end(), {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'});
    return frame;
}
// Over addresses, protocol and length: 192.0.2.2 + 192.0.2.1 + 17 + 17.
constexpr std::uint8_t kBareHigh = 0x84;
constexpr std::uint8_t kBareLow = 0x26;

bool is_good(const Frame& frame) {
    std::uint64_t sum = checksum_add(0, ByteSpan(frame).subspan(26, 8));
    sum = checksum_add(sum, ByteSpan(frame).subspan(34, 17));
    sum += (17U << 8U) + (17U << 8U);  // protocol and length in network order
    return checksum_fold(sum) == 0xFFFF;
}

TEST(HostFrame, AnOpenChecksumIsCompleted) {
    Frame frame = datagram(kBareHigh, kBareLow);
    EXPECT_FALSE(is_good(frame));
    EXPECT_TRUE(complete_checksum(frame));
    EXPECT_TRUE(is_good(frame));
    EXPECT_FALSE(complete_checksum(frame)) << "it is whole now";
}

TEST(HostFrame, AnOpenChecksumBehindATagIsCompleted) {
    Frame frame = datagram(kBareHigh, kBareLow);
    const Frame tag{0x81, 0x00, 0x00, 0x07};
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
    EXPECT_TRUE(complete_checksum(frame));
    frame.erase(frame.begin() + 12, frame.begin() + 16);
    EXPECT_TRUE(is_good(frame));
}

TEST(HostFrame, WrongAndAbsentChecksumsAreLeftToTheHost) {
    for (Frame frame : {datagram(0, 0), datagram(0x12, 0x34)}) {
        const Frame before = frame;
        EXPECT_FALSE(complete_checksum(frame));
        EXPECT_EQ(frame, before);
    }
}

TEST(HostFrame, FragmentsAndTruncatedFramesAreLeftAlone) {
    Frame fragment = datagram(kBareHigh, kBareLow);
    fragment[20] = 0x20;  // more fragments
    EXPECT_FALSE(complete_checksum(fragment));
    const Frame whole = datagram(kBareHigh, kBareLow);
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        Frame cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(bytes));
        EXPECT_FALSE(complete_checksum(cut)) << bytes;
    }
}

TEST(HostFrame, RandomBytesAreNeitherReadNorWrittenBehindTheirEnd) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    for (int round = 0; round < 50000; ++round) {
        Frame frame = datagram(kBareHigh, kBareLow);
        if (random() % 2 == 0) frame[12] = 0x86, frame[13] = 0xDD;
        for (auto flips = random() % 6; flips > 0; --flips)
            frame[12 + random() % (frame.size() - 12)] = static_cast<std::uint8_t>(random());
        Frame exact(frame.begin(),
                    frame.begin() + static_cast<std::ptrdiff_t>(random() % (frame.size() + 1)));
        (void)complete_checksum(exact);
        (void)tag_of(exact);
    }
}

TEST(HostTaps, RealmsOfADeviceAndVlanShareATap) {
    const auto ip = [](const char* text) { return *IpAddress::parse(text); };
    std::vector<MediaRealm> realms{
        {.name = "v4",
         .address = ip("192.0.2.1"),
         .port = "p0",
         .prefix_length = 24,
         .tap = "weir0"},
        {.name = "v6",
         .address = ip("2001:db8::1"),
         .port = "p0",
         .prefix_length = 64,
         .tap = "weir0"},
        {.name = "vlan",
         .address = ip("192.0.2.1"),
         .port = "p0",
         .vlan = 7,
         .prefix_length = 24,
         .tap = "weir0.7"},
        {.name = "vrrp", .address = ip("192.0.2.9"), .port = "p1", .tap = "weir1"}};
    FrameOptions frames;
    frames.realms = {{.address = realms[0].address, .own_mac = {2, 0, 0, 0, 0, 1}, .mtu = 1400},
                     {.address = realms[1].address, .own_mac = {2, 0, 0, 0, 0, 1}, .mtu = 1400},
                     {.address = realms[2].address, .own_mac = {2, 0, 0, 0, 0, 1}, .vlan = 7},
                     {.address = realms[3].address, .device = 1}};
    const auto taps = host_taps(realms, frames);
    ASSERT_EQ(taps.size(), 3U);
    EXPECT_EQ(taps[0].name, "weir0");
    EXPECT_EQ(taps[0].mtu, 1400);
    EXPECT_EQ(taps[0].addresses,
              (std::vector{*Prefix::parse("192.0.2.1/24"), *Prefix::parse("2001:db8::1/64")}));
    EXPECT_EQ(taps[0].realms, (std::vector<RealmIndex>{0, 1}));
    EXPECT_EQ(taps[1].vlan, 7);
    EXPECT_EQ(taps[1].name, "weir0.7");
    EXPECT_EQ(taps[2].device, 1);
    EXPECT_TRUE(taps[2].addresses.empty());
}

}  // namespace
}  // namespace weir::dataplane
