// SPDX-License-Identifier: Apache-2.0
// What a request is told apart by: tags, and the key of RFC 3261 8.2.2.2. Pure.
#pragma once

#include <string>
#include <string_view>

#include "signaling/api/message.hpp"

namespace weir::signaling {

// The tag of From or To; "" = none.
[[nodiscard]] std::string tag_in(const SipMessage& message, std::string_view header);
// Call-ID, From tag and CSeq: the same for a request that came by two ways, and for its
// retransmissions.
[[nodiscard]] std::string merge_key(const SipMessage& request);
// Of a 503 of ours.
[[nodiscard]] Header retry_after();

}  // namespace weir::signaling
