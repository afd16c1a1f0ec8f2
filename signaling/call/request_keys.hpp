// SPDX-License-Identifier: Apache-2.0
// What a request is told apart by: the key of RFC 3261 8.2.2.2. Pure.
#pragma once

#include <string>

#include "signaling/api/message.hpp"
#include "signaling/api/party.hpp"

namespace weir::signaling {

// Call-ID, From tag and CSeq: the same for a request that came by two ways, and for its
// retransmissions.
[[nodiscard]] std::string merge_key(const SipMessage& request);
// Of a 503 of ours.
[[nodiscard]] Header retry_after();

}  // namespace weir::signaling
