// SPDX-License-Identifier: Apache-2.0
// Reading of frames: what is media, what is dropped and why, what is the host's; for any bytes.
#include "dataplane/engine/frame.hpp"

#include <optional>

#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "tests/unit/dataplane/engine/frames.hpp"

namespace weir::dataplane::tests {
namespace {

constexpr std::uint16_t kMediaPort = 8000;
constexpr std::uint16_t kHostPort = 5060;

// Realm 0: IPv4, 1: IPv6, 2: IPv4 with VLAN 7, 3: the IPv6 of realm 1 with VLAN 7.
FrameOptions options() {
    FrameOptions result;
    result.realms.push_back({.address = ip("192.0.2.100"), .own_mac = {2, 0, 0, 0, 0, 1}});
    result.realms.push_back({.address = ip("2001:db8::100"), .own_mac = {2, 0, 0, 0, 0, 1}});
    result.realms.push_back(
        {.address = ip("198.51.100.7"), .own_mac = {2, 0, 0, 0, 0, 1}, .vlan = 7});
    result.realms.push_back(
        {.address = ip("2001:db8::100"), .own_mac = {2, 0, 0, 0, 0, 1}, .vlan = 7});
    return result;
}

struct Reader {
    Reader() {
        owners.set_range(kMediaPort, kMediaPort + 999);
        owners.set({kMediaPort, 0, 0}, 0);
    }
    FrameOutcome read(const ReceivedFrame& frame) {
        peer = {};
        local = {};
        FramedDatagram found{peer, local};
        const FrameOutcome outcome = parse_frame(frame, framer, owners, found);
        offset = found.payload_offset;
        length = found.payload_bytes;
        return outcome;
    }
    FrameOutcome read(const Bytes& frame) { return read({frame, frame.size(), 0, false}); }

