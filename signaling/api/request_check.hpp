// SPDX-License-Identifier: Apache-2.0
// Requests that no call can serve: wrong method, scheme, extension, body, or no hops left (RFC
// 3261 8.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// What we can do. The lists are also what Allow and Accept of a refusal say.
struct RequestRules {
    std::vector<std::string> methods{"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "UPDATE"};
    std::vector<std::string> extensions;  // option tags that a peer may put into Require
    std::vector<std::string> content_types{"application/sdp"};  // of INVITE, UPDATE and PRACK
};

// The refusal to answer with, or nothing when the request may be served. Pure; any thread. ACK and
// CANCEL are never refused. `to_tag` goes into a To without tag.
[[nodiscard]] std::optional<SipMessage> refuse(const SipMessage& request, const RequestRules& rules,
                                               std::string_view to_tag);
[[nodiscard]] std::optional<SipMessage> refuse(const IncomingRequest& request,
                                               const RequestRules& rules, std::string_view to_tag);

}  // namespace weir::signaling
