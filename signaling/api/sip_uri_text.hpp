// SPDX-License-Identifier: Apache-2.0
// The parts of a URI as views of its text: for those who only ask whether it is one, or want a
// part.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::signaling {

// As SipUri (message.hpp), of which this is the reading; the scheme is as written.
struct SipUriText {
    std::string_view scheme;
    std::string_view user;
    std::string_view host;
    std::uint16_t port = 0;
    std::string_view parameters;
    std::string_view headers;
    std::string_view password;
    const char* fault = nullptr;  // why it is none; the rest is then worth nothing
};
[[nodiscard]] SipUriText read_uri(std::string_view text);

}  // namespace weir::signaling
