// SPDX-License-Identifier: Apache-2.0
// Owners of sofia's C handles, and messages made of text.
#pragma once

#include <memory>
#include <string_view>

#include "signaling/sip/sofia_headers.hpp"

namespace weir::signaling {

struct AgentDeleter {
    void operator()(nta_agent_t* agent) const { nta_agent_destroy(agent); }
};
struct MessageDeleter {
    void operator()(msg_t* message) const { msg_destroy(message); }
};
using AgentPtr = std::unique_ptr<nta_agent_t, AgentDeleter>;
using MessagePtr = std::unique_ptr<msg_t, MessageDeleter>;

// A message that leaves as `text`, byte for byte: sofia, which reads less than SIP allows and
// prints what it has understood, holds the whole of it for the text of a request line. Null without
// memory.
[[nodiscard]] MessagePtr make_message(std::string_view text);

}  // namespace weir::signaling
