// SPDX-License-Identifier: Apache-2.0
// Tags and checksums of the host's frames.
#include "dataplane/control/host_frame.hpp"

#include <cstring>

#include "dataplane/engine/checksum.hpp"

namespace weir::dataplane {
namespace {

constexpr std::uint16_t kTypeVlan = 0x8100;
constexpr std::uint16_t kTypeIpv4 = 0x0800;
constexpr std::uint16_t kTypeIpv6 = 0x86DD;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;

std::uint16_t read16(ByteSpan bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

// The TCP segment or UDP datagram of a frame, and the sum of its pseudo-header.
struct Transport {
    std::size_t offset = 0;
    std::size_t bytes = 0;  // 0: none that has a checksum of its own
    std::uint8_t protocol = 0;
    std::uint64_t pseudo_sum = 0;
};

Transport find_ipv4(ByteSpan frame, std::size_t at) {
    constexpr std::size_t kHeader = 20;
    if (frame.size() < at + kHeader) return {};
    const std::size_t header = (frame[at] & 0x0FU) * 4U;
    const std::size_t total = read16(frame, at + 2);
    const bool is_fragment = (read16(frame, at + 6) & 0x3FFFU) != 0;
    if (header < kHeader || total < header || total > frame.size() - at || is_fragment) return {};
    Transport found{at + header, total - header, frame[at + 9], 0};
    found.pseudo_sum = checksum_add(0, frame.subspan(at + 12, 8));
    return found;
}

Transport find_ipv6(ByteSpan frame, std::size_t at) {
    constexpr std::size_t kHeader = 40;
    if (frame.size() < at + kHeader) return {};
    const std::size_t payload = read16(frame, at + 4);
    if (payload > frame.size() - at - kHeader) return {};
    Transport found{at + kHeader, payload, frame[at + 6], 0};
    found.pseudo_sum = checksum_add(0, frame.subspan(at + 8, 32));
    return found;
}

Transport find_transport(ByteSpan frame) {
    if (frame.size() < kEthernetHeader) return {};
    const std::size_t tag = tag_of(frame).is_there ? kVlanTag : 0;
    if (frame.size() < kEthernetHeader + tag) return {};
    const std::uint16_t type = read16(frame, kEthernetAddresses + tag);
    const std::size_t ip = kEthernetHeader + tag;
    Transport found;
    if (type == kTypeIpv4) found = find_ipv4(frame, ip);
    if (type == kTypeIpv6) found = find_ipv6(frame, ip);
    const std::size_t least = found.protocol == kTcp ? 20 : 8;
    const bool is_known = found.protocol == kTcp || found.protocol == kUdp;
    if (!is_known || found.bytes < least) return {};
    // Protocol and length of the pseudo-header (RFC 9293 3.1, RFC 8200 8.1), in network order.
    found.pseudo_sum += std::uint64_t{found.protocol} << 8U;
    found.pseudo_sum += __builtin_bswap16(static_cast<std::uint16_t>(found.bytes));
    return found;
}

}  // namespace

FrameTag tag_of(ByteSpan frame) noexcept {
    if (frame.size() < kEthernetAddresses + kVlanTag) return {};
    if (read16(frame, kEthernetAddresses) != kTypeVlan) return {};
    const auto vlan = static_cast<std::uint16_t>(read16(frame, kEthernetAddresses + 2) & 0x0FFFU);
    return {true, vlan};
}

void put_tag(MutableByteSpan frame, std::uint16_t vlan) noexcept {
    frame[kEthernetAddresses] = kTypeVlan >> 8U;
    frame[kEthernetAddresses + 1] = kTypeVlan & 0xFFU;
    frame[kEthernetAddresses + 2] = static_cast<std::uint8_t>(vlan >> 8U);
    frame[kEthernetAddresses + 3] = static_cast<std::uint8_t>(vlan & 0xFFU);
}

bool complete_checksum(MutableByteSpan frame) noexcept {
    const Transport found = find_transport(frame);
    if (found.bytes == 0) return false;
    const std::size_t field = found.offset + (found.protocol == kTcp ? 16 : 6);
    std::uint16_t written = 0;
    std::memcpy(&written, frame.data() + field, sizeof(written));
    if (written == 0 || written != checksum_fold(found.pseudo_sum)) return false;
    // The field holds the sum of the pseudo-header already: it is summed with the rest.
    const std::uint64_t sum = checksum_add(0, frame.subspan(found.offset, found.bytes));
    auto checksum = static_cast<std::uint16_t>(~checksum_fold(sum));
    if (checksum == 0 && found.protocol == kUdp) checksum = 0xFFFF;  // RFC 768: zero is "none"
    std::memcpy(frame.data() + field, &checksum, sizeof(checksum));
    return true;
}

}  // namespace weir::dataplane
