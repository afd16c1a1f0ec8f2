// SPDX-License-Identifier: Apache-2.0
// What a REGISTER of an endpoint behind us asks, and what the registrar says to ours (RFC 3261 10).
// Pure; thread: any.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

struct RegisterContact {
    std::string uri;         // as the endpoint wrote it
    std::string user;        // of it, as written
    std::string parameters;  // ";q=0.5", without those that we write or do not offer
    std::optional<std::chrono::seconds> expires;
    std::string token;  // of its binding (binding_table.hpp)
};

struct RegisterRequest {
    std::string aor;  // "100@example.net", as the registrar will know it
    std::vector<RegisterContact> contacts;
    bool all = false;                             // Contact: *
    std::optional<std::chrono::seconds> expires;  // the header
    std::vector<std::string> routes;              // Path (RFC 3327), in order
    std::string call_id;
    std::uint32_t cseq = 0;
};

// A URI of the endpoint as the registrar gets it: an address stands for us, so the registrar's host
// takes its place; a domain is what the endpoint belongs to, and stays.
[[nodiscard]] std::string uri_at_registrar(const SipUri& uri, const std::string& registrar_host);

// Errors: invalid, for 400: no To or Call-ID, Contact: * that removes nothing, a contact that is no
// SIP address, more than the bounds of binding_limits.hpp.
[[nodiscard]] Result<RegisterRequest> read_register(const SipMessage& message,
                                                    const std::string& registrar_host);

// Seconds in a header such as Expires or Min-Expires.
[[nodiscard]] std::optional<std::chrono::seconds> seconds_in_header(const SipMessage& message,
                                                                    std::string_view name);
// What a 2xx grants the contact of ours with that token: its expires, else Expires; none: the
// contact does not stand in it.
[[nodiscard]] std::optional<std::chrono::seconds> granted_to_token(const SipMessage& response,
                                                                   std::string_view token);

}  // namespace weir::signaling
