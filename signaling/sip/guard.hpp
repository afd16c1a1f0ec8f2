// SPDX-License-Identifier: Apache-2.0
// The guard before the stack: reads one message and says whether it may pass, is answered or
// dropped.
#pragma once

#include <optional>
#include <string_view>

#include "signaling/api/message.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/sip/guard_reason.hpp"
#include "signaling/sip/syntax.hpp"

namespace weir::signaling {

// Pure and total: any bytes, any thread.
struct Inspection {
    SipMessage message;                // passed: complete, its body cut to Content-Length
    std::optional<GuardReason> fault;  // nothing: the message may pass
    std::optional<SipMessage> answer;  // the refusal to send, if the peer can be answered at all
    TopVia top;                        // of a message that passed
};

// One whole message as it came over `transport`: a datagram, or what the stream framer cut out.
// Bounds of limits.hpp: kSipMaxDatagram or kSipMaxStreamMessage bytes, kSipMaxHeaders, kSipMaxVia.
[[nodiscard]] Inspection inspect(std::string_view bytes, SipTransport transport);

}  // namespace weir::signaling
