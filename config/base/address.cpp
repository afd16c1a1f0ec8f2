// SPDX-License-Identifier: Apache-2.0
// Reading and printing of addresses.
#include "config/base/address.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

#include "config/base/digits.hpp"

namespace weir {
namespace {

std::string_view without_brackets(std::string_view text) {
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
        return text.substr(1, text.size() - 2);
    return text;
}

Result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0)
        return fail(ErrorCode::invalid, "'" + std::string(text) + "' is not a port (1 to 65535)");
    return port;
}

// Not inet_ntop(), which prints by sprintf(): the messages of a call name thirty addresses.
void append_v4(std::string& out, const IpAddress& address) {
    std::array<char, sizeof "255.255.255.255"> text;
    char* at = text.data();
    for (std::size_t i = 0; i < 4; ++i) {
        if (i > 0) *at++ = '.';
        at = std::to_chars(at, text.data() + text.size(), address.bytes[i]).ptr;
    }
    out.append(text.data(), at);
}

void append_address(std::string& out, const IpAddress& address) {
    if (address.family == Family::v4) return append_v4(out, address);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.family == Family::v6 &&
        inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size()) != nullptr)
        out += text.data();
}

void append_host(std::string& out, const IpAddress& address) {
    if (address.family == Family::v6) out.push_back('[');
    append_address(out, address);
    if (address.family == Family::v6) out.push_back(']');
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string host(without_brackets(text));
    IpAddress address;
    if (inet_pton(AF_INET, host.c_str(), address.bytes.data()) == 1) {
        address.family = Family::v4;
        return address;
    }
    address.bytes.fill(0);
    if (host.find('\0') == std::string::npos &&
        inet_pton(AF_INET6, host.c_str(), address.bytes.data()) == 1) {
        address.family = Family::v6;
        return address;
    }
    return fail(ErrorCode::invalid, "'" + std::string(text) + "' is not an IPv4 or IPv6 address");
}

IpAddress IpAddress::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    IpAddress address;
    address.bytes = {a, b, c, d};
    address.family = Family::v4;
    return address;
}

std::string IpAddress::to_string() const {
    std::string text;
    append_address(text, *this);
    return text;
}

bool IpAddress::is_unspecified() const {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

Result<Endpoint> Endpoint::parse(std::string_view text, std::uint16_t default_port) {
    Endpoint endpoint;
    endpoint.port = default_port;
    std::string_view host = text;
    const auto bracket = text.find(']');
    const auto colon = text.rfind(':');
    const bool single_colon = colon != std::string_view::npos && text.find(':') == colon;
    const bool has_port = bracket != std::string_view::npos
                              ? colon != std::string_view::npos && colon > bracket
                              : single_colon;
    if (has_port) {
        host = text.substr(0, colon);
        auto port = parse_port(text.substr(colon + 1));
        if (!port) return fail(port.error().within("in '" + std::string(text) + "'"));
        endpoint.port = *port;
    }
    auto address = IpAddress::parse(host);
    if (!address) return fail(address.error());
    endpoint.address = *address;
    return endpoint;
}

std::string Endpoint::to_string() const {
    std::string text;
    append_host(text, address);
    text.push_back(':');
    text::append_number(text, port);
    return text;
}

Result<Prefix> Prefix::parse(std::string_view text) {
    const auto slash = text.find('/');
    auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) return fail(address.error());
    Prefix prefix{*address, static_cast<std::uint8_t>(address->family == Family::v4 ? 32 : 128)};
    if (slash == std::string_view::npos) return prefix;
    const auto digits = text.substr(slash + 1);
    std::uint8_t length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size() || length > prefix.length)
        return fail(ErrorCode::invalid, "'" + std::string(digits) +
                                            "' is not a prefix length of at most " +
                                            std::to_string(prefix.length));
    prefix.length = length;
    return prefix;
}

bool Prefix::contains(const IpAddress& candidate) const {
    if (candidate.family != address.family) return false;
    const std::size_t whole = length / 8U;
    if (!std::equal(address.bytes.begin(),
                    address.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                    candidate.bytes.begin()))
        return false;
    const unsigned rest = length % 8U;
    if (rest == 0) return true;
    const unsigned mask = 0xFFU << (8U - rest) & 0xFFU;
    return (address.bytes[whole] & mask) == (candidate.bytes[whole] & mask);
}

std::string Prefix::to_string() const {
    return address.to_string() + "/" + std::to_string(length);
}

std::string uri_host(const IpAddress& address) {
    std::string text;
    append_host(text, address);
    return text;
}

}  // namespace weir
