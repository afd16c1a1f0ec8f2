// SPDX-License-Identifier: Apache-2.0
// From bytes to a SipMessage: lines, folding, compact names, start line, body length. Pure, total.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "signaling/api/message.hpp"
#include "signaling/sip/guard_reason.hpp"

namespace weir::signaling {

// What could be read, also when something is wrong: an answer needs the headers that are there.
struct WireMessage {
    SipMessage message;                // headers unfolded and with long names
    std::optional<GuardReason> fault;  // the first one met
    bool is_version_2 = true;          // the start line says SIP/2.0
    std::size_t head_bytes = 0;        // up to and with the empty line; 0 if it is missing
};

// Reads a start line and headers; the body is whatever follows, not yet cut by Content-Length.
// Bounds: kSipMaxHeaders fields of kSipMaxHeaderLine bytes.
[[nodiscard]] WireMessage parse_wire(std::string_view bytes);

// The value of the only Content-Length header. Error: several, or no number. Nothing: none.
struct BodyLength {
    bool is_valid = true;
    std::optional<std::size_t> bytes;
};
[[nodiscard]] BodyLength body_length(const SipMessage& message);

// "v" is "Via"; other names come back as they are.
[[nodiscard]] std::string_view long_name(std::string_view name);

}  // namespace weir::signaling
