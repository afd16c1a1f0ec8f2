// SPDX-License-Identifier: Apache-2.0
// Reading of untrusted L2 to L4 headers.
#include "dataplane/engine/frame.hpp"

#include <cstring>

#include "dataplane/engine/frame_wire.hpp"

namespace weir::dataplane {
namespace {

// What both IP versions share.
struct IpParts {
    const std::uint8_t* from = nullptr;
    const std::uint8_t* to = nullptr;
    Family family = Family::none;
    std::size_t udp_offset = 0;  // from the start of the frame
    std::size_t udp_bytes = 0;   // what IP says is left for UDP
};

[[nodiscard]] inline std::optional<Verdict> parse_ipv4(ByteSpan frame, IpParts& parts) {
    const auto* ip = view_as<Ipv4Wire>(frame, sizeof(EthernetWire));
    if (ip == nullptr) return Verdict::truncated;
    if ((ip->version_words & 0xF0U) != 0x40U) return Verdict::not_ip;
    const std::size_t header = (ip->version_words & 0x0FU) * 4U;
    const std::size_t total = ip->total_bytes.get();
    if (header < sizeof(Ipv4Wire) || total < header || total > frame.size() - sizeof(EthernetWire))
        return Verdict::truncated;
    if (header > sizeof(Ipv4Wire)) return Verdict::ip_options;
    if (checksum_fold(checksum_block<sizeof(Ipv4Wire)>(&ip->version_words)) != 0xFFFFU)
        return Verdict::bad_checksum;
    // RFC 791 3.1: more fragments (bit 13) or an offset (bits 12..0).
    if ((ip->fragment.get() & 0x3FFFU) != 0) return Verdict::fragment;
    if (ip->protocol != kUdpProtocol) return Verdict::not_udp;
    parts = {ip->from.data(), ip->to.data(), Family::v4, sizeof(EthernetWire) + sizeof(Ipv4Wire),
             total - sizeof(Ipv4Wire)};
    return std::nullopt;
}

[[nodiscard]] std::optional<Verdict> parse_ipv6(ByteSpan frame, IpParts& parts) {
    const auto* ip = view_as<Ipv6Wire>(frame, sizeof(EthernetWire));
    if (ip == nullptr) return Verdict::truncated;
    if ((ip->version_class_label.get() >> 28U) != 6) return Verdict::not_ip;
    const std::size_t payload = ip->payload_bytes.get();
    const std::size_t offset = sizeof(EthernetWire) + sizeof(Ipv6Wire);
    if (payload > frame.size() - offset) return Verdict::truncated;
    switch (ip->next_header) {
        case kUdpProtocol:
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
    parts = {ip->from.data(), ip->to.data(), Family::v6, offset, payload};
    return std::nullopt;
}

[[nodiscard]] bool is_checksum_good(ByteSpan datagram, const IpParts& parts,
                                    UdpChecksumCheck check) {
    const auto* udp = view_as<UdpWire>(datagram);
    if (udp->checksum[0] == 0 && udp->checksum[1] == 0)
        return parts.family == Family::v4;  // RFC 768: none; RFC 8200 8.1: not on IPv6
    if (check == UdpChecksumCheck::by_driver) return true;
    const std::uint64_t sum = address_sum(parts.from, parts.family) +
                              address_sum(parts.to, parts.family) + udp_pseudo_sum(datagram.size());
    return checksum_fold(checksum_add(sum, datagram)) == 0xFFFFU;
}

// Which realm an address of ours belongs to; kMaxRealms when it is not ours.
[[nodiscard]] inline std::size_t realm_of(const IpParts& parts, const Framer& framer) {
    for (std::size_t i = 0; i < framer.realms.size(); ++i) {
        const IpAddress& own = framer.realms[i].config.address;
        if (own.family != parts.family) continue;
        const bool same = parts.family == Family::v4
                              ? std::memcmp(own.bytes.data(), parts.to, 4) == 0
                              : std::memcmp(own.bytes.data(), parts.to, 16) == 0;
        if (same) return i;
    }
    return kMaxRealms;
}

void copy_peer(const IpParts& parts, Endpoint& peer) {
    if (parts.family == Family::v4) {
        peer.address.bytes = {};
        std::memcpy(peer.address.bytes.data(), parts.from, 4);
    } else {
        std::memcpy(peer.address.bytes.data(), parts.from, 16);
    }
    peer.address.family = parts.family;
    peer.reserved = 0;
}

}  // namespace

std::optional<Verdict> parse_frame(ByteSpan frame, const Framer& framer,
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
    const std::size_t realm = realm_of(parts, framer);
    if (realm == kMaxRealms) return Verdict::not_ip;
    if (!is_checksum_good(frame.subspan(parts.udp_offset, bytes), parts, framer.check))
        return Verdict::bad_checksum;
    copy_peer(parts, found.peer);
    found.peer.port = udp->from.get();
    found.local = {udp->to.get(), static_cast<RealmIndex>(realm), 0};
    found.payload_offset = static_cast<std::uint16_t>(parts.udp_offset + sizeof(UdpWire));
    found.payload_bytes = static_cast<std::uint16_t>(bytes - sizeof(UdpWire));
    return std::nullopt;
}

}  // namespace weir::dataplane
