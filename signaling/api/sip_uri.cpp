// SPDX-License-Identifier: Apache-2.0
// SipUri: sip, sips and tel URIs taken apart (RFC 3261 19.1, RFC 3966); others stay whole.
#include <algorithm>
#include <array>

#include "config/base/address.hpp"
#include "config/base/text.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/parameter_list.hpp"
#include "signaling/api/sip_uri_text.hpp"

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
constexpr auto kForbidden = [] {
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = i <= 0x20 || i == 0x7F || i == '<' || i == '>' || i == '"';
    return table;
}();

bool has_forbidden_byte(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return kForbidden[static_cast<unsigned char>(c)]; });
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

// "host:port" or "[v6]:port" into uri.host and uri.port.
bool split_host_port(std::string_view text, SipUriText& uri) {
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

// What is behind the colon of a sip or sips URI. Neither parameters nor headers may hold a bare "@"
// (RFC 3261 25.1), while a user may hold ";" and "?": so the at sign is looked for first.
const char* read_sip(std::string_view rest, SipUriText& uri) {
    const std::size_t at = rest.find('@');
    if (at != std::string_view::npos) {
        const std::string_view userinfo = rest.substr(0, at);
        const std::size_t colon = userinfo.find(':');
        uri.user = userinfo.substr(0, colon);
        if (colon != std::string_view::npos) uri.password = userinfo.substr(colon + 1);
        if (uri.user.empty()) return "has an empty user before the at sign";
        rest = rest.substr(at + 1);
        if (rest.find('@') != std::string_view::npos) return "has two at signs";
    }
    if (const std::size_t question = rest.find('?'); question != std::string_view::npos) {
        uri.headers = rest.substr(question);
        rest = rest.substr(0, question);
    }
    if (const std::size_t semicolon = rest.find(';'); semicolon != std::string_view::npos) {
        uri.parameters = rest.substr(semicolon);
        rest = rest.substr(0, semicolon);
    }
    return split_host_port(rest, uri) ? nullptr : "has no valid host and port";
}

const char* read_tel(std::string_view rest, SipUriText& uri) {
    const std::size_t semicolon = rest.find(';');
    uri.user = rest.substr(0, semicolon);
    if (semicolon != std::string_view::npos) uri.parameters = rest.substr(semicolon);
    return uri.user.empty() ? "has no number" : nullptr;
}

bool is_one_of(std::string_view scheme, std::string_view one, std::string_view other) {
    return text::iequals(scheme, one) || text::iequals(scheme, other);
}

}  // namespace

SipUriText read_uri(std::string_view text) {
    SipUriText uri;
    const std::size_t colon = text.find(':');
    uri.scheme = text.substr(0, colon);
    const std::string_view rest =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (has_forbidden_byte(text))
        uri.fault = "holds a blank, a control byte, <, > or a quote";
    else if (colon == std::string_view::npos || !is_scheme(uri.scheme))
        uri.fault = "does not begin with a scheme and a colon";
    else if (rest.empty())
        uri.fault = "is empty behind its scheme";
    else if (is_one_of(uri.scheme, "sip", "sips"))
        uri.fault = read_sip(rest, uri);
    else if (text::iequals(uri.scheme, "tel"))
        uri.fault = read_tel(rest, uri);
    else
        uri.user = rest;
    return uri;
}

Result<SipUri> SipUri::parse(std::string_view text) {
    const SipUriText read = read_uri(text);
    if (read.fault != nullptr)
        return fail(ErrorCode::invalid, "URI '" + text::printable(text) + "' " + read.fault);
    Result<SipUri> uri;
    const bool is_known =
        is_one_of(read.scheme, "sip", "sips") || text::iequals(read.scheme, "tel");
    uri->scheme = is_known ? text::lower(read.scheme) : std::string(read.scheme);
    uri->user = read.user;
    uri->host = read.host;
    uri->port = read.port;
    uri->parameters = read.parameters;
    uri->headers = read.headers;
    uri->password = read.password;
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
