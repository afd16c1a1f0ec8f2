// SPDX-License-Identifier: Apache-2.0
// screen: whether an initial INVITE can be understood at all (RFC 3261 8.2). Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "signaling/api/message.hpp"

namespace weir::signaling {

struct ScreenVerdict {
    int status = 0;               // 0: go on; else the final response
    std::vector<Header> headers;  // that it carries: Unsupported, Accept
};

// 483 Max-Forwards 0, 416 a scheme that is not sip or tel, 420 a required extension (none is
// supported yet), 415 a body that is no SDP, 400 no usable From.
[[nodiscard]] ScreenVerdict screen(const SipMessage& invite);

}  // namespace weir::signaling
