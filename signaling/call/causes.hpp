// SPDX-License-Identifier: Apache-2.0
// Q.850 causes and SIP status codes, each way, as the configuration maps them (spec E.8; RFC 3398,
// 3326). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/model/config.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

// The final response for a cause before the answer: `set pstn-cause`, else the table of E.8 or,
// with `cause-map rfc3398`, of RFC 3398 8.2.6.1. Unknown causes give 500. Thread: any.
[[nodiscard]] int status_of_cause(const config::Config& config, int q850_cause);
// The cause of a final response: `set sip-status`, else the table. Of a 488 the Warning decides
// under RFC 3398: 65 for media and codecs, 58 for bandwidth.
[[nodiscard]] int cause_of_status(const config::Config& config, const SipMessage& response);
// The same for a status alone.
[[nodiscard]] int cause_of_status(const config::Config& config, int status);

// The cause in `Reason: Q.850;cause=N` (1..127), also as one of several; none if there is none.
[[nodiscard]] std::optional<int> q850_reason(const SipMessage& message);
// The other elements of Reason (`SIP;cause=200;text="..."`), which pass as they are: a phone stays
// quiet about a call that was answered elsewhere (RFC 3326 3). "" = none; at most 256 bytes.
[[nodiscard]] std::string other_reasons(const SipMessage& message);

// Both tables as `show sip-ua map {pstn-sip | sip-pstn}` prints them: number, configured, default.
[[nodiscard]] std::string show_pstn_sip_map(const config::Config& config);
[[nodiscard]] std::string show_sip_pstn_map(const config::Config& config);

}  // namespace weir::signaling
