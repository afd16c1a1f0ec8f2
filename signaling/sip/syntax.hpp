// SPDX-License-Identifier: Apache-2.0
// Small grammar of RFC 3261 section 25.1 that the guard needs: tokens, methods, Via. Pure, total.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

[[nodiscard]] bool is_token(std::string_view text);
// A method registered with IANA: what a peer may send to anybody, whether we serve it or not.
[[nodiscard]] bool is_registered_method(std::string_view method);
// ";a=b;c" with names that are tokens, or "".
[[nodiscard]] bool is_parameter_list(std::string_view text);

// One Via value: "SIP / 2.0 / UDP host:port ;branch=..".
struct Via {
    std::string transport;   // upper case: "UDP", "TCP", ...
    std::string host;        // IPv6 with brackets
    std::uint16_t port = 0;  // 0 = none written
    std::string parameters;  // with the first semicolon; "" if none

    [[nodiscard]] static Result<Via> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::string branch() const;  // "" if none
    void remove_parameter(std::string_view name);
    bool operator==(const Via&) const = default;
};

// The topmost Via of a message, and how many there are; 0: none that can be read.
struct TopVia {
    Via via;
    std::size_t count = 0;
};
[[nodiscard]] TopVia top_via(const SipMessage& message);

// RFC 3261 18.2.1 and RFC 3581 4: notes where a request came from in its topmost Via; what the
// sender claimed there is overwritten. The message has passed the guard.
void stamp_via(SipMessage& request, const Endpoint& source);
// The same, where the topmost Via has been read already; it is stamped, too.
void stamp_via(SipMessage& request, Via& top, const Endpoint& source);

// The address that a response to a request from `source` goes to: over UDP (RFC 3261 18.2.2, RFC
// 3581 4), or by a new connection, when that of the request is gone.
[[nodiscard]] Endpoint response_target(const Via& top, const Endpoint& source,
                                       SipTransport transport);

}  // namespace weir::signaling
