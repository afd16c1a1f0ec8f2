// SPDX-License-Identifier: Apache-2.0
// Frames as bytes, good ones and spoilt ones: fixtures of the tests of reading, writing and
// relaying.
#pragma once

#include <cstring>
#include <initializer_list>
#include <vector>

#include "dataplane/engine/frame_plain.hpp"
#include "dataplane/engine/frame_wire.hpp"

namespace weir::dataplane::tests {

using Bytes = std::vector<std::uint8_t>;

inline IpAddress ip(const char* text) {
    return *IpAddress::parse(text);
}
inline Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}
inline Bytes changed(Bytes bytes, std::size_t at, int value) {
    bytes.at(at) = static_cast<std::uint8_t>(value);
    return bytes;
}
inline Bytes resized(Bytes bytes, std::size_t size) {
    bytes.resize(size);
    return bytes;
}
inline Bytes be16(unsigned value) {
    return {static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
}
inline Bytes address_bytes(const IpAddress& address) {
    const auto length = address.family == Family::v6 ? 16 : 4;
    return {address.bytes.begin(), address.bytes.begin() + length};
}

// One datagram in one frame, field by field: written by hand, not by the code under test.
struct FrameSpec {
    Endpoint from;
    Endpoint to;
    Bytes payload = Bytes(20, 0x5A);
    std::vector<std::uint16_t> tags = {};  // 802.1Q, outermost first
    Bytes options = {};                    // of IPv4, a multiple of four
    std::uint16_t fragment = 0x4000;       // the IPv4 field; 0x4000 = do not fragment
    // Extension headers of IPv6, ready made but for their first byte (the next header).
    std::vector<std::pair<std::uint8_t, Bytes>> extensions = {};
    std::uint8_t protocol = 17;
    enum class Sum { whole, partial, none, wrong } sum = Sum::whole;
};

inline std::uint16_t sum16(const Bytes& bytes, std::uint32_t sum = 0) {
    for (std::size_t i = 0; i < bytes.size(); i += 2)
        sum += static_cast<std::uint32_t>(bytes[i]) << 8U |
               (i + 1 < bytes.size() ? bytes[i + 1] : std::uint8_t{0});
    while (sum > 0xFFFFU)
        sum = (sum & 0xFFFFU) + (sum >> 16U);
    return static_cast<std::uint16_t>(sum);
}

inline Bytes udp_of(const FrameSpec& spec) {
    const unsigned length = static_cast<unsigned>(8 + spec.payload.size());
    const Bytes pseudo = joined(
        {address_bytes(spec.from.address), address_bytes(spec.to.address), be16(17), be16(length)});
    Bytes udp =
        joined({be16(spec.from.port), be16(spec.to.port), be16(length), be16(0), spec.payload});
    const std::uint16_t partial = sum16(pseudo);
    auto whole = static_cast<std::uint16_t>(~sum16(udp, partial));
    if (whole == 0) whole = 0xFFFF;
    const std::uint16_t written = spec.sum == FrameSpec::Sum::whole     ? whole
                                  : spec.sum == FrameSpec::Sum::partial ? partial
                                  : spec.sum == FrameSpec::Sum::none
                                      ? std::uint16_t{0}
                                      : static_cast<std::uint16_t>(whole ^ 0x0101U);
    const Bytes bytes = be16(written);
    std::copy(bytes.begin(), bytes.end(), udp.begin() + 6);
    return udp;
}

inline Bytes ipv4_of(const FrameSpec& spec, const Bytes& datagram) {
    const auto words = static_cast<std::uint8_t>(0x45 + spec.options.size() / 4);
    const auto total = static_cast<unsigned>(20 + spec.options.size() + datagram.size());
    Bytes header = joined({{words, 0},
                           be16(total),
                           be16(0),
                           be16(spec.fragment),
                           {64, spec.protocol},
                           be16(0),
                           address_bytes(spec.from.address),
                           address_bytes(spec.to.address),
                           spec.options});
    const Bytes sum = be16(static_cast<std::uint16_t>(~sum16(header)));
    std::copy(sum.begin(), sum.end(), header.begin() + 10);
    return joined({header, datagram});
}

inline Bytes ipv6_of(const FrameSpec& spec, const Bytes& datagram) {
    Bytes chain;
    for (std::size_t i = 0; i < spec.extensions.size(); ++i) {
        Bytes header = spec.extensions[i].second;
        header[0] = i + 1 < spec.extensions.size() ? spec.extensions[i + 1].first : spec.protocol;
        chain = joined({chain, header});
    }
    const std::uint8_t first = spec.extensions.empty() ? spec.protocol : spec.extensions[0].first;
    return joined({{0x60, 0, 0, 0},
                   be16(static_cast<unsigned>(chain.size() + datagram.size())),
                   {first, 64},
                   address_bytes(spec.from.address),
                   address_bytes(spec.to.address),
                   chain,
                   datagram});
}

inline Bytes frame_of(const FrameSpec& spec) {
    Bytes frame{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9};
    for (const std::uint16_t tag : spec.tags)
        frame = joined({frame, be16(0x8100), be16(tag)});
    const bool v6 = spec.to.address.family == Family::v6;
    const Bytes datagram = udp_of(spec);
    return joined({frame, be16(v6 ? 0x86DD : 0x0800),
                   v6 ? ipv6_of(spec, datagram) : ipv4_of(spec, datagram)});
}

// An IPv4 header's checksum made right again after a change (untagged, no options).
inline Bytes mended(Bytes bytes) {
    bytes[24] = bytes[25] = 0;
    const Bytes sum =
        be16(static_cast<std::uint16_t>(~sum16(Bytes(bytes.begin() + 14, bytes.begin() + 34))));
    std::copy(sum.begin(), sum.end(), bytes.begin() + 24);
    return bytes;
}

}  // namespace weir::dataplane::tests
