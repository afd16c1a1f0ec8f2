// SPDX-License-Identifier: Apache-2.0
// Owners of sofia's C handles, and messages made from text.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "signaling/sip/sofia_headers.hpp"

namespace weir::signaling {

struct AgentDeleter {
    void operator()(nta_agent_t* agent) const { nta_agent_destroy(agent); }
};
struct MessageDeleter {
    void operator()(msg_t* message) const { msg_destroy(message); }
};
struct ClassDeleter {
    void operator()(msg_mclass_t* message_class) const { std::free(message_class); }
};
using AgentPtr = std::unique_ptr<nta_agent_t, AgentDeleter>;
using MessagePtr = std::unique_ptr<msg_t, MessageDeleter>;
using ClassPtr = std::unique_ptr<msg_mclass_t, ClassDeleter>;

// A parser's table that knows nothing but Content-Length: all other headers stay text, whatever
// peers wrote into them. With sofia's own class, headers that it knows and finds malformed vanish
// when a message is printed again.
[[nodiscard]] ClassPtr make_slim_class();

// Null if sofia cannot read the text that we composed.
[[nodiscard]] MessagePtr make_message(const msg_mclass_t& message_class, const std::string& text);

}  // namespace weir::signaling
