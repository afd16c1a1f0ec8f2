// SPDX-License-Identifier: Apache-2.0
// Frames on their way to and from the host: the VLAN tag that the tap does not have, and checksums
// that a virtual peer left to hardware.
//
// Thread: any; pure.
#pragma once

#include <cstdint>

#include "config/base/bytes.hpp"

namespace weir::dataplane {

inline constexpr std::size_t kEthernetAddresses = 12;  // bytes in front of a tag
inline constexpr std::size_t kEthernetHeader = 14;
inline constexpr std::size_t kVlanTag = 4;

// The 802.1Q tag of a frame of at least kEthernetHeader bytes.
struct FrameTag {
    bool is_there = false;
    std::uint16_t vlan = 0;  // 0: untagged, or tagged with a priority only (IEEE 802.1Q 9.6)
};
[[nodiscard]] FrameTag tag_of(ByteSpan frame) noexcept;

// Writes a tag behind the addresses; what stood there has made room.
void put_tag(MutableByteSpan frame, std::uint16_t vlan) noexcept;

// A peer on a veth, tap or memif may send TCP and UDP with the bare sum of the pseudo-header for a
// checksum, which its hardware would have completed; the host would drop them. Completes such a
// checksum. True: it did. Anything else is left as it is: the host judges it.
bool complete_checksum(MutableByteSpan frame) noexcept;

}  // namespace weir::dataplane
