// SPDX-License-Identifier: Apache-2.0
// Ethernet, 802.1Q, IPv4, IPv6 and UDP headers of the framed I/O: reading untrusted ones, writing
// ours.
//
// Thread: any; pure, no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/bytes.hpp"
#include "config/base/mac_address.hpp"
#include "dataplane/api/verdict.hpp"
#include "dataplane/engine/packet_io.hpp"

namespace weir::dataplane {

// One realm as frames see it. Index = RealmIndex.
struct FrameRealm {
    IpAddress address;
    MacAddress own_mac{};
    std::uint16_t vlan = 0;    // 802.1Q tag of its frames, 1..4094; 0 = untagged
    std::uint16_t mtu = 1500;  // longest IP packet of the link, bytes
    std::uint8_t device = 0;   // which of the node's devices; index into MediaIo's list
    std::uint8_t dscp = 46;    // EF (RFC 3246); 0..63
};

// Who says whether a received UDP checksum is good. In software it is if it verifies whole, or if
// it is the bare sum of the pseudo-header (what a veth or tap peer leaves: CHECKSUM_PARTIAL). What
// a driver marks bad is bad either way.
enum class UdpChecksumCheck : std::uint8_t {
    in_software,  // nearly free where checksums are written whole: the sum serves both
    by_driver,    // for devices that are known to check every datagram
};
// How an outgoing UDP checksum is written. IPv6 always has one (RFC 8200 8.1).
enum class UdpChecksumWrite : std::uint8_t {
    whole,    // in software
    none_v4,  // zero on IPv4 (RFC 768: not computed)
};

struct FrameOptions {
    std::vector<FrameRealm> realms;
    UdpChecksumCheck check = UdpChecksumCheck::in_software;
    UdpChecksumWrite write = UdpChecksumWrite::whole;
};

// Options made ready for the packet path: the parts of our headers that never change.
// Thread: built by control; read by the worker.
class Framer {
public:
    explicit Framer(const FrameOptions& options);

    struct Realm {
        FrameRealm config;
        std::array<std::uint8_t, 58> header{};  // Ethernet, tag, IP; lengths and checksum zero
        std::uint16_t l2_bytes = 0;             // 14, with a tag 18
        std::uint16_t header_bytes = 0;         // all in front of a UDP payload
        std::uint16_t longest_payload = 0;      // of a datagram that the link carries
        std::uint64_t ip_sum = 0;               // of that IPv4 header
        std::uint64_t own_sum = 0;              // of our address, for the pseudo-header
    };
    // The realm's device has another MAC address or MTU. Thread: the worker.
    void set_link(std::size_t realm, const MacAddress& own_mac, std::uint16_t mtu) noexcept;

    std::vector<Realm> realms;
    UdpChecksumCheck check;
    UdpChecksumWrite write;
};

// A datagram found in a frame. The addresses are written where they are wanted: copies of bytes
// just written make the processor wait.
struct FramedDatagram {
    Endpoint& peer;
    LocalPort& local;
    std::uint16_t payload_offset = 0;  // bytes from the start of the frame
    std::uint16_t payload_bytes = 0;   // what follows is Ethernet padding
};
// The outcome: nothing = good, `found` is filled; else why not.
[[nodiscard]] std::optional<Verdict> parse_frame(ByteSpan frame, const Framer& framer,
                                                 FramedDatagram& found) noexcept;

// The longest that is put in front of a payload: Ethernet, tag, IPv6, UDP.
inline constexpr std::size_t kMaxFrameHeader = 14 + 4 + 40 + 8;

struct FrameAddress {
    const Endpoint& to;
    LocalPort from;
    MacAddress next_hop;
    std::uint32_t payload_sum = 0;  // checksum_add of the payload, folded to 32 bits; 0 = not known
};
// Writes the headers of realm `from.realm` into the front of `frame`, whose payload stands behind
// the realm's header_bytes. `to` is of the realm's address family, the realm exists.
void write_frame(MutableByteSpan frame, const Framer& framer, const FrameAddress& address) noexcept;

}  // namespace weir::dataplane
