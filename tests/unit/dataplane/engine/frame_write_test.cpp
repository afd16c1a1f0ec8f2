// SPDX-License-Identifier: Apache-2.0
// Writing of frames: what we write is what we would read, byte by byte; and the Internet checksum.
#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "tests/unit/dataplane/engine/frames.hpp"

namespace weir::dataplane::tests {
namespace {

constexpr MacAddress kOwn{2, 0, 0, 0, 0, 9};
constexpr MacAddress kNext{2, 0, 0, 0, 0, 1};  // as in frame_of()

Framer framer_of(const char* own, std::uint16_t vlan = 0,
                 UdpChecksumWrite write = UdpChecksumWrite::whole) {
    FrameOptions options;
    options.realms.push_back({.address = ip(own), .own_mac = kOwn, .vlan = vlan});
    options.write = write;
    return Framer(options);
}

Bytes written(const Framer& framer, const Endpoint& to, const Bytes& payload,
              std::uint32_t payload_sum = 0) {
    Bytes frame(framer.realm(0).header_bytes, 0xEE);
    frame.insert(frame.end(), payload.begin(), payload.end());
    const FrameAddress address{to, {4000, 0, 0}, NextHops::word_of(kNext), payload_sum};
    write_frame(frame, framer, address);
    if (framer.realm(0).is_plain) {
        Bytes quick(frame.size(), 0xDD);
        std::copy(payload.begin(), payload.end(), quick.end() - std::ssize(payload));
        write_plain_frame(quick, framer, address);
        EXPECT_EQ(quick, frame);
    }
    return frame;
}
// DSCP EF in the fixture's zero traffic class.
Bytes expected(const FrameSpec& spec) {
    Bytes frame = frame_of(spec);
    const std::size_t at = 14 + 4 * spec.tags.size();
    if (spec.to.address.family == Family::v6) {
        frame[at] = 0x6B;
        frame[at + 1] = 0x80;
        return frame;
    }
    frame[at + 1] = 46 << 2;
    frame[at + 10] = frame[at + 11] = 0;
    const Bytes header(frame.begin() + static_cast<std::ptrdiff_t>(at),
                       frame.begin() + static_cast<std::ptrdiff_t>(at) + 20);
    const Bytes sum = be16(static_cast<std::uint16_t>(~sum16(header)));
    std::copy(sum.begin(), sum.end(), frame.begin() + static_cast<std::ptrdiff_t>(at) + 10);
    return frame;
}
FrameSpec spec_of(const char* from, const char* to, std::size_t payload) {
    return {.from = {ip(from), 0, 4000}, .to = {ip(to), 0, 8000}, .payload = Bytes(payload, 0xC3)};
}

TEST(FrameWrite, EveryLengthIsAsByHand) {
    const Framer v4 = framer_of("192.0.2.100");
    const Framer v6 = framer_of("2001:db8::100");
    for (std::size_t payload = 0; payload < 200; ++payload) {
        FrameSpec spec = spec_of("192.0.2.100", "192.0.2.1", payload);
        ASSERT_EQ(written(v4, spec.to, spec.payload), expected(spec)) << payload;
        spec = spec_of("2001:db8::100", "2001:db8::1", payload);
        ASSERT_EQ(written(v6, spec.to, spec.payload), expected(spec)) << payload;
    }
}

TEST(FrameWrite, ATagIsPushed) {
    FrameSpec spec = spec_of("192.0.2.100", "192.0.2.1", 33);
    spec.tags = {7};
    EXPECT_EQ(written(framer_of("192.0.2.100", 7), spec.to, spec.payload), expected(spec));
    spec = spec_of("2001:db8::100", "2001:db8::1", 33);
    spec.tags = {4094};
    EXPECT_EQ(written(framer_of("2001:db8::100", 4094), spec.to, spec.payload), expected(spec));
}

TEST(FrameWrite, AKnownSumOfThePayloadIsUsed) {
    const FrameSpec spec = spec_of("192.0.2.100", "192.0.2.1", 160);
    const std::uint32_t sum = checksum_fold32(checksum_add(0, spec.payload));
    EXPECT_EQ(written(framer_of("192.0.2.100"), spec.to, spec.payload, sum), expected(spec));
}

TEST(FrameWrite, Ipv4MayGoWithoutAChecksumAndIpv6MayNot) {
    FrameSpec spec = spec_of("192.0.2.100", "192.0.2.1", 50);
    spec.sum = FrameSpec::Sum::none;
    EXPECT_EQ(
        written(framer_of("192.0.2.100", 0, UdpChecksumWrite::none_v4), spec.to, spec.payload),
        expected(spec));
    spec = spec_of("2001:db8::100", "2001:db8::1", 50);
    EXPECT_EQ(
        written(framer_of("2001:db8::100", 0, UdpChecksumWrite::none_v4), spec.to, spec.payload),
        expected(spec));
}

// RFC 768: a sum that comes out as zero is sent as all ones, for zero means "none".
TEST(FrameWrite, AChecksumOfZeroIsWrittenAsAllOnes) {
    const Framer framer = framer_of("192.0.2.100");
    bool seen = false;
    for (unsigned word = 0; word < 0x10000 && !seen; ++word) {
        FrameSpec spec = spec_of("192.0.2.100", "192.0.2.1", 0);
        spec.payload = be16(word);
        const Bytes frame = written(framer, spec.to, spec.payload);
        seen = frame[40] == 0xFF && frame[41] == 0xFF;
        ASSERT_FALSE(frame[40] == 0 && frame[41] == 0) << word;
    }
    EXPECT_TRUE(seen);
}

TEST(FrameWrite, TheLinkMayChange) {
    Framer framer = framer_of("192.0.2.100");
    EXPECT_EQ(framer.realm(0).longest_payload, 1500 - 28);
    framer.set_link(0, {2, 9, 9, 9, 9, 9}, 1400);
    EXPECT_EQ(framer.realm(0).longest_payload, 1400 - 28);
    const FrameSpec spec = spec_of("192.0.2.100", "192.0.2.1", 10);
    const Bytes frame = written(framer, spec.to, spec.payload);
    EXPECT_EQ(Bytes(frame.begin() + 6, frame.begin() + 12), (Bytes{2, 9, 9, 9, 9, 9}));
    framer.set_link(0, kOwn, 20);
    EXPECT_EQ(framer.realm(0).longest_payload, 0);
    framer.set_link(kMaxRealms, kOwn, 20);  // no such realm
}

// RFC 1071 3: the sum of 00 01 f2 03 f4 f5 f6 f7 is ddf2, in network order.
TEST(Checksum, TheExampleOfTheRfc) {
    const Bytes bytes{0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
    EXPECT_EQ(__builtin_bswap16(checksum_fold(checksum_add(0, bytes))), 0xDDF2);
}

TEST(Checksum, EqualsTheSumWordByWord) {
    constexpr std::uint64_t kSeed = 1071;
    SeededRandom random(kSeed);
    for (int round = 0; round < 4000; ++round) {
        Bytes bytes(random.below(1500));
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(round % 3 == 0 ? 0xFF : random.next());
        ASSERT_EQ(__builtin_bswap16(checksum_fold(checksum_add(0, bytes))), sum16(bytes))
            << "seed " << kSeed << " round " << round;
        ASSERT_EQ(checksum_fold(checksum_fold32(checksum_add(0, bytes))),
                  checksum_fold(checksum_add_words(0, bytes)))
            << "seed " << kSeed << " round " << round;
    }
}

TEST(Checksum, ASumIsGoodIfItFoldsToAllOnes) {
    constexpr std::uint64_t kSeed = 65'535;
    SeededRandom random(kSeed);
    for (int round = 0; round < 10'000; ++round) {
        const std::uint64_t sum = random.next() >> random.below(60) | 1U;
        ASSERT_EQ(is_sum_good(sum), checksum_fold(sum) == 0xFFFF) << sum;
        // What is missing to the next multiple, put into it: every sum can be made good.
        const std::uint64_t good = (sum >> 4U) + (0xFFFF - (sum >> 4U) % 0xFFFF);
        ASSERT_TRUE(is_sum_good(good)) << good;
        ASSERT_EQ(checksum_fold(good), 0xFFFF) << good;
    }
}

TEST(Checksum, TheLongestBlockDoesNotOverflow) {
    for (const int byte : {0x00, 0x7F, 0x80, 0xFF}) {
        const Bytes bytes(65'534, static_cast<std::uint8_t>(byte));
        EXPECT_EQ(checksum_fold(checksum_add(0, bytes)),
                  checksum_fold(checksum_add_words(0, bytes)))
            << byte;
    }
}

}  // namespace
}  // namespace weir::dataplane::tests
