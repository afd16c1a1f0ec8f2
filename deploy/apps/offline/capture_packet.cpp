// SPDX-License-Identifier: Apache-2.0
// Takes one layer after the other off a frame.
#include "deploy/apps/offline/capture_packet.hpp"

#include <algorithm>

#include "deploy/apps/offline/capture_limits.hpp"

namespace weir::apps {
namespace {

constexpr std::uint32_t kLinkNull = 0;
constexpr std::uint32_t kLinkEthernet = 1;
constexpr std::uint32_t kLinkRaw = 101;
constexpr std::uint32_t kLinkLoop = 108;
constexpr std::uint32_t kLinkCooked = 113;
constexpr std::uint32_t kLinkIpv4 = 228;
constexpr std::uint32_t kLinkIpv6 = 229;
constexpr std::uint32_t kLinkCooked2 = 276;

constexpr unsigned kTypeIpv4 = 0x0800;
constexpr unsigned kTypeIpv6 = 0x86DD;
constexpr unsigned kProtocolTcp = 6;
constexpr unsigned kProtocolUdp = 17;

unsigned octet_at(std::string_view from, std::size_t at) {
    return static_cast<unsigned char>(from[at]);
}

unsigned u16(std::string_view from, std::size_t at) {
    return octet_at(from, at) << 8U | octet_at(from, at + 1);
}

std::string_view behind(std::string_view from, std::size_t bytes) {
    return from.substr(std::min(bytes, from.size()));
}

IpAddress address_at(std::string_view from, std::size_t at, Family family) {
    IpAddress address;
    address.family = family;
    const std::size_t length = family == Family::v4 ? 4 : 16;
    for (std::size_t i = 0; i < length; ++i)
        address.bytes[i] = static_cast<std::uint8_t>(octet_at(from, at + i));
    return address;
}

std::string_view behind_ethernet(std::string_view frame) {
    std::size_t at = 12;
    for (unsigned tags = 0; tags <= kCaptureMaxTags && frame.size() >= at + 2; ++tags) {
        const unsigned type = u16(frame, at);
        if (type == kTypeIpv4 || type == kTypeIpv6) return behind(frame, at + 2);
        if (type != 0x8100 && type != 0x88A8 && type != 0x9100) break;
        at += 4;
    }
    return {};
}

// The IP packet in a frame; empty if there is none.
std::string_view packet_of(const CapturedFrame& frame) {
    switch (frame.link_type) {
        case kLinkEthernet:
            return behind_ethernet(frame.bytes);
        case kLinkCooked:
            return behind(frame.bytes, 16);
        case kLinkCooked2:
            return behind(frame.bytes, 20);
        case kLinkNull:
        case kLinkLoop:
            return behind(frame.bytes, 4);
        case 12:  // what LINKTYPE_RAW is called in files of some BSD
        case 14:
        case kLinkRaw:
        case kLinkIpv4:
        case kLinkIpv6:
            return frame.bytes;
        default:
            return {};
    }
}

// What carries UDP or TCP.
struct IpPacket {
    IpAddress source;
    IpAddress destination;
    unsigned protocol = 0;
    std::string_view body;
};

std::optional<IpPacket> read_ipv4(std::string_view packet) {
    if (packet.size() < 20) return std::nullopt;
    const std::size_t head = (octet_at(packet, 0) & 0x0FU) * 4U;
    const std::size_t total = u16(packet, 2);
    if (head < 20 || packet.size() < head) return std::nullopt;
    // A later fragment has no ports; segmentation offload writes total length 0.
    if ((u16(packet, 6) & 0x1FFFU) != 0) return std::nullopt;
    if (total >= head && total < packet.size()) packet = packet.substr(0, total);
    return IpPacket{address_at(packet, 12, Family::v4), address_at(packet, 16, Family::v4),
                    octet_at(packet, 9), packet.substr(head)};
}

std::optional<IpPacket> read_ipv6(std::string_view packet) {
    if (packet.size() < 40) return std::nullopt;
    IpPacket result{address_at(packet, 8, Family::v6), address_at(packet, 24, Family::v6),
                    octet_at(packet, 6), packet.substr(40)};
    const std::size_t length = u16(packet, 4);
    if (length != 0 && length < result.body.size()) result.body = result.body.substr(0, length);
    for (unsigned i = 0; i < kCaptureMaxExtensions && result.body.size() >= 8; ++i) {
        const unsigned next = result.protocol;
        const bool is_fragment = next == 44;
        // RFC 8200 4: hop-by-hop, routing, destination options, fragment.
        if (next != 0 && next != 43 && next != 60 && !is_fragment) break;
        if (is_fragment && (u16(result.body, 2) & 0xFFF8U) != 0) return std::nullopt;
        result.protocol = octet_at(result.body, 0);
        result.body =
            behind(result.body, is_fragment ? 8 : 8 + std::size_t{8} * octet_at(result.body, 1));
    }
    return result;
}

std::optional<CapturedPayload> read_ports(const IpPacket& packet) {
    const std::string_view body = packet.body;
    CapturedPayload payload;
    payload.is_tcp = packet.protocol == kProtocolTcp;
    std::size_t head = 8;
    if (payload.is_tcp) {
        if (body.size() < 20) return std::nullopt;
        head = (octet_at(body, 12) >> 4U) * std::size_t{4};
        if (head < 20) return std::nullopt;
        payload.sequence = u16(body, 4) << 16U | u16(body, 6);
    } else if (packet.protocol != kProtocolUdp) {
        return std::nullopt;
    }
    if (body.size() < head) return std::nullopt;
    payload.source = Endpoint{packet.source, 0, static_cast<std::uint16_t>(u16(body, 0))};
    payload.destination = Endpoint{packet.destination, 0, static_cast<std::uint16_t>(u16(body, 2))};
    payload.bytes = body.substr(head);
    return payload;
}

}  // namespace

std::optional<CapturedPayload> payload_of(const CapturedFrame& frame) {
    const std::string_view packet = packet_of(frame);
    if (packet.empty()) return std::nullopt;
    const unsigned version = octet_at(packet, 0) >> 4U;
    const auto ip = version == 4   ? read_ipv4(packet)
                    : version == 6 ? read_ipv6(packet)
                                   : std::nullopt;
    return ip ? read_ports(*ip) : std::nullopt;
}

}  // namespace weir::apps
