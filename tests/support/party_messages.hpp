// SPDX-License-Identifier: Apache-2.0
// Messages of an ordinary caller (203.0.113.5) and an ordinary callee (192.0.2.20) of 198.51.100.1:
// what the benches of calls send before a test changes it.
#pragma once

#include <string>

#include "signaling/api/message.hpp"

namespace weir::tests {

// One audio stream, with telephone events as 101 where `formats` has it; `more` are lines below it.
[[nodiscard]] std::string audio_sdp(const std::string& host, unsigned port, const std::string& more,
                                    const char* formats);
// Describes the session in `message`; nothing where `body` is empty.
void put_sdp(signaling::SipMessage& message, std::string body);

// A request of the caller outside of dialogs.
[[nodiscard]] signaling::SipMessage caller_request(const std::string& method,
                                                   const std::string& uri);
// The callee's answer to a request that it got; `host` is in its Contact.
[[nodiscard]] signaling::SipMessage callee_response(const signaling::SipMessage& request,
                                                    int status, const std::string& host,
                                                    const char* tag);
// A request of the callee inside the dialog of the INVITE that it got.
[[nodiscard]] signaling::SipMessage callee_request(const signaling::SipMessage& invite,
                                                   const std::string& method, unsigned cseq);

}  // namespace weir::tests
