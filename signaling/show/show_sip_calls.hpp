// SPDX-License-Identifier: Apache-2.0
// `show sip-ua calls [brief]` (spec H.6): the SIP view of the legs of calls. Pure.
#pragma once

#include <string>

#include "signaling/show/show_legs.hpp"

namespace weir::signaling {

// We are the client of the legs that we made (UAC), the server of those that came (UAS). Keys of
// media are not told.
[[nodiscard]] std::string show_sip_ua_calls(const LegTable& table);
[[nodiscard]] std::string show_sip_ua_calls_brief(const LegTable& table);

}  // namespace weir::signaling
