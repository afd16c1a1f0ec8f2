// SPDX-License-Identifier: Apache-2.0
// Frames: fixtures of what is accepted and why not, and that what we write is accepted.
#include "dataplane/engine/frame.hpp"

#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "dataplane/engine/frame_wire.hpp"

namespace weir::dataplane {
namespace {

using Bytes = std::vector<std::uint8_t>;

IpAddress ip(const char* text) {
    return *IpAddress::parse(text);
}

FrameOptions options(UdpChecksumCheck check = UdpChecksumCheck::in_software) {
    FrameOptions result;
    result.realms.push_back({.address = ip("192.0.2.100"), .own_mac = {2, 0, 0, 0, 0, 1}});
    result.realms.push_back({.address = ip("2001:db8::100"), .own_mac = {2, 0, 0, 0, 0, 1}});
    result.check = check;
    return result;
}

// A frame from a party to us, written by our own writer with the roles turned round.
Bytes frame(const char* from, const char* to, std::size_t payload = 172,
            UdpChecksumWrite write = UdpChecksumWrite::whole) {
    FrameOptions party;
    party.realms.push_back({.address = ip(from), .own_mac = {}});
    party.write = write;
    const Endpoint target{ip(to), 0, 8000};
    const Framer framer(party);
    Bytes bytes(framer.realms[0].header_bytes + payload, 0x5A);
    write_frame(bytes, framer, {target, {4000, 0, 0}, {}});
    return bytes;
}
Bytes v4(std::size_t payload = 172) {
    return frame("192.0.2.1", "192.0.2.100", payload);
}
Bytes v6(std::size_t payload = 172) {
    return frame("2001:db8::1", "2001:db8::100", payload);
}

// The header checksum made right again after a change.
Bytes mended(Bytes bytes) {
    bytes[24] = bytes[25] = 0;
    const auto sum = static_cast<std::uint16_t>(
        ~checksum_fold(checksum_add(0, ByteSpan(bytes).subspan(14, 20))));
    std::memcpy(&bytes[24], &sum, 2);
    return bytes;
}
Bytes changed(Bytes bytes, std::size_t at, int value) {
    bytes[at] = static_cast<std::uint8_t>(value);
    return bytes;
}
Bytes resized(Bytes bytes, std::size_t size) {
    bytes.resize(size);
    return bytes;
}

// A FramedDatagram with places of its own for the addresses.
struct Found {
    Endpoint peer{};
    LocalPort local{};
    std::uint16_t payload_offset = 0;
    std::uint16_t payload_bytes = 0;
};
std::optional<Verdict> parse(ByteSpan bytes, const Framer& framer, Found& found) {
    FramedDatagram datagram{found.peer, found.local};
    const auto verdict = parse_frame(bytes, framer, datagram);
    found.payload_offset = datagram.payload_offset;
    found.payload_bytes = datagram.payload_bytes;
    return verdict;
}

struct Fixture {
    const char* description;
    Bytes frame;
    std::optional<Verdict> verdict;
};

std::vector<Fixture> fixtures() {
    return {
        {"IPv4", v4(), std::nullopt},
        {"IPv6", v6(), std::nullopt},
        {"IPv4, odd length", v4(171), std::nullopt},
        {"IPv6, odd length", v6(1), std::nullopt},
        {"IPv4, empty datagram", v4(0), std::nullopt},
        {"IPv4, padded to 60 bytes by Ethernet", resized(v4(3), 60), std::nullopt},
        {"IPv4 without UDP checksum",
         frame("192.0.2.1", "192.0.2.100", 172, UdpChecksumWrite::none_v4), std::nullopt},
        {"nothing", {}, Verdict::truncated},
        {"Ethernet alone", resized(v4(), 14), Verdict::truncated},
        {"half an IPv4 header", resized(v4(), 24), Verdict::truncated},
        {"half an IPv6 header", resized(v6(), 40), Verdict::truncated},
        {"shorter than IPv4 says", resized(v4(), 200), Verdict::truncated},
        {"shorter than IPv6 says", resized(v6(), 200), Verdict::truncated},
        {"ARP", changed(v4(), 13, 0x06), Verdict::not_ip},
        {"VLAN tag", changed(changed(v4(), 12, 0x81), 13, 0), Verdict::not_ip},
        {"IPv4 type, version 6", changed(v4(), 14, 0x65), Verdict::not_ip},
        {"IPv6 type, version 4", changed(v6(), 14, 0x40), Verdict::not_ip},
        {"IPv4 header of 4 words", changed(v4(), 14, 0x44), Verdict::truncated},
        {"IPv4 options", changed(v4(), 14, 0x46), Verdict::ip_options},
        {"IPv4 total below the header", mended(changed(changed(v4(), 16, 0), 17, 10)),
         Verdict::truncated},
        {"IPv4 first fragment", mended(changed(v4(), 20, 0x20)), Verdict::fragment},
        {"IPv4 last fragment", mended(changed(changed(v4(), 20, 0), 21, 9)), Verdict::fragment},
        {"IPv4 wrong header checksum", changed(v4(), 22, 9), Verdict::bad_checksum},
        {"IPv4 wrong UDP checksum", changed(v4(), 40, 0x12), Verdict::bad_checksum},
        {"IPv4 changed payload", changed(v4(), 60, 0), Verdict::bad_checksum},
        {"IPv6 changed payload", changed(v6(), 90, 0), Verdict::bad_checksum},
        {"IPv6 without UDP checksum", changed(changed(v6(), 60, 0), 61, 0), Verdict::bad_checksum},
        {"ICMP", mended(changed(v4(), 23, 1)), Verdict::not_udp},
        {"TCP over IPv6", changed(v6(), 20, 6), Verdict::not_udp},
        {"IPv6 hop-by-hop", changed(v6(), 20, 0), Verdict::ip_options},
        {"IPv6 routing header", changed(v6(), 20, 43), Verdict::ip_options},
        {"IPv6 fragment", changed(v6(), 20, 44), Verdict::fragment},
        {"UDP length below its header", changed(changed(v4(), 38, 0), 39, 7), Verdict::truncated},
        {"UDP length beyond IP", changed(v4(), 39, 255), Verdict::truncated},
        {"not to us", frame("192.0.2.1", "192.0.2.101"), Verdict::not_ip},
    };
}

TEST(Frame, EachFixtureHasItsVerdict) {
    const Framer framer(options());
    for (const auto& fixture : fixtures()) {
        SCOPED_TRACE(fixture.description);
        Found found;
        EXPECT_EQ(parse(fixture.frame, framer, found), fixture.verdict);
    }
}

TEST(Frame, AddressesPortsAndPayloadAreFound) {
    const Framer framer(options());
    Found found;
    ASSERT_EQ(parse(v6(100), framer, found), std::nullopt);
    EXPECT_EQ(found.peer.to_string(), "[2001:db8::1]:4000");
    EXPECT_EQ(found.local, (LocalPort{8000, 1, 0}));
    EXPECT_EQ(found.payload_offset, 62);
    EXPECT_EQ(found.payload_bytes, 100);
}

TEST(Frame, APartialUdpChecksumPassesWhenTheDriverIsTrusted) {
    const Framer framer(options(UdpChecksumCheck::by_driver));
    Found found;
    EXPECT_EQ(parse(changed(v4(), 40, 0x12), framer, found), std::nullopt);
}

TEST(Frame, AnyChangeOfOneBitOfAGoodFrameDoesNoHarm) {
    const Framer framer(options());
    for (const Bytes& good : {v4(20), v6(20)}) {
        for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
            Bytes bytes = good;
            bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
            Found found;
            if (!parse(bytes, framer, found)) {
                ASSERT_LE(found.payload_offset + found.payload_bytes, bytes.size());
            }
        }
    }
}

TEST(Frame, AnyLengthHasAWholeChecksum) {
    const Framer framer(options());
    for (std::size_t payload = 0; payload < 200; ++payload) {
        Found found;
        ASSERT_EQ(parse(v4(payload), framer, found), std::nullopt) << payload;
        ASSERT_EQ(parse(v6(payload), framer, found), std::nullopt) << payload;
    }
}

// RFC 1071 3: the sum of 00 01 f2 03 f4 f5 f6 f7 is ddf2, in network order.
TEST(Checksum, TheExampleOfTheRfc) {
    const Bytes bytes{0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
    EXPECT_EQ(__builtin_bswap16(checksum_fold(checksum_add(0, bytes))), 0xDDF2);
}

TEST(Checksum, EqualsTheSumWordByWord) {
    constexpr std::uint64_t kSeed = 1071;
    SeededRandom random(kSeed);
    for (int round = 0; round < 2000; ++round) {
        Bytes bytes(random.below(1500));
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(round % 3 == 0 ? 0xFF : random.next());
        std::uint32_t plain = 0;
        for (std::size_t i = 0; i < bytes.size(); i += 2) {
            const unsigned low = i + 1 < bytes.size() ? bytes[i + 1] : 0U;
            plain += static_cast<std::uint32_t>(bytes[i]) << 8U | low;
            plain = (plain & 0xFFFFU) + (plain >> 16U);
        }
        ASSERT_EQ(__builtin_bswap16(checksum_fold(checksum_add(0, bytes))), plain)
            << "seed " << kSeed << " round " << round;
    }
}

}  // namespace
}  // namespace weir::dataplane
