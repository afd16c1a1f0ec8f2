// SPDX-License-Identifier: Apache-2.0
// Ethernet, IPv4, IPv6 and UDP headers of the framed I/O: reading untrusted ones, writing ours.
//
// Thread: any; pure, no allocation. VLAN tags are not understood yet: a tagged frame is `not_ip`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/bytes.hpp"
#include "dataplane/api/verdict.hpp"
#include "dataplane/engine/packet_io.hpp"

namespace weir::dataplane {

using MacAddress = std::array<std::uint8_t, 6>;

// One realm as frames see it. Index = RealmIndex.
struct FrameRealm {
    IpAddress address;
    MacAddress own_mac{};
    MacAddress next_hop_mac{};  // of everything that leaves by this realm
    std::uint8_t dscp = 46;     // EF (RFC 3246); 0..63
};

// What is believed of a received UDP checksum. Software drivers hand over partial ones (veth), so
// `verify` is for drivers that deliver what was on the wire and do not check it themselves.
enum class UdpChecksumCheck : std::uint8_t { driver_flags, verify };
// How an outgoing UDP checksum is written. IPv6 always has one (RFC 8200 8.1).
enum class UdpChecksumWrite : std::uint8_t {
    whole,    // in software
    none_v4,  // zero on IPv4 (RFC 768: not computed)
};

struct FrameOptions {
    std::vector<FrameRealm> realms;
    UdpChecksumCheck check = UdpChecksumCheck::driver_flags;
    UdpChecksumWrite write = UdpChecksumWrite::whole;
};

// Options made ready for the packet path: the parts of our headers that never change.
// Thread: built by control; read by the worker.
class Framer {
public:
    explicit Framer(const FrameOptions& options);

    struct Realm {
        FrameRealm config;
        std::array<std::uint8_t, 34> ipv4{};  // Ethernet and IPv4 headers, checksum zero
        std::uint64_t ipv4_sum = 0;           // of that IPv4 header
        std::uint64_t own_sum = 0;            // of our address, for the pseudo-header
    };
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

inline constexpr std::size_t kFrameHeaderV4 = 14 + 20 + 8;
inline constexpr std::size_t kFrameHeaderV6 = 14 + 40 + 8;

struct FrameAddress {
    const Endpoint& to;
    LocalPort from;
    std::uint32_t payload_sum = 0;  // checksum_add of the payload, folded to 32 bits; 0 = not known
};
// Bytes of headers that write_frame puts in front of a payload to this target.
[[nodiscard]] inline std::size_t frame_header_bytes(const Endpoint& to) noexcept {
    return to.address.family == Family::v6 ? kFrameHeaderV6 : kFrameHeaderV4;
}
// Writes the headers into the front of `frame`, whose payload stands behind frame_header_bytes().
void write_frame(MutableByteSpan frame, const Framer& framer, const FrameAddress& address) noexcept;

}  // namespace weir::dataplane
