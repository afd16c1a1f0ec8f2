// SPDX-License-Identifier: Apache-2.0
// Cuts a URI into the parts that dial-peers compare.
#include "dialplan/uri_text.hpp"

#include <algorithm>
#include <optional>

#include "config/base/text.hpp"

namespace weir::dialplan {

namespace {

std::optional<unsigned> hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A' + 10);
    return std::nullopt;
}

}  // namespace

bool UriText::is_sip() const {
    return text::iequals(scheme, "sip") || text::iequals(scheme, "sips");
}

bool UriText::is_tel() const {
    return text::iequals(scheme, "tel");
}

std::string_view UriText::parameter(std::string_view name) const {
    for (const auto piece : text::split(parameters, ';')) {
        const auto equals = piece.find('=');
        if (text::iequals(piece.substr(0, equals), name)) {
            return equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
        }
    }
    return {};
}

UriText split_uri(std::string_view uri) {
    UriText parts;
    const auto colon = uri.find(':');
    if (colon == std::string_view::npos) return parts;
    parts.scheme = uri.substr(0, colon);
    parts.body = uri.substr(colon + 1);
    std::string_view rest = parts.body;
    if (parts.is_tel()) {
        const auto semicolon = rest.find(';');
        parts.user = rest.substr(0, semicolon);
        if (semicolon != std::string_view::npos) parts.parameters = rest.substr(semicolon);
        return parts;
    }
    // RFC 3261 25.1: a user part may hold ; and ?, but never @, so the @ comes first.
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        parts.user = rest.substr(0, at);
        parts.user = parts.user.substr(0, parts.user.find(':'));
        rest = rest.substr(at + 1);
    }
    rest = rest.substr(0, rest.find('?'));
    const auto semicolon = rest.find(';');
    if (semicolon != std::string_view::npos) parts.parameters = rest.substr(semicolon);
    parts.host = host_of(rest.substr(0, semicolon));
    return parts;
}

std::string_view host_of(std::string_view host_port) {
    if (host_port.starts_with('[')) {
        const auto close = host_port.find(']');
        return close == std::string_view::npos ? host_port.substr(1)
                                               : host_port.substr(1, close - 1);
    }
    const auto colon = host_port.find(':');
    // Two colons are an IPv6 address without brackets, as in received= or a sent-by of some peers.
    if (colon != host_port.rfind(':')) return host_port;
    return host_port.substr(0, colon);
}

std::string unescape(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const auto high = hex_value(text[i + 1]);
            const auto low = hex_value(text[i + 2]);
            if (high && low) {
                plain += static_cast<char>(*high * 16 + *low);
                i += 2;
                continue;
            }
        }
        plain += text[i];
    }
    return plain;
}

std::string number_in_uri(std::string_view uri) {
    const UriText parts = split_uri(uri);
    std::string number = unescape(parts.user);
    // A telephone-subscriber carries its own parameters within the user part (RFC 3261 19.1.6).
    const bool phone = parts.is_tel() || text::iequals(parts.parameter("user"), "phone");
    if (!phone) return number;
    number.erase(std::min(number.find(';'), number.size()));
    std::erase_if(number, [](char c) { return c == '-' || c == '.' || c == '(' || c == ')'; });
    return number;
}

}  // namespace weir::dialplan
