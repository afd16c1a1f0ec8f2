// SPDX-License-Identifier: Apache-2.0
// Bounds of mid-call signalling, with unit and reason.
#pragma once

#include <chrono>
#include <cstdint>

namespace weir::signaling {

// INVITEs repeated with a higher Min-SE for one candidate: each proxy on the way may have its own
// (RFC 4028 7.4), and more than a few is a loop.
inline constexpr std::uint32_t kSessionRetries = 4;
// A refresh that finds the dialog busy, or was refused, is tried again no sooner than this.
inline constexpr std::chrono::milliseconds kRefreshRetry{10'000};
// Tries of a renegotiation of ours that meets 491: after this the session stays as it is.
inline constexpr std::uint32_t kRenegotiations = 5;
// An UPDATE whose offer goes on as a re-INVITE is answered within this, since its sender gives up
// after 64*T1 (RFC 3261 17.1.2.2): the re-INVITE is cancelled then.
inline constexpr std::chrono::seconds kUpdateAnswer{25};

}  // namespace weir::signaling
