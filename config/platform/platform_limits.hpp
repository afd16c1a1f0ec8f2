// SPDX-License-Identifier: Apache-2.0
// Bounds of platform.yaml that nobody else needs, each with unit and reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::config {

inline constexpr std::uint16_t kMaxVlan = 4094;  // 802.1Q: 0 and 4095 are reserved
// Bytes of an IP packet: IPv6 wants no less (RFC 8200 5).
inline constexpr std::uint16_t kMinPortMtu = 1280;
// What one packet buffer of 2 KiB holds beside Ethernet header, two tags and FCS: frames are one
// segment.
inline constexpr std::uint16_t kMaxPortMtu = 2022;
inline constexpr std::size_t kDeviceNameBytes = 15;  // IFNAMSIZ of Linux without the final zero
// Bytes of a driver with its arguments: what EAL takes of one device.
inline constexpr std::size_t kMaxDriverBytes = 1024;

// Bytes of an interface name as the configuration writes it: kConfigNameBytes holds the same.
inline constexpr std::size_t kInterfaceNameBytes = 64;
inline constexpr std::size_t kMaxDnsServers = 4;  // dns.servers: asked in turn, as resolv.conf's
inline constexpr std::size_t kUserNameBytes = 32;  // of a Linux user name (useradd's own limit)
// Entries: as many interfaces as a configuration may have, operators of a large team.
inline constexpr std::size_t kMaxPlatformInterfaces = 1000;
inline constexpr std::size_t kMaxUsers = 256;
// A pair has one other node; a few more let a migration name both pairs.
inline constexpr std::size_t kMaxHaPeers = 4;
inline constexpr std::size_t kMaxSharedAddresses = 64;  // four for each realm

}  // namespace weir::config
