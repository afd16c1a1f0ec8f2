// SPDX-License-Identifier: Apache-2.0
// The parts of a From, To or Contact as views of its text: for those who want one of them.
#pragma once

#include <string>
#include <string_view>

#include "signaling/api/message.hpp"

namespace weir::signaling {

// `"Display" <uri>;tag=x` or `uri;tag=x` (RFC 3261 20.10), taken apart as NameAddr::parse does.
struct PartyText {
    std::string_view display;  // with its quotes and escapes, if it has any
    std::string_view uri;
    std::string_view parameters;  // ";tag=.." or ""
    const char* fault = nullptr;  // why it is none; the rest is then worth nothing
};
[[nodiscard]] PartyText read_party(std::string_view text);

// The tag of such a value; "" if there is none, or it cannot be read.
[[nodiscard]] std::string tag_of(std::string_view party);
// Of that header of a message.
[[nodiscard]] std::string tag_in(const SipMessage& message, std::string_view header);

}  // namespace weir::signaling
