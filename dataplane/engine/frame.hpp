// SPDX-License-Identifier: Apache-2.0
// Ethernet, 802.1Q, IPv4, IPv6 and UDP headers of the framed I/O: reading untrusted ones, writing
// ours.
//
// Thread: any; pure, no allocation.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/bytes.hpp"
#include "config/base/mac_address.hpp"
#include "dataplane/api/verdict.hpp"
#include "dataplane/engine/next_hops.hpp"
#include "dataplane/engine/port_owners.hpp"

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

    struct alignas(128) Realm {  // found by a shift
        FrameRealm config;
        std::array<std::uint8_t, 58> header{};  // Ethernet, tag, IP; lengths and checksum zero
        std::uint16_t l2_bytes = 0;             // 14, with a tag 18
        std::uint16_t header_bytes = 0;         // all in front of a UDP payload
        std::uint16_t longest_payload = 0;      // of a datagram that the link carries
        std::uint64_t ip_sum = 0;               // of that IPv4 header
        std::uint64_t own_sum = 0;              // of our address, for the pseudo-header
        bool is_plain = false;                  // IPv4, untagged: write_plain_frame
    };
    // The realm's device has another MAC address or MTU. Thread: the worker.
    void set_link(std::size_t realm, const MacAddress& own_mac, std::uint16_t mtu) noexcept;

    // Of a realm that there is not: no address of its family.
    [[nodiscard]] const Realm& realm(RealmIndex index) const noexcept {
        static_assert(std::has_single_bit(kMaxRealms));
        return realms_[index % kMaxRealms];
    }
    [[nodiscard]] std::size_t realm_count() const noexcept { return realm_count_; }

    // By realm: the address and VLAN of IPv4 realms as one number, kNoIpv4 of others. What every
    // frame is compared with stands together.
    static constexpr std::uint64_t kNoIpv4 = ~std::uint64_t{0};
    std::array<std::uint64_t, kMaxRealms> ipv4_keys;
    UdpChecksumCheck check;
    UdpChecksumWrite write;

private:
    std::array<Realm, kMaxRealms> realms_;
    std::size_t realm_count_ = 0;
};

// A frame as the driver gave it.
struct ReceivedFrame {
    ByteSpan bytes;          // of its first segment
    std::size_t total = 0;   // of all segments; larger than bytes.size() where there are several
    std::uint16_t tag = 0;   // 802.1Q tag that the driver has taken off ...
    bool tag_taken = false;  // ... if it has
};

enum class FrameKind : std::uint8_t {
    media,  // a UDP datagram for a media port of ours
    drop,   // was meant for a media port of ours and cannot be used: see the verdict
    punt,   // anything else: the host's
};
struct FrameOutcome {
    FrameKind kind = FrameKind::punt;
    Verdict verdict = Verdict::count_;  // of a drop
};

// A datagram found in a frame. The addresses are written where they are wanted: copies of bytes
// just written make the processor wait.
struct FramedDatagram {
    Endpoint& peer;
    LocalPort& local;
    std::uint16_t payload_offset = 0;  // bytes from the start of the frame
    std::uint16_t payload_bytes = 0;   // what follows is Ethernet padding
};

// What kind of frame it is. Media: `found` is filled. Addresses match with their VLAN; the UDP
// checksum is not looked at yet (is_udp_checksum_good in frame_plain.hpp). Packets of one worker's
// own sessions are found faster by read_plain_frame (frame_plain.hpp).
[[nodiscard]] FrameOutcome parse_frame(const ReceivedFrame& frame, const Framer& framer,
                                       const PortOwners& owners, FramedDatagram& found) noexcept;

// The longest that is put in front of a payload: Ethernet, tag, IPv6, UDP.
inline constexpr std::size_t kMaxFrameHeader = 14 + 4 + 40 + 8;

struct FrameAddress {
    const Endpoint& to;
    LocalPort from;
    std::uint64_t next_hop = 0;     // as NextHops::find gives it
    std::uint32_t payload_sum = 0;  // checksum_add of the payload, folded to 32 bits; 0 = not known
};
// Writes the headers of realm `from.realm` into the front of `frame`, whose payload stands behind
// the realm's header_bytes. `to` is of the realm's address family, the realm exists.
void write_frame(MutableByteSpan frame, const Framer& framer, const FrameAddress& address) noexcept;

}  // namespace weir::dataplane
