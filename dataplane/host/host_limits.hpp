// SPDX-License-Identifier: Apache-2.0
// Bounds of dataplane/host that nobody else needs, each with unit and reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::dataplane {

// Longest IP packet of a device in af_xdp mode, bytes: a page less the headers and the head rooms
// of DPDK and of XDP.
inline constexpr std::uint32_t kMaxXdpMtu = 3542;
// Likewise in af_packet mode: a frame of the kernel's ring of 2 KiB less its header.
inline constexpr std::uint32_t kMaxPacketMtu = 1982;
// Locked memory of one af_packet socket, MiB: a receive and a transmit ring of 4,096 frames each.
inline constexpr std::uint64_t kPacketRingMib = 16;
// Receive queues of one device, one AF_XDP socket each: as many places has our program's table.
inline constexpr unsigned kMaxXdpQueues = 64;
// The name of our XDP program in the kernel (dataplane/io/xdp/media_filter.bpf.c).
inline constexpr const char* kOurXdpProgram = "weir_media";
// Sockets of one call with one recorder: RTP and RTCP of two sides and of two forks.
inline constexpr std::uint64_t kSocketsPerSession = 2 * 2 + 2 * 2;
// Link, epoll sets, log, memory, timers, and of each device its queues and taps.
inline constexpr std::uint64_t kProcessDescriptors = 64;
// Bytes read of one file of /proc or /sys; the longest that we need has some kilobytes.
inline constexpr std::size_t kMaxProcBytes = 256U << 10U;
// Devices that are looked at: a machine with thousands of container devices stays readable.
inline constexpr std::size_t kMaxDevicesSeen = 256;
inline constexpr std::size_t kNetlinkBytes = 64U
                                             << 10U;  // one answer; the kernel fills up to 32 KiB

}  // namespace weir::dataplane
