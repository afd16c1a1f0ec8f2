// SPDX-License-Identifier: Apache-2.0
// Call: what of a message of one leg goes into the message that it brings about on the other.
#include "signaling/call/call.hpp"

namespace weir::signaling {

// `to` goes to the party of `side` because `from` came from the other one. Called wherever a
// message has a counterpart: INVITE, its responses, re-INVITE, UPDATE, INFO, REFER, BYE.
void Call::carry_headers(const SipMessage& from, SipMessage& to, Side side) const {
    static_cast<void>(from);
    static_cast<void>(to);
    static_cast<void>(side);
}

}  // namespace weir::signaling
