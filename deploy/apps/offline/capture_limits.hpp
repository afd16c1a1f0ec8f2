// SPDX-License-Identifier: Apache-2.0
// Bounds of reading captures: a file of a stranger may be anything.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::apps {

inline constexpr std::size_t kCaptureMaxBytes = 256U << 20U;  // of a file: it is read into memory
inline constexpr std::size_t kInviteMaxBytes = 65536;         // of one INVITE: a datagram's worth
inline constexpr std::uint32_t kCaptureMaxFrame = 262144;     // libpcap's own MAXIMUM_SNAPLEN
inline constexpr std::size_t kCaptureMaxInterfaces = 256;     // of one pcapng section
inline constexpr std::size_t kCaptureMaxStreams = 256;      // TCP streams that hold half an INVITE
inline constexpr std::size_t kCaptureMaxInvites = 100'000;  // remembered to know retransmissions
inline constexpr unsigned kCaptureMaxTags = 4;              // 802.1Q tags before the IP header
inline constexpr unsigned kCaptureMaxExtensions = 8;        // IPv6 extension headers

}  // namespace weir::apps
