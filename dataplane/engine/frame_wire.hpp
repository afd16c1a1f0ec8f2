// SPDX-License-Identifier: Apache-2.0
// The wire form of Ethernet, IPv4, IPv6 and UDP headers, shared by reader and writer of frames.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "config/base/bytes.hpp"
#include "dataplane/engine/checksum.hpp"
#include "dataplane/engine/frame.hpp"

namespace weir::dataplane {

inline constexpr std::uint16_t kEtherIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherIpv6 = 0x86DD;
inline constexpr std::uint16_t kEtherVlan = 0x8100;  // IEEE 802.1Q, one tag
inline constexpr std::uint8_t kUdpProtocol = 17;

struct EthernetWire {
    MacAddress to{};
    MacAddress from{};
    Be16 type;
};
// Behind an Ethernet header of type kEtherVlan.
struct VlanWire {
    Be16 tag;  // priority 3 bits, drop eligible 1, identifier 12
    Be16 type;
};
struct Ipv4Wire {  // RFC 791 3.1
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
struct Ipv6Wire {  // RFC 8200 3
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
static_assert(sizeof(EthernetWire) == 14 && sizeof(VlanWire) == 4 && sizeof(Ipv4Wire) == 20 &&
              sizeof(Ipv6Wire) == 40 && sizeof(UdpWire) == 8);

// The sum of an address in the pseudo-header.
[[nodiscard]] inline std::uint64_t address_sum(const std::uint8_t* address,
                                               Family family) noexcept {
    return family == Family::v6 ? checksum_block<16>(address) : checksum_block<4>(address);
}
// As in Framer::ipv4_keys; VLAN 0 = untagged.
[[nodiscard]] inline std::uint64_t ipv4_key(const std::uint8_t* address,
                                            std::uint16_t vlan) noexcept {
    std::uint32_t word = 0;
    std::memcpy(&word, address, sizeof(word));
    return std::uint64_t{vlan} << 32U | word;
}
// Protocol and length of the pseudo-header, in network order (RFC 768, RFC 8200 8.1).
[[nodiscard]] inline std::uint64_t udp_pseudo_sum(std::size_t udp_bytes) noexcept {
    return std::uint64_t{__builtin_bswap16(static_cast<std::uint16_t>(udp_bytes))} +
           (std::uint64_t{kUdpProtocol} << 8U);
}

// Of a payload whose sum is not known yet (frame_write.cpp).
[[nodiscard]] std::uint64_t sum_payload(ByteSpan payload) noexcept;
// RFC 768: zero would mean "none".
[[nodiscard]] inline std::uint16_t udp_checksum_of(std::uint64_t sum) noexcept {
    const auto checksum = static_cast<std::uint16_t>(~checksum_fold(sum));
    return checksum == 0 ? std::uint16_t{0xFFFF} : checksum;
}

}  // namespace weir::dataplane
