// SPDX-License-Identifier: Apache-2.0
// screen: whether a request can be understood at all (RFC 3261 8.2). Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "signaling/api/message.hpp"

namespace weir::signaling {

struct ScreenVerdict {
    int status = 0;               // 0: go on; else the final response
    std::vector<Header> headers;  // that it carries: Unsupported, Accept
};

// The option tags of Require that we do not know, "a, b" (RFC 3261 8.2.2.3); "" = none.
[[nodiscard]] std::string unknown_extensions(const SipMessage& request);

// Takes a body away that need not be understood and is no SDP (RFC 3261 20.11): it is ignored.
void drop_optional_body(SipMessage& invite);

// 483 Max-Forwards 0, 416 a scheme that is not sip or tel, 420 a required extension that we do not
// know, 415 a body that is no SDP, 400 no usable From.
[[nodiscard]] ScreenVerdict screen(const SipMessage& invite);

}  // namespace weir::signaling
