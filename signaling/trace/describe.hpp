// SPDX-License-Identifier: Apache-2.0
// Inputs and actions of the call machine in a few words each, for people who read a trace.
#pragma once

#include <string>

#include "signaling/call/call_types.hpp"

namespace weir::signaling {

[[nodiscard]] std::string describe(const CallInput& input);
[[nodiscard]] std::string describe(const CallAction& action);
// "INVITE sip:200@192.0.2.20", "183 Session Progress", with (SDP), Require and Reason where they
// are.
[[nodiscard]] std::string describe(const SipMessage& message);

// The message that crossed the network, if it was one.
struct TracedMessage {
    const SipMessage* message = nullptr;
    Side side = Side::a;
    bool is_ours = false;  // we sent it
    SipPath path;          // remote not set for what has no path of its own (a response of ours)
};
// Whose leg a response or a token belongs to is found by its dialog: `caller_call_id` is the first
// leg's Call-ID.
[[nodiscard]] std::optional<TracedMessage> message_of(const CallInput& input,
                                                      const std::string& caller_call_id);
[[nodiscard]] std::optional<TracedMessage> message_of(const CallAction& action,
                                                      const std::string& caller_call_id);

}  // namespace weir::signaling
