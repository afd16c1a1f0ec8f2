// SPDX-License-Identifier: Apache-2.0
// The quick reading and writing of the frames that nearly all are: untagged IPv4 without options,
// whole, with a UDP datagram for an address of ours.
//
// Thread: any; pure. In a header because a call per packet costs a tenth of the whole reading.
#pragma once

#include "dataplane/engine/frame.hpp"
#include "dataplane/engine/frame_wire.hpp"

namespace weir::dataplane {

inline constexpr std::size_t kPlainHeaders =
    sizeof(EthernetWire) + sizeof(Ipv4Wire) + sizeof(UdpWire);

// True: `found` is filled as parse_frame() would fill it, if the port is a media port. False:
// nothing is known and `found` may be half written; ask parse_frame(). `frame` is the whole frame
// and the driver has not taken a tag off.
[[nodiscard]] inline bool read_plain_frame(ByteSpan frame, const Framer& framer,
                                           FramedDatagram& found) noexcept {
    if (frame.size() < kPlainHeaders) return false;
    const auto* ip = view_as<Ipv4Wire>(frame, sizeof(EthernetWire));
    const auto* udp = view_as<UdpWire>(frame, sizeof(EthernetWire) + sizeof(Ipv4Wire));
    // Several fields in one comparison: Ethernet type, version and header length ...
    std::uint32_t kind = 0;
    std::memcpy(&kind, frame.data() + offsetof(EthernetWire, type), sizeof(kind));
    if ((kind & 0x00FF'FFFFU) != 0x0045'0008U) return false;
    // ... and fragment (RFC 791 3.1: "more" and the offset), protocol.
    std::uint64_t middle = 0;
    std::memcpy(&middle, &ip->total_bytes, sizeof(middle));
    constexpr std::uint64_t kUdpWhole = std::uint64_t{kUdpProtocol} << 56U;
    if ((middle & 0xFF00'FF3F'0000'0000U) != kUdpWhole) return false;
    const std::size_t total = ip->total_bytes.get();
    const std::size_t bytes = udp->bytes.get();
    if (total > frame.size() - sizeof(EthernetWire) || bytes < sizeof(UdpWire) ||
        sizeof(Ipv4Wire) + bytes != total)
        return false;
    if (!is_sum_good(checksum_block<sizeof(Ipv4Wire)>(&ip->version_words))) return false;
    const std::uint64_t key = ipv4_key(ip->to.data(), 0);
    std::size_t realm = 0;
    while (framer.ipv4_keys[realm] != key)
        if (++realm == framer.realm_count()) return false;
    found.peer.address.bytes = {};
    std::memcpy(found.peer.address.bytes.data(), ip->from.data(), ip->from.size());
    found.peer.address.family = Family::v4;
    found.peer.reserved = 0;
    found.peer.port = udp->from.get();
    found.local = {udp->to.get(), static_cast<RealmIndex>(realm), 0};
    found.payload_offset = kPlainHeaders;
    found.payload_bytes = static_cast<std::uint16_t>(bytes - sizeof(UdpWire));
    return true;
}

// `udp_header` follows a pair of addresses of kAddresses bytes. RFC 768, RFC 8200 8.1.
template <std::size_t kAddresses>
[[nodiscard]] inline bool is_udp_sum_good(const std::uint8_t* udp_header, std::uint64_t payload_sum,
                                          std::size_t udp_bytes) noexcept {
    const std::uint64_t pseudo =
        checksum_block<kAddresses>(udp_header - kAddresses) + udp_pseudo_sum(udp_bytes);
    const std::uint64_t whole = pseudo + checksum_block<sizeof(UdpWire)>(udp_header) + payload_sum;
    if (is_sum_good(whole)) return true;
    std::uint16_t written = 0;
    std::memcpy(&written, udp_header + offsetof(UdpWire, checksum), sizeof(written));
    if (written == 0) return kAddresses == 8;  // none, which only IPv4 allows
    return written == checksum_fold(pseudo);   // CHECKSUM_PARTIAL: the peer's kernel left the rest
}

// Of the datagram at `found`, whose payload has the sum `payload_sum`. The addresses stand right
// before UDP in all that is called media: no options, no extension headers.
[[nodiscard]] inline bool is_udp_checksum_good(ByteSpan frame, const FramedDatagram& found,
                                               std::uint64_t payload_sum) noexcept {
    const std::uint8_t* udp = frame.data() + found.payload_offset - sizeof(UdpWire);
    const std::size_t bytes = found.payload_bytes + sizeof(UdpWire);
    return found.peer.address.family == Family::v4 ? is_udp_sum_good<8>(udp, payload_sum, bytes)
                                                   : is_udp_sum_good<32>(udp, payload_sum, bytes);
}

// What write_frame() writes for a realm that is plain, in six stores: small stores into bytes that
// were just written, and sums over such bytes, make the processor wait.
inline void write_plain_frame(MutableByteSpan frame, const Framer& framer,
                              const FrameAddress& address) noexcept {
    const Framer::Realm& realm = framer.realm(address.from.realm);
    std::uint8_t* at = frame.data();
    const auto prepared = [&realm](std::size_t offset) {
        std::uint64_t word = 0;
        std::memcpy(&word, realm.header.data() + offset, sizeof(word));
        return word;
    };
    const auto put = [at](std::size_t offset, std::uint64_t word) {
        std::memcpy(at + offset, &word, sizeof(word));
    };
    const auto udp_bytes =
        static_cast<std::uint16_t>(frame.size() - sizeof(EthernetWire) - sizeof(Ipv4Wire));
    const std::uint64_t total =
        __builtin_bswap16(static_cast<std::uint16_t>(udp_bytes + sizeof(Ipv4Wire)));
    std::uint32_t to = 0;
    std::uint32_t own = 0;
    std::memcpy(&to, address.to.address.bytes.data(), sizeof(to));
    std::memcpy(&own, realm.config.address.bytes.data(), sizeof(own));
    // Bytes 0..7, 8..15 (with the type and the first bytes of IP), 16..23 (length to protocol),
    // 24..31 (checksum, our address, half of theirs).
    put(0, prepared(0) | (address.next_hop & NextHops::kAddress));
    put(8, prepared(8));
    put(16, prepared(16) | total);
    const auto ip_checksum = static_cast<std::uint16_t>(~checksum_fold(realm.ip_sum + to + total));
    put(24, ip_checksum | std::uint64_t{own} << 16U | std::uint64_t{to} << 48U);

    // 32..39 (the other half, ports, length), 40, 41 (checksum).
    const std::uint64_t length = __builtin_bswap16(udp_bytes);
    const std::uint64_t ports = std::uint64_t{__builtin_bswap16(address.from.port)} |
                                std::uint64_t{__builtin_bswap16(address.to.port)} << 16U;
    put(32, to >> 16U | ports << 16U | length << 48U);
    std::uint16_t udp_checksum = 0;
    if (framer.write == UdpChecksumWrite::whole) {
        const std::uint64_t sum = realm.own_sum + to + udp_pseudo_sum(udp_bytes) + ports + length;
        udp_checksum = udp_checksum_of(sum + (address.payload_sum != 0
                                                  ? address.payload_sum
                                                  : sum_payload(frame.subspan(kPlainHeaders))));
    }
    std::memcpy(at + kPlainHeaders - sizeof(udp_checksum), &udp_checksum, sizeof(udp_checksum));
}

}  // namespace weir::dataplane
