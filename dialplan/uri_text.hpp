// SPDX-License-Identifier: Apache-2.0
// The parts of a URI that dial-peers compare; total on any bytes, views into the text it was given.
#pragma once

#include <string>
#include <string_view>

namespace weir::dialplan {

// sip:user:password@host:port;params?headers or tel:number;params, cut at its delimiters.
struct UriText {
    std::string_view scheme;      // as written
    std::string_view body;        // everything behind "scheme:"
    std::string_view user;        // without password, percent-escapes kept; the number of a tel URI
    std::string_view host;        // without port and without the brackets of IPv6
    std::string_view parameters;  // ";user=phone;...", "" if none

    [[nodiscard]] bool is_sip() const;  // sip or sips
    [[nodiscard]] bool is_tel() const;
    // The value of a parameter (any case of its name); "" if it is missing or has none.
    [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

[[nodiscard]] UriText split_uri(std::string_view uri);

// "192.0.2.1:5060", "[2001:db8::1]:5060" or "proxy.example" to the host alone, without brackets.
[[nodiscard]] std::string_view host_of(std::string_view host_port);

// %41 becomes A; an escape that is none stays as it is (spec N9).
[[nodiscard]] std::string unescape(std::string_view text);

// The number in a URI as dial-peers compare it: percent-escapes undone (N9); the visual separators
// -.() stripped only where user=phone says that it is a telephone number (spec A.3.5), and in tel
// URIs, which are nothing else (RFC 3966 5.1.1).
[[nodiscard]] std::string number_in_uri(std::string_view uri);

}  // namespace weir::dialplan
