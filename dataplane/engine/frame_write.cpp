// SPDX-License-Identifier: Apache-2.0
// Writing of our L2 to L4 headers: whole, from parts prepared per realm.
#include <cstring>

#include "dataplane/engine/frame_wire.hpp"

namespace weir::dataplane {
namespace {

constexpr std::uint8_t kHopLimit = 64;

void prepare_ipv4(Framer::Realm& realm) {
    const MutableByteSpan header(realm.ipv4);
    auto* ethernet = view_as<EthernetWire>(header);
    ethernet->to = realm.config.next_hop_mac;
    ethernet->from = realm.config.own_mac;
    ethernet->type.set(kEtherIpv4);
    auto* ip = view_as<Ipv4Wire>(header, sizeof(EthernetWire));
    ip->version_words = 0x45;
    ip->tos = static_cast<std::uint8_t>(realm.config.dscp << 2U);
    ip->id.set(0);             // RFC 6864 4.1: an atomic datagram needs no id
    ip->fragment.set(0x4000);  // and says so: do not fragment
    ip->ttl = kHopLimit;
    ip->protocol = kUdpProtocol;
    std::memcpy(ip->from.data(), realm.config.address.bytes.data(), ip->from.size());
    realm.ipv4_sum = checksum_block<sizeof(Ipv4Wire)>(&ip->version_words);
}

// The UDP header in front of its payload; `address_sums` of both addresses, or 0 for no checksum.
// Sums are made of the values, not of the bytes just written: the processor would have to wait
// until small stores have reached the cache before it can load them as one word.
inline void write_udp(MutableByteSpan datagram, const FrameAddress& address,
                      std::uint64_t address_sums) {
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
        sum = address.payload_sum != 0 ? sum + address.payload_sum
                                       : checksum_add(sum, datagram.subspan(sizeof(UdpWire)));
        checksum = static_cast<std::uint16_t>(~checksum_fold(sum));
        if (checksum == 0) checksum = 0xFFFFU;  // RFC 768: zero means "none"
    }
    std::memcpy(udp->checksum.data(), &checksum, sizeof(checksum));
}

inline void write_ipv4(MutableByteSpan frame, const Framer& framer, const FrameAddress& address) {
    const Framer::Realm& realm = framer.realms[address.from.realm];
    std::memcpy(frame.data(), realm.ipv4.data(), realm.ipv4.size());
    auto* ip = view_as<Ipv4Wire>(frame, sizeof(EthernetWire));
    const auto total = static_cast<std::uint16_t>(frame.size() - sizeof(EthernetWire));
    ip->total_bytes.set(total);
    std::uint32_t to = 0;
    std::memcpy(&to, address.to.address.bytes.data(), sizeof(to));
    std::memcpy(ip->to.data(), &to, sizeof(to));
    const auto checksum =
        static_cast<std::uint16_t>(~checksum_fold(realm.ipv4_sum + to + __builtin_bswap16(total)));
    std::memcpy(ip->checksum.data(), &checksum, sizeof(checksum));
    const bool whole = framer.write == UdpChecksumWrite::whole;
    write_udp(frame.subspan(sizeof(EthernetWire) + sizeof(Ipv4Wire)), address,
              whole ? realm.own_sum + to : 0);
}

void write_ipv6(MutableByteSpan frame, const Framer& framer, const FrameAddress& address) {
    const Framer::Realm& realm = framer.realms[address.from.realm];
    auto* ethernet = view_as<EthernetWire>(frame);
    ethernet->to = realm.config.next_hop_mac;
    ethernet->from = realm.config.own_mac;
    ethernet->type.set(kEtherIpv6);
    auto* ip = view_as<Ipv6Wire>(frame, sizeof(EthernetWire));
    ip->version_class_label.set(6U << 28U | std::uint32_t{realm.config.dscp} << 22U);
    ip->payload_bytes.set(
        static_cast<std::uint16_t>(frame.size() - sizeof(EthernetWire) - sizeof(Ipv6Wire)));
    ip->next_header = kUdpProtocol;
    ip->hop_limit = kHopLimit;
    ip->from = realm.config.address.bytes;
    ip->to = address.to.address.bytes;
    write_udp(frame.subspan(sizeof(EthernetWire) + sizeof(Ipv6Wire)), address,
              realm.own_sum + checksum_block<16>(ip->to.data()));
}

}  // namespace

Framer::Framer(const FrameOptions& options) : check(options.check), write(options.write) {
    for (const FrameRealm& config : options.realms) {
        Realm& realm = realms.emplace_back();
        realm.config = config;
        realm.own_sum = address_sum(config.address.bytes.data(), config.address.family);
        prepare_ipv4(realm);
    }
}

void write_frame(MutableByteSpan frame, const Framer& framer,
                 const FrameAddress& address) noexcept {
    if (address.to.address.family == Family::v6)
        write_ipv6(frame, framer, address);
    else
        write_ipv4(frame, framer, address);
}

}  // namespace weir::dataplane
