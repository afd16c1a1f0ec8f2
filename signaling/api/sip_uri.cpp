// SPDX-License-Identifier: Apache-2.0
// SipUri: sip, sips and tel URIs taken apart (RFC 3261 19.1, RFC 3966); others stay whole.
#include <algorithm>

#include "config/base/address.hpp"
#include "config/base/text.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/parameter_list.hpp"

namespace weir::signaling {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Bytes that no URI holds, whatever its scheme: they would break out of the line or the brackets.
bool has_forbidden_byte(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte == 0x7F || c == '<' || c == '>' || c == '"';
    });
}

// RFC 3986 3.1: a letter, then letters, digits, "+", "-", ".".
bool is_scheme(std::string_view text) {
    if (text.empty() || !is_alpha(text.front())) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

// Underscores are no part of RFC 1123 names, yet common in private networks.
bool is_host(std::string_view text) {
    if (text.empty()) return false;
    if (text.front() == '[') return text.back() == ']' && IpAddress::parse(text).has_value();
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
}

tl::unexpected<Error> bad(std::string_view text, const char* why) {
    return fail(ErrorCode::invalid, "URI '" + text::printable(text) + "' " + why);
}

// "host:port" or "[v6]:port" into uri.host and uri.port.
bool split_host_port(std::string_view text, SipUri& uri) {
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
    if (bracket == std::string_view::npos) return false;
    const std::size_t colon = text.find(':', bracket);
    uri.host = text.substr(0, colon);
    if (!is_host(uri.host)) return false;
    if (colon == std::string_view::npos) return true;
    const auto port = text::number(text.substr(colon + 1));
    if (!port || *port == 0 || *port > 65535) return false;
    uri.port = static_cast<std::uint16_t>(*port);
    return true;
}

Result<SipUri> parse_sip(std::string_view text, std::string_view rest, SipUri uri) {
    // Neither parameters nor headers may hold a bare "@" (RFC 3261 25.1), while a user may hold ";"
    // and
    // "?": so the at sign is looked for first.
    const std::size_t at = rest.find('@');
    if (at != std::string_view::npos) {
        const std::string_view userinfo = rest.substr(0, at);
        const std::size_t colon = userinfo.find(':');
        uri.user = userinfo.substr(0, colon);
        if (colon != std::string_view::npos) uri.password = userinfo.substr(colon + 1);
        if (uri.user.empty()) return bad(text, "has an empty user before the at sign");
        rest = rest.substr(at + 1);
        if (rest.find('@') != std::string_view::npos) return bad(text, "has two at signs");
    }
    if (const std::size_t question = rest.find('?'); question != std::string_view::npos) {
        uri.headers = rest.substr(question);
        rest = rest.substr(0, question);
    }
    if (const std::size_t semicolon = rest.find(';'); semicolon != std::string_view::npos) {
        uri.parameters = rest.substr(semicolon);
        rest = rest.substr(0, semicolon);
    }
    if (!split_host_port(rest, uri)) return bad(text, "has no valid host and port");
    return uri;
}

}  // namespace

Result<SipUri> SipUri::parse(std::string_view text) {
    if (has_forbidden_byte(text))
        return bad(text, "holds a blank, a control byte, <, > or a quote");
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon)))
        return bad(text, "does not begin with a scheme and a colon");
    const std::string_view rest = text.substr(colon + 1);
    if (rest.empty()) return bad(text, "is empty behind its scheme");
    SipUri uri;
    uri.scheme = text::lower(text.substr(0, colon));
    if (uri.scheme == "sip" || uri.scheme == "sips") return parse_sip(text, rest, std::move(uri));
    if (uri.scheme == "tel") {
        const std::size_t semicolon = rest.find(';');
        uri.user = rest.substr(0, semicolon);
        if (uri.user.empty()) return bad(text, "has no number");
        if (semicolon != std::string_view::npos) uri.parameters = rest.substr(semicolon);
        return uri;
    }
    uri.scheme = text.substr(0, colon);
    uri.user = rest;
    return uri;
}

std::string SipUri::to_string() const {
    std::string text = scheme + ":" + user;
    if (!password.empty()) text += ":" + password;
    if (!host.empty()) {
        if (!user.empty()) text += "@";
        text += host;
    }
    if (port != 0) text += ":" + std::to_string(port);
    return text + parameters + headers;
}

std::optional<std::string> SipUri::parameter(std::string_view name) const {
    return find_parameter(parameters, name);
}

std::string SipUri::user_unescaped() const {
    std::string plain;
    for (std::size_t i = 0; i < user.size(); ++i) {
        const int high = user[i] == '%' && i + 2 < user.size() ? hex_value(user[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(user[i + 2]) : -1;
        if (low < 0) {
            plain.push_back(user[i]);
            continue;
        }
        plain.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return plain;
}

}  // namespace weir::signaling