    Framer framer{options()};
    PortOwners owners{4};
    Endpoint peer;
    LocalPort local;
    std::uint16_t offset = 0;
    std::uint16_t length = 0;
};

FrameSpec v4_spec() {
    return {.from = {ip("192.0.2.1"), 0, 4000}, .to = {ip("192.0.2.100"), 0, kMediaPort}};
}
FrameSpec v6_spec() {
    return {.from = {ip("2001:db8::1"), 0, 4000}, .to = {ip("2001:db8::100"), 0, kMediaPort}};
}
Bytes v4() {
    return frame_of(v4_spec());
}
Bytes v6() {
    return frame_of(v6_spec());
}
template <typename Change>
Bytes v4_with(Change change) {
    FrameSpec spec = v4_spec();
    change(spec);
    return frame_of(spec);
}
template <typename Change>
Bytes v6_with(Change change) {
    FrameSpec spec = v6_spec();
    change(spec);
    return frame_of(spec);
}
Bytes v6_behind(std::initializer_list<std::pair<std::uint8_t, Bytes>> extensions) {
    return v6_with([&](FrameSpec& spec) { spec.extensions = extensions; });
}
const Bytes kEightBytes = Bytes(8, 0);

struct Fixture {
    const char* description;
    Bytes frame;
    FrameKind kind;
    Verdict verdict = Verdict::count_;
};

std::vector<Fixture> media_frames() {
    constexpr auto kMedia = FrameKind::media;
    return {
        {"IPv4", v4(), kMedia},
        {"IPv6", v6(), kMedia},
        {"empty datagram", v4_with([](auto& s) { s.payload.clear(); }), kMedia},
        {"odd length", v4_with([](auto& s) { s.payload.resize(171); }), kMedia},
        {"padded by Ethernet", resized(v4(), 80), kMedia},
        {"an idle port of the range", v4_with([](auto& s) { s.to.port = 8500; }), kMedia},
        {"no UDP checksum", v4_with([](auto& s) { s.sum = FrameSpec::Sum::none; }), kMedia},
        {"priority tag, VLAN 0", v4_with([](auto& s) { s.tags = {0xE000}; }), kMedia},
        {"VLAN of the realm", v4_with([](auto& s) {
             s.tags = {7};
             s.to.address = ip("198.51.100.7");
         }),
         kMedia},
        {"VLAN of the realm, with priority", v4_with([](auto& s) {
             s.tags = {0xA007};
             s.to.address = ip("198.51.100.7");
         }),
         kMedia},
        {"IPv6 with the VLAN of the second realm", v6_with([](auto& s) { s.tags = {7}; }), kMedia},
    };
}

std::vector<Fixture> dropped_frames() {
    constexpr auto kDrop = FrameKind::drop;
    const Bytes routing{0, 0, 0, 0, 0, 0, 0, 0};
    const Bytes long_options{0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                             0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    const Bytes authentication{0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                               0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    return {
        {"shorter than IPv4 says", resized(v4(), 61), kDrop, Verdict::truncated},
        {"shorter than IPv6 says", resized(v6(), 81), kDrop, Verdict::truncated},
        {"only the UDP header is left", resized(v4(), 42), kDrop, Verdict::truncated},
        {"UDP length below its header", changed(v4(), 39, 7), kDrop, Verdict::truncated},
        {"UDP length zero (a jumbogram's)", changed(v6(), 59, 0), kDrop, Verdict::truncated},
        {"UDP length beyond IPv4", changed(v4(), 39, 29), kDrop, Verdict::truncated},
        {"UDP length beyond IPv6", changed(v6(), 59, 29), kDrop, Verdict::truncated},
        {"wrong IPv4 header checksum", changed(v4(), 22, 9), kDrop, Verdict::bad_checksum},
        {"IPv4 options", v4_with([](auto& s) {
             s.options = {7, 3, 4, 0};
         }),
         kDrop, Verdict::ip_options},
        {"the most options", v4_with([](auto& s) { s.options = Bytes(40, 1); }), kDrop,
         Verdict::ip_options},
        {"IPv4 first fragment", v4_with([](auto& s) { s.fragment = 0x2000; }), kDrop,
         Verdict::fragment},
        {"hop-by-hop", v6_behind({{0, kEightBytes}}), kDrop, Verdict::ip_options},
        {"routing", v6_behind({{43, routing}}), kDrop, Verdict::ip_options},
        {"long destination options", v6_behind({{60, long_options}}), kDrop, Verdict::ip_options},
        {"authentication", v6_behind({{51, authentication}}), kDrop, Verdict::ip_options},
        {"hop-by-hop, routing, destination options, mobility",
         v6_behind({{0, kEightBytes}, {43, routing}, {60, kEightBytes}, {135, kEightBytes}}), kDrop,
         Verdict::ip_options},
        {"eight extension headers",
         v6_behind({{60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes}}),
         kDrop, Verdict::ip_options},
        {"IPv6 first fragment", v6_behind({{44, changed(kEightBytes, 3, 1)}}), kDrop,
         Verdict::fragment},
        {"IPv6 atomic fragment (RFC 6946)", v6_behind({{44, kEightBytes}}), kDrop,
         Verdict::fragment},
        {"a fragment behind options", v6_behind({{0, kEightBytes}, {44, kEightBytes}}), kDrop,
         Verdict::fragment},
    };
}

std::vector<Fixture> punted_frames() {
    constexpr auto kPunt = FrameKind::punt;
    return {
        {"nothing", {}, kPunt},
        {"half an Ethernet header", resized(v4(), 13), kPunt},
        {"Ethernet alone", resized(v4(), 14), kPunt},
        {"half an IPv4 header", resized(v4(), 24), kPunt},
        {"half an IPv6 header", resized(v6(), 40), kPunt},
        {"half a UDP header", resized(v4(), 38), kPunt},
        {"half a UDP header over IPv6", resized(v6(), 58), kPunt},
        {"ARP", changed(v4(), 13, 0x06), kPunt},
        {"IPv4 type, version 6", changed(v4(), 14, 0x65), kPunt},
        {"IPv6 type, version 4", changed(v6(), 14, 0x40), kPunt},
        {"IPv4 header of 4 words", changed(v4(), 14, 0x44), kPunt},
        {"IPv4 total below its headers", mended(changed(v4(), 17, 27)), kPunt},
        {"IPv6 payload below UDP", changed(v6(), 19, 7), kPunt},
        {"ICMP", v4_with([](auto& s) { s.protocol = 1; }), kPunt},
        {"TCP", v4_with([](auto& s) { s.protocol = 6; }), kPunt},
        {"TCP over IPv6", v6_with([](auto& s) { s.protocol = 6; }), kPunt},
        {"no next header", v6_with([](auto& s) { s.protocol = 59; }), kPunt},
        {"ESP", v6_with([](auto& s) { s.protocol = 50; }), kPunt},
        {"SIP", v4_with([](auto& s) { s.to.port = kHostPort; }), kPunt},
        {"SIP over IPv6", v6_with([](auto& s) { s.to.port = kHostPort; }), kPunt},
        {"SIP with options", v4_with([](auto& s) {
             s.to.port = kHostPort;
             s.options = Bytes(4, 1);
         }),
         kPunt},
        {"SIP, wrong header checksum",
         changed(v4_with([](auto& s) { s.to.port = kHostPort; }), 22, 9), kPunt},
        {"SIP, first fragment", v4_with([](auto& s) {
             s.to.port = kHostPort;
             s.fragment = 0x2000;
         }),
         kPunt},
        {"IPv4 middle fragment", v4_with([](auto& s) { s.fragment = 0x2009; }), kPunt},
        {"IPv4 last fragment", v4_with([](auto& s) { s.fragment = 9; }), kPunt},
        {"IPv6 last fragment", v6_behind({{44, changed(kEightBytes, 3, 0x40)}}), kPunt},
        {"nine extension headers",
         v6_behind({{60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes},
                    {60, kEightBytes}}),
         kPunt},
        {"an extension header longer than the packet",
         v6_behind({{60, changed(kEightBytes, 1, 255)}}), kPunt},
        {"an extension header nobody knows", v6_behind({{200, kEightBytes}}), kPunt},
        {"to another host", v4_with([](auto& s) { s.to.address = ip("192.0.2.101"); }), kPunt},
        {"IPv4 multicast", v4_with([](auto& s) { s.to.address = ip("224.0.0.18"); }), kPunt},
        {"IPv4 broadcast", v4_with([](auto& s) { s.to.address = ip("255.255.255.255"); }), kPunt},
        {"IPv6 multicast", v6_with([](auto& s) { s.to.address = ip("ff02::1"); }), kPunt},
        {"a VLAN that is not the realm's", v4_with([](auto& s) { s.tags = {8}; }), kPunt},
        {"a VLAN for an untagged realm", v4_with([](auto& s) { s.tags = {7}; }), kPunt},
        {"untagged for a realm with a VLAN",
         v4_with([](auto& s) { s.to.address = ip("198.51.100.7"); }), kPunt},
        {"two tags", v4_with([](auto& s) {
             s.tags = {7, 7};
             s.to.address = ip("198.51.100.7");
         }),
         kPunt},
        {"a service tag (802.1ad)",
         changed(changed(v4_with([](auto& s) {
                             s.tags = {7};
                             s.to.address = ip("198.51.100.7");
                         }),
                         12, 0x88),
                 13, 0xA8),
         kPunt},
        {"a tag and nothing behind it", resized(v4_with([](auto& s) { s.tags = {0}; }), 16), kPunt},
        {"LLDP", changed(changed(v4(), 12, 0x88), 13, 0xCC), kPunt},
    };
}

void expect_all(const std::vector<Fixture>& fixtures) {
    Reader reader;
    for (const auto& fixture : fixtures) {
        SCOPED_TRACE(fixture.description);
        const FrameOutcome outcome = reader.read(fixture.frame);
        EXPECT_EQ(outcome.kind, fixture.kind);
        EXPECT_EQ(outcome.verdict, fixture.verdict);
    }
}

TEST(Frame, ADatagramForAMediaPortOfOursIsMedia) {
    expect_all(media_frames());
}
TEST(Frame, WhatIsSpoiltOnItsWayToAMediaPortHasAVerdict) {
    expect_all(dropped_frames());
}
TEST(Frame, EverythingElseIsTheHosts) {
    expect_all(punted_frames());
}

TEST(Frame, AddressesPortsAndPayloadAreFound) {
    Reader reader;
    ASSERT_EQ(reader.read(v6()).kind, FrameKind::media);
    EXPECT_EQ(reader.peer.to_string(), "[2001:db8::1]:4000");
    EXPECT_EQ(reader.local, (LocalPort{kMediaPort, 1, 0}));
    EXPECT_EQ(reader.offset, 62);
    EXPECT_EQ(reader.length, 20);
    ASSERT_EQ(reader.read(v6_with([](auto& s) { s.tags = {7}; })).kind, FrameKind::media);
    EXPECT_EQ(reader.local, (LocalPort{kMediaPort, 3, 0}));
    EXPECT_EQ(reader.offset, 66);
}

TEST(Frame, ATagThatTheDriverTookOffCounts) {
    Reader reader;
    const Bytes tagged = v4_with([](auto& s) { s.to.address = ip("198.51.100.7"); });
    EXPECT_EQ(reader.read({tagged, tagged.size(), 0x6007, true}).kind, FrameKind::media);
    EXPECT_EQ(reader.local.realm, 2);
    EXPECT_EQ(reader.read({tagged, tagged.size(), 8, true}).kind, FrameKind::punt);
    const Bytes plain = v4();
    EXPECT_EQ(reader.read({plain, plain.size(), 0, true}).kind, FrameKind::media);
    EXPECT_EQ(reader.read({plain, plain.size(), 7, true}).kind, FrameKind::punt);
    const Bytes two = v4_with([](auto& s) { s.tags = {0}; });
    EXPECT_EQ(reader.read({two, two.size(), 0, true}).kind, FrameKind::punt);
}

TEST(Frame, AFrameOfSeveralSegmentsIsTooLongIfItIsMedia) {
    Reader reader;
    const Bytes big = v4_with([](auto& s) { s.payload.resize(3000); });
    const ByteSpan first = ByteSpan(big).first(2048);
    EXPECT_EQ(reader.read({first, big.size(), 0, false}).verdict, Verdict::too_long);
    const Bytes sip = v4_with([](auto& s) {
        s.payload.resize(3000);
        s.to.port = kHostPort;
    });
    EXPECT_EQ(reader.read({ByteSpan(sip).first(2048), sip.size(), 0, false}).kind, FrameKind::punt);
}

// Whatever is cut off: never more than what is there, and media only when it is whole.
TEST(Frame, AnyBeginningOfAFrameIsHarmless) {
    Reader reader;
    const std::vector<Bytes> frames{v4(), v6(), v4_with([](auto& s) { s.tags = {0}; }),
                                    v6_behind({{0, kEightBytes}, {44, kEightBytes}})};
    for (const Bytes& whole : frames) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            // A buffer of its own, so that reading past its end is seen.
            const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_NE(reader.read(part).kind, FrameKind::media) << size << " of " << whole.size();
        }
    }
}

TEST(Frame, AnyChangeOfOneBitOfAGoodFrameDoesNoHarm) {
    Reader reader;
    for (const Bytes& good : {v4(), v6(), v6_behind({{60, kEightBytes}})}) {
        for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
            Bytes bytes = good;
            bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
            if (reader.read(bytes).kind == FrameKind::media) {
                ASSERT_LE(std::size_t{reader.offset} + reader.length, bytes.size());
            }
        }
    }
}

// The quick way says the same as the long one, or nothing.
TEST(Frame, TheQuickReadingAgreesWithTheLongOne) {
    constexpr std::uint64_t kSeed = 791;
    SeededRandom random(kSeed);
    Reader reader;
    std::size_t quick = 0;
    for (int round = 0; round < 20'000; ++round) {
        Bytes frame = round % 4 == 0 ? v6() : v4();
        for (std::uint64_t i = random.below(4); i > 0; --i)
            frame[random.below(frame.size())] = static_cast<std::uint8_t>(random.next());
        if (random.below(8) == 0) frame.resize(random.below(frame.size() + 20));
        Endpoint peer;
        LocalPort local;
        FramedDatagram found{peer, local};
        if (!read_plain_frame(frame, reader.framer, found)) continue;
        ++quick;
        const FrameOutcome outcome = reader.read(frame);
        SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " + std::to_string(round));
        if (reader.owners.find(local) == PortOwners::kHost) {
            ASSERT_EQ(outcome.kind, FrameKind::punt);
            continue;
        }
        ASSERT_EQ(outcome.kind, FrameKind::media);
        ASSERT_EQ(reader.peer, peer);
        ASSERT_EQ(reader.local, local);
        ASSERT_EQ(reader.offset, found.payload_offset);
        ASSERT_EQ(reader.length, found.payload_bytes);
    }
    EXPECT_GT(quick, 1000U);
}

TEST(Frame, RandomBytesAreHarmless) {
    constexpr std::uint64_t kSeed = 768;
    SeededRandom random(kSeed);
    Reader reader;
    for (int round = 0; round < 20'000; ++round) {
        Bytes bytes(random.below(120));
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(random.next());
        if (bytes.size() > 14 && round % 2 == 0) bytes[12] = 0x08, bytes[13] = 0, bytes[14] = 0x45;
        if (reader.read(bytes).kind == FrameKind::media) {
            ASSERT_LE(std::size_t{reader.offset} + reader.length, bytes.size());
        }
    }
}

// ---- UDP checksums ----
bool is_good(const Bytes& frame) {
    Reader reader;
    if (reader.read(frame).kind != FrameKind::media) ADD_FAILURE() << "not media";
    FramedDatagram found{reader.peer, reader.local, reader.offset, reader.length};
    const ByteSpan payload = ByteSpan(frame).subspan(reader.offset, reader.length);
    return is_udp_checksum_good(frame, found, checksum_fold32(checksum_add(0, payload)));
}
FrameSpec with_sum(FrameSpec spec, FrameSpec::Sum sum) {
    spec.sum = sum;
    return spec;
}

TEST(UdpChecksum, AWholeOneIsGoodAtAnyLength) {
    for (std::size_t payload = 0; payload < 200; ++payload) {
        for (FrameSpec spec : {v4_spec(), v6_spec()}) {
            spec.payload.assign(payload, static_cast<std::uint8_t>(payload * 7));
            ASSERT_TRUE(is_good(frame_of(spec))) << payload;
        }
    }
}
// What a veth peer hands over: CHECKSUM_PARTIAL, the sum of the pseudo-header alone.
TEST(UdpChecksum, ABarePseudoHeaderSumIsGood) {
    EXPECT_TRUE(is_good(frame_of(with_sum(v4_spec(), FrameSpec::Sum::partial))));
    EXPECT_TRUE(is_good(frame_of(with_sum(v6_spec(), FrameSpec::Sum::partial))));
}
TEST(UdpChecksum, NoneIsGoodOnIpv4Only) {
    EXPECT_TRUE(is_good(frame_of(with_sum(v4_spec(), FrameSpec::Sum::none))));
    EXPECT_FALSE(is_good(frame_of(with_sum(v6_spec(), FrameSpec::Sum::none))));
}
TEST(UdpChecksum, AWrongOneIsBad) {
    EXPECT_FALSE(is_good(frame_of(with_sum(v4_spec(), FrameSpec::Sum::wrong))));
    EXPECT_FALSE(is_good(frame_of(with_sum(v6_spec(), FrameSpec::Sum::wrong))));
}
TEST(UdpChecksum, AChangedByteOfThePayloadIsSeen) {
    for (std::size_t at = 42; at < v4().size(); ++at)
        EXPECT_FALSE(is_good(changed(v4(), at, 0x11))) << at;
}

}  // namespace
}  // namespace weir::dataplane::tests
