// SPDX-License-Identifier: Apache-2.0
// The headers of requests that go on from one side to the other: what of them is the request's own
// meaning (package, state, body), not the dialog's. Thread: any; pure.
#pragma once

#include "signaling/api/message.hpp"

namespace weir::signaling {

// What `to` has already stays; the body is copied as well.
void carry_passed(const SipMessage& from, SipMessage& to);
// The same of a response.
void carry_passed_back(const SipMessage& from, SipMessage& to);

}  // namespace weir::signaling
