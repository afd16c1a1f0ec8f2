// SPDX-License-Identifier: Apache-2.0
// Bounds of debug output.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::signaling {

// Texts of one session in a second: ten calls' whole signalling; nobody reads faster. With all
// sessions together no more than the second figure: debugging costs the SIP thread so many texts
// whatever the load.
inline constexpr std::uint32_t kDebugTexts = 200;
inline constexpr std::uint32_t kDebugTextsOfAll = 500;
// Dialogs that are remembered by Call-ID while somebody debugs, for requests that do not carry our
// tag; and messages of first INVITEs that wait to be told until their dial-peer is known.
inline constexpr std::size_t kDebugDialogs = 4096;
inline constexpr std::size_t kDebugHeld = 64;

}  // namespace weir::signaling
