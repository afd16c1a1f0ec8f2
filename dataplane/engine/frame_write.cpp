// SPDX-License-Identifier: Apache-2.0
// Writing of our L2 to L4 headers: whole, from parts prepared per realm.
#include <algorithm>
#include <cstring>

#include "config/base/result.hpp"
#include "dataplane/engine/frame_wire.hpp"

namespace weir::dataplane {
namespace {

constexpr std::uint8_t kHopLimit = 64;

// Returns the bytes written: 14, or 18 with a tag (IEEE 802.1Q 9.6: priority 0, not eligible for
// discard before others).
std::size_t prepare_ethernet(Framer::Realm& realm, std::uint16_t type) {
    const MutableByteSpan header(realm.header);
    auto* ethernet = view_as<EthernetWire>(header);
    ethernet->from = realm.config.own_mac;
    ethernet->type.set(realm.config.vlan == 0 ? type : kEtherVlan);
    if (realm.config.vlan == 0) return sizeof(EthernetWire);
    auto* tag = view_as<VlanWire>(header, sizeof(EthernetWire));
    tag->tag.set(realm.config.vlan);
    tag->type.set(type);
    return sizeof(EthernetWire) + sizeof(VlanWire);
}

void prepare_ipv4(Framer::Realm& realm) {
    const std::size_t l2 = prepare_ethernet(realm, kEtherIpv4);
    auto* ip = view_as<Ipv4Wire>(MutableByteSpan(realm.header), l2);
    ip->version_words = 0x45;
    ip->tos = static_cast<std::uint8_t>(realm.config.dscp << 2U);
    ip->id.set(0);             // RFC 6864 4.1: an atomic datagram needs no id
    ip->fragment.set(0x4000);  // and says so: do not fragment
    ip->ttl = kHopLimit;
    ip->protocol = kUdpProtocol;
    std::memcpy(ip->from.data(), realm.config.address.bytes.data(), ip->from.size());
    realm.ip_sum = checksum_block<sizeof(Ipv4Wire)>(&ip->version_words);
    realm.l2_bytes = static_cast<std::uint16_t>(l2);
    realm.header_bytes = static_cast<std::uint16_t>(l2 + sizeof(Ipv4Wire) + sizeof(UdpWire));
    realm.is_plain = realm.config.vlan == 0;
}

void prepare_ipv6(Framer::Realm& realm) {
    const std::size_t l2 = prepare_ethernet(realm, kEtherIpv6);
    auto* ip = view_as<Ipv6Wire>(MutableByteSpan(realm.header), l2);
    ip->version_class_label.set(6U << 28U | std::uint32_t{realm.config.dscp} << 22U);
    ip->next_header = kUdpProtocol;
    ip->hop_limit = kHopLimit;
    ip->from = realm.config.address.bytes;
    realm.l2_bytes = static_cast<std::uint16_t>(l2);
    realm.header_bytes = static_cast<std::uint16_t>(l2 + sizeof(Ipv6Wire) + sizeof(UdpWire));
}

// The UDP header in front of its payload; `address_sums` of both addresses, or 0 for no checksum.
void write_udp(MutableByteSpan datagram, const FrameAddress& address, std::uint64_t address_sums) {
    auto* udp = view_as<UdpWire>(datagram);
    const auto bytes = static_cast<std::uint16_t>(datagram.size());
    udp->from.set(address.from.port);
    udp->to.set(address.to.port);
    udp->bytes.set(bytes);
    std::uint16_t checksum = 0;
    if (address_sums != 0) {
        const std::uint64_t header = std::uint64_t{__builtin_bswap16(address.from.port)} +
                                     __builtin_bswap16(address.to.port) + __builtin_bswap16(bytes);
        std::uint64_t sum = address_sums + udp_pseudo_sum(bytes) + header;
        sum += address.payload_sum != 0 ? address.payload_sum
                                        : sum_payload(datagram.subspan(sizeof(UdpWire)));
        checksum = udp_checksum_of(sum);
    }
    std::memcpy(udp->checksum.data(), &checksum, sizeof(checksum));
}

void write_ipv4(MutableByteSpan frame, const Framer& framer, const FrameAddress& address) {
    const Framer::Realm& realm = framer.realm(address.from.realm);
    std::memcpy(frame.data(), realm.header.data(), realm.header_bytes - sizeof(UdpWire));
    std::memcpy(frame.data(), &address.next_hop, sizeof(MacAddress));
    auto* ip = view_as<Ipv4Wire>(frame, realm.l2_bytes);
    const auto total = static_cast<std::uint16_t>(frame.size() - realm.l2_bytes);
    ip->total_bytes.set(total);
    std::memcpy(ip->to.data(), address.to.address.bytes.data(), ip->to.size());
    const std::uint64_t to = checksum_block<4>(ip->to.data());
    const auto checksum =
        static_cast<std::uint16_t>(~checksum_fold(realm.ip_sum + to + __builtin_bswap16(total)));
    std::memcpy(ip->checksum.data(), &checksum, sizeof(checksum));
    const bool whole = framer.write == UdpChecksumWrite::whole;
    write_udp(frame.subspan(realm.header_bytes - sizeof(UdpWire)), address,
              whole ? realm.own_sum + to : 0);
}

void write_ipv6(MutableByteSpan frame, const Framer& framer, const FrameAddress& address) {
    const Framer::Realm& realm = framer.realm(address.from.realm);
    std::memcpy(frame.data(), realm.header.data(), realm.header_bytes - sizeof(UdpWire));
    std::memcpy(frame.data(), &address.next_hop, sizeof(MacAddress));
    auto* ip = view_as<Ipv6Wire>(frame, realm.l2_bytes);
    const MutableByteSpan datagram = frame.subspan(realm.header_bytes - sizeof(UdpWire));
    ip->payload_bytes.set(static_cast<std::uint16_t>(datagram.size()));
    ip->to = address.to.address.bytes;
    write_udp(datagram, address, realm.own_sum + checksum_block<16>(ip->to.data()));
}

}  // namespace

Framer::Framer(const FrameOptions& options) : check(options.check), write(options.write) {
    ipv4_keys.fill(kNoIpv4);
    WEIR_ASSERT(options.realms.size() <= kMaxRealms);
    for (const FrameRealm& config : options.realms) {
        Realm& realm = realms_[realm_count_];
        realm.config = config;
        realm.own_sum = address_sum(config.address.bytes.data(), config.address.family);
        if (config.address.family == Family::v6) {
            prepare_ipv6(realm);
        } else {
            prepare_ipv4(realm);
            ipv4_keys[realm_count_] = ipv4_key(config.address.bytes.data(), config.vlan);
        }
        set_link(realm_count_++, config.own_mac, config.mtu);
    }
}

void Framer::set_link(std::size_t realm, const MacAddress& own_mac, std::uint16_t mtu) noexcept {
    if (realm >= kMaxRealms) return;
    Realm& changed = realms_[realm];
    changed.config.own_mac = own_mac;
    changed.config.mtu = mtu;
    std::memcpy(changed.header.data() + own_mac.size(), own_mac.data(), own_mac.size());
    const auto headers = static_cast<std::uint16_t>(changed.header_bytes - changed.l2_bytes);
    changed.longest_payload = mtu > headers ? static_cast<std::uint16_t>(mtu - headers) : 0;
}

// Not in line: it would take the registers from those who have the sum already.
std::uint64_t sum_payload(ByteSpan payload) noexcept {
    return checksum_add(0, payload);
}

void write_frame(MutableByteSpan frame, const Framer& framer,
                 const FrameAddress& address) noexcept {
    if (framer.realm(address.from.realm).config.address.family == Family::v6)
        write_ipv6(frame, framer, address);
    else
        write_ipv4(frame, framer, address);
}

}  // namespace weir::dataplane
