// SPDX-License-Identifier: Apache-2.0
// The default cause tables of spec E.8: Q.850 to SIP and back.
#pragma once

namespace weir::dialplan {

// Causes of Q.850 that the code names (ITU-T Q.850 2.2.7).
inline constexpr int kCauseUnassignedNumber = 1;
inline constexpr int kCauseNormalClearing = 16;
inline constexpr int kCauseUserBusy = 17;
inline constexpr int kCauseNoAnswer = 19;
inline constexpr int kCauseCallRejected = 21;
inline constexpr int kCauseInvalidNumber = 28;
inline constexpr int kCauseNormalUnspecified = 31;
inline constexpr int kCauseNetworkOutOfOrder = 38;
inline constexpr int kCauseServiceUnavailable = 63;
inline constexpr int kCauseBearerNotImplemented = 65;
inline constexpr int kCauseTimerExpired = 102;
inline constexpr int kCauseInterworking = 127;
inline constexpr int kCauseBusyout = 188;  // internal: every target is out of service

// The final response that stands for a cause before the call is answered; any integer is taken,
// unknown ones give 500.
[[nodiscard]] int sip_from_q850(int cause);

// The cause of a final response, 300..699; an unknown code counts as the x00 of its class (RFC
// 3261 8.1.3.2), and what is no failure at all as normal clearing.
[[nodiscard]] int q850_from_sip(int status);

}  // namespace weir::dialplan
