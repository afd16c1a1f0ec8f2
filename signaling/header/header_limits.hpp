// SPDX-License-Identifier: Apache-2.0
// Bounds of what is done to headers, each with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::signaling {

// Spec D.2: a header line that a profile has made, with its name; a session description.
inline constexpr std::size_t kProfileLineBytes = 300;
inline constexpr std::size_t kProfileSdpBytes = 2048;
// One expression compiled by RE2: kProfileTextBytes of text need a fraction of it.
inline constexpr std::int64_t kExpressionMemory = 1 << 20;
// Groups of an expression and the whole match.
inline constexpr std::size_t kExpressionSlots = 10;
// Headers of one message that a call keeps for peer-header rules (spec D.4).
inline constexpr std::size_t kKeptPeerHeaders = 32;
inline constexpr std::size_t kKeptPeerBytes = 4096;
// Headers that pass to the other leg because the operator said so (spec B.8).
inline constexpr std::size_t kPassedHeaders = 32;
// Entries of History-Info and of Diversion that go on: a call that was redirected more often has
// lost its way (RFC 7044 9.1 leaves the number to the element).
inline constexpr std::size_t kRedirections = 16;
// Loop tokens of other boxes that we hand on beside our own.
inline constexpr std::size_t kForeignLoopTokens = 4;

}  // namespace weir::signaling
