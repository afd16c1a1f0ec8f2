// SPDX-License-Identifier: Apache-2.0
// IP addresses, endpoints (address and port) and prefixes as trivially copyable values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/base/result.hpp"

namespace weir {

enum class Family : std::uint8_t { none = 0, v4 = 4, v6 = 6 };

// An IPv4 or IPv6 address in network byte order; an IPv4 address fills the first four bytes.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};
    Family family = Family::none;

    // "192.0.2.1", "2001:db8::1" or "[2001:db8::1]". Host names are refused.
    [[nodiscard]] static Result<IpAddress> parse(std::string_view text);
    [[nodiscard]] static IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c,
                                      std::uint8_t d);
    [[nodiscard]] std::string to_string() const;  // without brackets; "" if none
    [[nodiscard]] bool is_set() const { return family != Family::none; }
    [[nodiscard]] bool is_unspecified() const;  // 0.0.0.0 or :: (RFC 3264 hold), or none
    auto operator<=>(const IpAddress&) const = default;
};

struct Endpoint {
    IpAddress address;
    std::uint8_t reserved = 0;  // makes the padding explicit: endpoints travel over the media link
    std::uint16_t port = 0;     // host byte order

    // "192.0.2.1:5060", "[2001:db8::1]:5060"; without a port, default_port.
    [[nodiscard]] static Result<Endpoint> parse(std::string_view text, std::uint16_t default_port);
    [[nodiscard]] std::string to_string() const;  // "192.0.2.1:5060", "[2001:db8::1]:5060"
    [[nodiscard]] bool is_set() const { return address.is_set() && port != 0; }
    auto operator<=>(const Endpoint&) const = default;
};

// An address range by prefix length, as in the trusted list.
struct Prefix {
    IpAddress address;
    std::uint8_t length = 0;  // bits, 0..32 or 0..128

    // "192.0.2.0/24", "2001:db8::/32", or an address alone (a host).
    [[nodiscard]] static Result<Prefix> parse(std::string_view text);
    [[nodiscard]] bool contains(const IpAddress& candidate) const;
    [[nodiscard]] std::string to_string() const;
    auto operator<=>(const Prefix&) const = default;
};

// "192.0.2.1" stays, "2001:db8::1" becomes "[2001:db8::1]": the host part of a SIP URI.
[[nodiscard]] std::string uri_host(const IpAddress& address);

}  // namespace weir
