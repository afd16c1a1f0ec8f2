// SPDX-License-Identifier: Apache-2.0
// Bounds of payload types that differ between the parties of a stream.
#pragma once

#include <cstddef>

namespace weir::dataplane {

// Pairs of one direction. Half of the 64 formats that an m-line may have (kSdpMaxFormats), all of
// the dynamic range (96..127); as two octets each they fit into one command to a worker.
inline constexpr std::size_t kMaxPayloadPairs = 32;
inline constexpr std::size_t kPayloadTypes = 128;  // 7 bits of the RTP header (RFC 3550 5.1)

}  // namespace weir::dataplane
