// SPDX-License-Identifier: Apache-2.0
// INVITEs out of captures: both file formats, link layers, TCP segments, and bytes of strangers.
#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "deploy/apps/offline/capture_invites.hpp"

namespace weir::apps {
namespace {

using testing::HasSubstr;

std::string le16(unsigned value) {
    return {static_cast<char>(value & 0xFFU), static_cast<char>(value >> 8U & 0xFFU)};
}
std::string le32(std::uint32_t value) {
    return le16(value & 0xFFFFU) + le16(value >> 16U);
}
std::string be16(unsigned value) {
    return {static_cast<char>(value >> 8U & 0xFFU), static_cast<char>(value & 0xFFU)};
}
std::string be32(std::uint32_t value) {
    return be16(value >> 16U) + be16(value & 0xFFFFU);
}

std::string invite(const std::string& call_id, const std::string& to_tag = "") {
    return "INVITE sip:8001@198.51.100.10 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.7\r\n"
           "From: <sip:5000@203.0.113.7>;tag=1\r\nTo: <sip:8001@198.51.100.10>" +
           to_tag + "\r\nCall-ID: " + call_id + "\r\n\r\n";
}

std::string udp(const std::string& payload) {
    return be16(5070) + be16(5060) + be16(static_cast<unsigned>(8 + payload.size())) + be16(0) +
           payload;
}
std::string tcp(std::uint32_t sequence, const std::string& payload) {
    return be16(5070) + be16(5060) + be32(sequence) + be32(0) + std::string("\x50\x18", 2) +
           be16(100) + be32(0) + payload;
}
// 203.0.113.7 to 198.51.100.10
std::string ipv4(char protocol, const std::string& body) {
    return std::string("\x45\x00", 2) + be16(static_cast<unsigned>(20 + body.size())) + be32(0) +
           std::string("\x40") + protocol + be16(0) + std::string("\xCB\x00\x71\x07", 4) +
           std::string("\xC6\x33\x64\x0A", 4) + body;
}
std::string ethernet(const std::string& packet) {
    return std::string(12, '\x02') + be16(0x8100) + be16(7) + be16(0x0800) + packet;
}

std::string pcap(std::uint32_t link, const std::vector<std::string>& frames) {
    std::string file =
        le32(0xA1B2C3D4) + le16(2) + le16(4) + le32(0) + le32(0) + le32(65535) + le32(link);
    for (const std::string& frame : frames) {
        const auto size = static_cast<std::uint32_t>(frame.size());
        file += le32(0) + le32(0) + le32(size) + le32(size) + frame;
    }
    return file;
}

std::string block(std::uint32_t type, std::string body) {
    while (body.size() % 4 != 0)
        body += '\0';
    const auto length = static_cast<std::uint32_t>(body.size() + 12);
    return be32(type) + be32(length) + body + be32(length);
}
// Big-endian, to be read on a little-endian machine too.
std::string pcapng(std::uint32_t link, const std::string& frame) {
    const auto size = static_cast<std::uint32_t>(frame.size());
    return block(0x0A0D0D0A, be32(0x1A2B3C4D) + be16(1) + be16(0) + be32(~0U) + be32(~0U)) +
           block(1, be16(link) + be16(0) + be32(0)) +
           block(6, be32(0) + be32(0) + be32(0) + be32(size) + be32(size) + frame);
}

TEST(Capture, AnInviteOverUdpOnATaggedEthernetIsFound) {
    const auto found = find_invite(pcap(1, {ethernet(ipv4(17, udp(invite("a"))))}), 1);
    ASSERT_TRUE(found) << found.error().context;
    EXPECT_EQ(found->source.to_string(), "203.0.113.7:5070");
    EXPECT_EQ(found->text, invite("a"));
}

TEST(Capture, APcapngOfRawPacketsIsRead) {
    const auto found = find_invite(pcapng(101, ipv4(17, udp(invite("a")))), 1);
    ASSERT_TRUE(found) << found.error().context;
    EXPECT_EQ(found->destination.to_string(), "198.51.100.10:5060");
}

TEST(Capture, AnInviteInTwoTcpSegmentsIsPutTogether) {
    const std::string text = invite("a");
    const auto found = find_invite(
        pcap(101, {ipv4(6, tcp(100, text.substr(0, 60))), ipv4(6, tcp(160, text.substr(60)))}), 1);
    ASSERT_TRUE(found) << found.error().context;
    EXPECT_TRUE(found->is_tcp);
    EXPECT_EQ(found->text, text);
}

TEST(Capture, RetransmissionsAndReInvitesBeginNoCall) {
    const auto packet = [](const std::string& text) { return ipv4(17, udp(text)); };
    const auto capture = pcap(101, {packet(invite("a")), packet(invite("a")),
                                    packet(invite("a", ";tag=2")), packet(invite("b"))});
    const auto found = find_invite(capture, 2);
    ASSERT_TRUE(found) << found.error().context;
    EXPECT_EQ(found->frame, 4U);
    EXPECT_THAT(find_invite(capture, 3).error().context, HasSubstr("has 2 calls, not 3"));
}

TEST(Capture, WhatIsNoCaptureIsNamed) {
    EXPECT_THAT(find_invite("INVITE sip:x SIP/2.0\r\n", 1).error().context, HasSubstr("--invite"));
    EXPECT_THAT(find_invite("\x1f\x8b\x08", 1).error().context, HasSubstr("gunzip"));
}

TEST(Capture, ACutFileSaysSo) {
    const std::string whole = pcap(101, {ipv4(17, udp(invite("a")))});
    EXPECT_THAT(find_invite(whole.substr(0, whole.size() - 1), 1).error().context,
                HasSubstr("cut short"));
}

TEST(Capture, AnyBytesAreReadWithoutHarm) {
    constexpr std::uint64_t kSeed = 20261121;
    RecordProperty("seed", std::to_string(kSeed));
    SeededRandom random(kSeed);
    const std::string files[] = {pcap(1, {ethernet(ipv4(6, tcp(1, invite("a"))))}),
                                 pcapng(101, ipv4(17, udp(invite("a"))))};
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes = files[round % 2];
        for (int change = 0; change < 4; ++change)
            bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
        bytes.resize(random.below(bytes.size() + 1));
        const auto found = find_invite(bytes, 1);
        if (found) {
            EXPECT_LE(found->text.size(), bytes.size());
        }
    }
}

}  // namespace
}  // namespace weir::apps
