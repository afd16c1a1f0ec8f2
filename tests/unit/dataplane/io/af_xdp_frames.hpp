// SPDX-License-Identifier: Apache-2.0
// Ethernet frames as the tests of the kernel's devices send them: right ones, and each kind of odd.
#pragma once

#include <cstdint>
#include <vector>

#include "config/base/address.hpp"

namespace weir::dataplane::tests {

using Frame = std::vector<std::uint8_t>;

inline void put16(Frame& frame, unsigned value) {
    frame.push_back(static_cast<std::uint8_t>(value >> 8U));
    frame.push_back(static_cast<std::uint8_t>(value & 0xFFU));
}

struct FrameText {
    IpAddress from = IpAddress::v4(192, 0, 2, 9);
    IpAddress to = IpAddress::v4(192, 0, 2, 1);
    std::uint16_t port = 16384;
    std::uint8_t protocol = 17;         // UDP
    std::uint16_t payload = 172;        // bytes behind the UDP header
    unsigned tags = 0;                  // 802.1Q tags
    std::uint16_t fragment = 0;         // IPv4's word of flags and offset
    unsigned option_words = 0;          // of the IPv4 header
    std::vector<Frame> extensions{};    // whole IPv6 extension headers; byte 0 is filled in
    std::vector<std::uint8_t> types{};  // what they are
};

inline void put_ethernet(Frame& frame, const FrameText& text) {
    frame.assign({2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2});
    for (unsigned i = 0; i < text.tags; ++i) {
        put16(frame, 0x8100);
        put16(frame, 7 + i);
    }
    put16(frame, text.to.family == Family::v6 ? 0x86DD : 0x0800);
}

inline void put_ipv4(Frame& frame, const FrameText& text) {
    const unsigned words = 5 + text.option_words;
    const std::size_t start = frame.size();
    frame.push_back(static_cast<std::uint8_t>(0x40U | words));
    frame.push_back(0xB8);
    put16(frame, words * 4 + 8 + text.payload);
    put16(frame, 0x1234);
    put16(frame, text.fragment);
    frame.push_back(64);
    frame.push_back(text.protocol);
    put16(frame, 0);
    frame.insert(frame.end(), text.from.bytes.begin(), text.from.bytes.begin() + 4);
    frame.insert(frame.end(), text.to.bytes.begin(), text.to.bytes.begin() + 4);
    frame.insert(frame.end(), text.option_words * 4, 1);  // no operation
    std::uint32_t sum = 0;
    for (std::size_t i = start; i < frame.size(); i += 2)
        sum += static_cast<std::uint32_t>(frame[i]) << 8U | frame[i + 1];
    sum = (sum & 0xFFFFU) + (sum >> 16U);
    sum = ~((sum & 0xFFFFU) + (sum >> 16U)) & 0xFFFFU;
    frame[start + 10] = static_cast<std::uint8_t>(sum >> 8U);
    frame[start + 11] = static_cast<std::uint8_t>(sum & 0xFFU);
}

inline void put_ipv6(Frame& frame, const FrameText& text) {
    std::size_t extension_bytes = 0;
    for (const auto& extension : text.extensions)
        extension_bytes += extension.size();
    frame.insert(frame.end(), {0x60, 0, 0, 0});
    put16(frame, static_cast<unsigned>(extension_bytes) + 8 + text.payload);
    frame.push_back(text.types.empty() ? text.protocol : text.types.front());
    frame.push_back(64);
    frame.insert(frame.end(), text.from.bytes.begin(), text.from.bytes.end());
    frame.insert(frame.end(), text.to.bytes.begin(), text.to.bytes.end());
    for (std::size_t i = 0; i < text.extensions.size(); ++i) {
        const std::size_t at = frame.size();
        frame.insert(frame.end(), text.extensions[i].begin(), text.extensions[i].end());
        frame[at] = i + 1 < text.types.size() ? text.types[i + 1] : text.protocol;
    }
}

// The UDP checksum is zero: neither the filter nor the drivers look at it.
[[nodiscard]] inline Frame make_frame(const FrameText& text) {
    Frame frame;
    put_ethernet(frame, text);
    if (text.to.family == Family::v6)
        put_ipv6(frame, text);
    else
        put_ipv4(frame, text);
    put16(frame, 40000);
    put16(frame, text.port);
    put16(frame, 8U + text.payload);
    put16(frame, 0);
    frame.insert(frame.end(), text.payload, 0x55);
    return frame;
}

}  // namespace weir::dataplane::tests
