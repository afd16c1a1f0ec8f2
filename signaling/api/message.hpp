// SPDX-License-Identifier: Apache-2.0
// A SIP message as a value: start line, headers in order and verbatim, body. No sofia type inside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"

namespace weir::signaling {

struct Header {
    std::string name;   // long form: the boundary expands compact names ("v" -> "Via")
    std::string value;  // verbatim, unfolded, without the end of line
    bool operator==(const Header&) const = default;
};

struct CSeq {
    std::uint32_t number = 0;
    std::string method;
    bool operator==(const CSeq&) const = default;
};

struct SipMessage {
    bool is_request = true;
    std::string method;       // requests
    std::string request_uri;  // requests
    int status = 0;           // responses
    std::string phrase;       // responses
    std::vector<Header> headers;
    std::string body;

    // The first header of that name (any case), or null.
    [[nodiscard]] const std::string* find(std::string_view name) const;
    // Every value of that name in order; comma lists are not split (see split_list).
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
    void set(std::string_view name, std::string value);  // replaces the first and drops the others, or adds
    void add(std::string_view name, std::string value);  // behind the last header
    void remove(std::string_view name);
    // Whether a comma-separated header (Supported, Require, Allow) lists `token` (any case).
    [[nodiscard]] bool lists(std::string_view name, std::string_view token) const;
    [[nodiscard]] Result<CSeq> cseq() const;
    bool operator==(const SipMessage&) const = default;
};

// The elements of a comma-separated header value; commas in quotes and <> do not split.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view value);

// sip:user:password@host:port;params?headers and tel:number;params. Total on any bytes.
struct SipUri {
    std::string scheme;  // lower case: sip, sips, tel; others are kept as read
    std::string user;    // as written; percent-escapes kept; all behind the colon for other schemes
    std::string host;    // IPv6 with brackets
    std::uint16_t port = 0;  // 0 = none written
    std::string parameters;  // ";transport=tcp", as written, with the semicolon; "" if none
    std::string headers;     // "?..." as written
    std::string password;    // as written; "" if none

    [[nodiscard]] static Result<SipUri> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
    [[nodiscard]] std::string user_unescaped() const;  // percent-escapes undone (spec N9)
    bool operator==(const SipUri&) const = default;
};

// "Display" <uri>;tag=x  (From, To, Contact, Route, Remote-Party-ID, P-Asserted-Identity)
struct NameAddr {
    std::string display;     // without quotes
    std::string uri;         // verbatim
    std::string parameters;  // ";tag=..", as written

    [[nodiscard]] static Result<NameAddr> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
    [[nodiscard]] std::string tag() const;  // "" if none
};

// SIP/2.0 wire text, Content-Length computed. Header order is kept.
[[nodiscard]] std::string to_wire(const SipMessage& message);

// A response to `request` with its Via, From, To, Call-ID and CSeq copied (RFC 3261 8.2.6.2); the To tag
// is added if the request's To has none and `to_tag` is not empty.
[[nodiscard]] SipMessage make_response(const SipMessage& request, int status, std::string_view phrase,
                                       std::string_view to_tag);
[[nodiscard]] std::string_view default_phrase(int status);

}  // namespace weir::signaling
