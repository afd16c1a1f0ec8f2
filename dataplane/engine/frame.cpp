// SPDX-License-Identifier: Apache-2.0
// Reading and writing of L2 to L4 headers.
#include "dataplane/engine/frame.hpp"

#include <algorithm>
#include <cstring>

#include "dataplane/engine/checksum.hpp"

namespace weir::dataplane {
namespace {

constexpr std::uint16_t kEtherIpv4 = 0x0800;
constexpr std::uint16_t kEtherIpv6 = 0x86DD;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kHopLimit = 64;

struct EthernetWire {
    MacAddress to{};
    MacAddress from{};
    Be16 type;
};
struct Ipv4Wire {
    std::uint8_t version_words = 0;
    std::uint8_t tos = 0;
    Be16 total_bytes;
    Be16 id;
    Be16 fragment;
    std::uint8_t ttl = 0;
    std::uint8_t protocol = 0;
    std::array<std::uint8_t, 2> checksum{};
    std::array<std::uint8_t, 4> from{};
    std::array<std::uint8_t, 4> to{};
};
struct Ipv6Wire {
    Be32 version_class_label;
    Be16 payload_bytes;
    std::uint8_t next_header = 0;
    std::uint8_t hop_limit = 0;
    std::array<std::uint8_t, 16> from{};
    std::array<std::uint8_t, 16> to{};
};
struct UdpWire {
    Be16 from;
    Be16 to;
    Be16 bytes;
    std::array<std::uint8_t, 2> checksum{};
};
static_assert(sizeof(EthernetWire) == 14 && sizeof(Ipv4Wire) == 20 && sizeof(Ipv6Wire) == 40 &&
              sizeof(UdpWire) == 8);

// The addresses in their frame, length and UDP part of a packet: what both IP versions share.
struct IpParts {
    ByteSpan from;
    ByteSpan to;
    Family family = Family::none;
    std::size_t udp_offset = 0;  // from the start of the frame
    std::size_t udp_bytes = 0;   // what IP says is left for UDP
};

std::optional<Verdict> parse_ipv4(ByteSpan frame, IpParts& parts) {
    const auto* ip = view_as<Ipv4Wire>(frame, sizeof(EthernetWire));
    if (ip == nullptr) return Verdict::truncated;
    if ((ip->version_words & 0xF0U) != 0x40U) return Verdict::not_ip;
    const std::size_t header = (ip->version_words & 0x0FU) * 4U;
    const std::size_t total = ip->total_bytes.get();
    if (header < sizeof(Ipv4Wire) || total < header || total > frame.size() - sizeof(EthernetWire))
        return Verdict::truncated;
    if (header > sizeof(Ipv4Wire)) return Verdict::ip_options;
    if (checksum_fold(checksum_add(0, frame.subspan(sizeof(EthernetWire), sizeof(Ipv4Wire)))) !=
        0xFFFFU)
        return Verdict::bad_checksum;
    // RFC 791 3.1: more fragments (bit 13) or an offset (bits 12..0).
    if ((ip->fragment.get() & 0x3FFFU) != 0) return Verdict::fragment;
    if (ip->protocol != kUdp) return Verdict::not_udp;
    parts = {ip->from, ip->to, Family::v4, sizeof(EthernetWire) + header, total - header};
    return std::nullopt;
}

std::optional<Verdict> parse_ipv6(ByteSpan frame, IpParts& parts) {
    const auto* ip = view_as<Ipv6Wire>(frame, sizeof(EthernetWire));
    if (ip == nullptr) return Verdict::truncated;
    if ((ip->version_class_label.get() >> 28U) != 6) return Verdict::not_ip;
    const std::size_t payload = ip->payload_bytes.get();
    const std::size_t offset = sizeof(EthernetWire) + sizeof(Ipv6Wire);
    if (payload > frame.size() - offset) return Verdict::truncated;
    switch (ip->next_header) {
        case kUdp:
            break;
        case 44:
            return Verdict::fragment;
        case 0:    // hop-by-hop
        case 43:   // routing
        case 51:   // authentication
        case 60:   // destination options
        case 135:  // mobility
            return Verdict::ip_options;
        default:
            return Verdict::not_udp;
    }
    parts = {ip->from, ip->to, Family::v6, offset, payload};
    return std::nullopt;
}

[[nodiscard]] std::uint64_t pseudo_header_sum(ByteSpan from, ByteSpan to, std::size_t udp_bytes) {
    const std::uint64_t sum = checksum_add(checksum_add(0, from), to);
    // Protocol and length stand in network order in the pseudo-header (RFC 768, RFC 8200 8.1).
    return sum + __builtin_bswap16(static_cast<std::uint16_t>(udp_bytes)) +
           (std::uint64_t{kUdp} << 8U);
}

std::optional<Verdict> check_udp_checksum(ByteSpan frame, const IpParts& parts, const UdpWire& udp,
                                          UdpChecksumCheck check) {
    const bool absent = udp.checksum[0] == 0 && udp.checksum[1] == 0;
    if (absent) {
        if (parts.family == Family::v4) return std::nullopt;
        return Verdict::bad_checksum;
    }
    if (check == UdpChecksumCheck::driver_flags) return std::nullopt;
    const std::size_t bytes = udp.bytes.get();
    const std::uint64_t sum = checksum_add(pseudo_header_sum(parts.from, parts.to, bytes),
                                           frame.subspan(parts.udp_offset, bytes));
    if (checksum_fold(sum) != 0xFFFFU) return Verdict::bad_checksum;
    return std::nullopt;
}

// Which realm an address of ours belongs to; kMaxRealms when it is not ours.
[[nodiscard]] std::size_t realm_of(ByteSpan to, Family family, const FrameOptions& options) {
    for (std::size_t i = 0; i < options.realms.size(); ++i) {
        const IpAddress& own = options.realms[i].address;
        if (own.family == family && std::memcmp(own.bytes.data(), to.data(), to.size()) == 0)
            return i;
    }
    return kMaxRealms;
}

}  // namespace

std::optional<Verdict> parse_frame(ByteSpan frame, const FrameOptions& options,
                                   FramedDatagram& found) noexcept {
    const auto* ethernet = view_as<EthernetWire>(frame);
    if (ethernet == nullptr) return Verdict::truncated;
    IpParts parts;
    std::optional<Verdict> verdict = Verdict::not_ip;
    const std::uint16_t type = ethernet->type.get();
    if (type == kEtherIpv4)
        verdict = parse_ipv4(frame, parts);
    else if (type == kEtherIpv6)
        verdict = parse_ipv6(frame, parts);
    if (verdict) return verdict;
    if (parts.udp_bytes < sizeof(UdpWire)) return Verdict::truncated;
    const auto* udp = view_as<UdpWire>(frame, parts.udp_offset);
    const std::size_t bytes = udp->bytes.get();
    if (bytes < sizeof(UdpWire) || bytes > parts.udp_bytes) return Verdict::truncated;
    const std::size_t realm = realm_of(parts.to, parts.family, options);
    if (realm == kMaxRealms) return Verdict::not_ip;
    verdict = check_udp_checksum(frame, parts, *udp, options.check);
    if (verdict) return verdict;
    found.peer = Endpoint{};
    std::memcpy(found.peer.address.bytes.data(), parts.from.data(), parts.from.size());
    found.peer.address.family = parts.family;
    found.peer.port = udp->from.get();
    found.local = {udp->to.get(), static_cast<RealmIndex>(realm), 0};
    found.payload_offset = static_cast<std::uint16_t>(parts.udp_offset + sizeof(UdpWire));
    found.payload_bytes = static_cast<std::uint16_t>(bytes - sizeof(UdpWire));
    return std::nullopt;
}

namespace {

void write_udp(MutableByteSpan datagram, const FrameAddress& address, ByteSpan from, ByteSpan to) {
    auto* udp = view_as<UdpWire>(datagram);
    udp->from.set(address.from.port);
    udp->to.set(address.to.port);
    udp->bytes.set(static_cast<std::uint16_t>(datagram.size()));
    udp->checksum = {};
    if (from.empty()) return;  // no checksum wanted
    const std::uint64_t sum = checksum_add(pseudo_header_sum(from, to, datagram.size()), datagram);
    auto checksum = static_cast<std::uint16_t>(~checksum_fold(sum));
    if (checksum == 0) checksum = 0xFFFFU;  // RFC 768: zero means "none"
    std::memcpy(udp->checksum.data(), &checksum, sizeof(checksum));
}

void write_ipv4(MutableByteSpan packet, const FrameRealm& realm, const Endpoint& to) {
    auto* ip = view_as<Ipv4Wire>(packet);
    ip->version_words = 0x45;
    ip->tos = static_cast<std::uint8_t>(realm.dscp << 2U);
    ip->total_bytes.set(static_cast<std::uint16_t>(packet.size()));
    ip->id.set(0);  // RFC 6864 4.1: an atomic datagram needs no id
    ip->fragment.set(0x4000);
    ip->ttl = kHopLimit;
    ip->protocol = kUdp;
    ip->checksum = {};
    std::memcpy(ip->from.data(), realm.address.bytes.data(), 4);
    std::memcpy(ip->to.data(), to.address.bytes.data(), 4);
    const auto checksum =
        static_cast<std::uint16_t>(~checksum_fold(checksum_add(0, packet.first(sizeof(Ipv4Wire)))));
    std::memcpy(ip->checksum.data(), &checksum, sizeof(checksum));
}

void write_ipv6(MutableByteSpan packet, const FrameRealm& realm, const Endpoint& to) {
    auto* ip = view_as<Ipv6Wire>(packet);
    ip->version_class_label.set(6U << 28U | std::uint32_t{realm.dscp} << 22U);
    ip->payload_bytes.set(static_cast<std::uint16_t>(packet.size() - sizeof(Ipv6Wire)));
    ip->next_header = kUdp;
    ip->hop_limit = kHopLimit;
    ip->from = realm.address.bytes;
    ip->to = to.address.bytes;
}

}  // namespace

void write_frame(MutableByteSpan frame, const FrameOptions& options,
                 const FrameAddress& address) noexcept {
    const FrameRealm& realm = options.realms[address.from.realm];
    auto* ethernet = view_as<EthernetWire>(frame);
    ethernet->to = realm.next_hop_mac;
    ethernet->from = realm.own_mac;
    const MutableByteSpan packet = frame.subspan(sizeof(EthernetWire));
    const ByteSpan from = realm.address.bytes;
    const ByteSpan to = address.to.address.bytes;
    if (address.to.address.family == Family::v6) {
        ethernet->type.set(kEtherIpv6);
        write_ipv6(packet, realm, address.to);
        write_udp(packet.subspan(sizeof(Ipv6Wire)), address, from, to);
        return;
    }
    ethernet->type.set(kEtherIpv4);
    write_ipv4(packet, realm, address.to);
    const bool whole = options.write == UdpChecksumWrite::whole;
    write_udp(packet.subspan(sizeof(Ipv4Wire)), address, whole ? from.first(4) : ByteSpan{},
              to.first(4));
}

}  // namespace weir::dataplane
