// SPDX-License-Identifier: Apache-2.0
// One check and one label for each kind of argument.
#include "config/language/argument.hpp"

#include <algorithm>
#include <bit>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/language/text_argument.hpp"
#include "config/model/number_pattern.hpp"

namespace weir::config::language {
namespace {

constexpr bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

Result<void> refuse(std::string why) {
    return fail(ErrorCode::invalid, std::move(why));
}

std::string quoted(std::string_view word) {
    return "'" + text::printable(word, 60) + "'";
}

std::string range(const Token& token) {
    return std::to_string(token.min) + " to " + std::to_string(token.max);
}

Result<void> check_number(const Token& token, std::string_view word) {
    const auto value = text::number(word);
    if (!value) return refuse(quoted(word) + " is not a number from " + range(token));
    if (*value < token.min || *value > token.max)
        return refuse(quoted(word) + " is outside of " + range(token));
    return {};
}

Result<void> check_numbers(const Token& token, std::string_view word) {
    for (const auto piece : text::split(word, ','))
        if (!piece.empty()) WEIR_TRY(check_number(token, piece));
    return {};
}

Result<void> check_name(std::string_view word) {
    const bool good = std::all_of(word.begin(), word.end(), [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
    });
    if (!good || word.size() > kConfigNameBytes)
        return refuse(quoted(word) + " is not a name: letters, digits, '-', '_' and '.', at most " +
                      std::to_string(kConfigNameBytes));
    return {};
}

enum class Brackets { no, maybe };

Result<void> check_address(std::string_view word, Family family, Brackets brackets = Brackets::no) {
    const auto address = IpAddress::parse(word);
    const bool bracketed = !word.empty() && word.front() == '[';
    if (!address || address->family != family || (bracketed && brackets == Brackets::no))
        return refuse(quoted(word) + (family == Family::v4 ? " is not an IPv4 address"
                                                           : " is not an IPv6 address"));
    return {};
}

Result<void> check_ipv6_prefix(std::string_view word) {
    const auto prefix = Prefix::parse(word);
    if (!prefix) return fail(prefix.error());
    if (prefix->address.family != Family::v6 || word.find('/') == std::string_view::npos ||
        word.front() == '[')
        return refuse(quoted(word) +
                      " is not an IPv6 address with a prefix length, as in 2001:db8::1/64");
    return {};
}

Result<void> check_endpoint(std::string_view word, Family family) {
    const auto endpoint = Endpoint::parse(word, 1);
    if (!endpoint) return fail(endpoint.error());
    if (endpoint->address.family != family)
        return refuse(quoted(word) + (family == Family::v4 ? " is not an IPv4 address"
                                                           : " is not an IPv6 address"));
    // RFC 3986 3.2.2: without brackets the last group of an IPv6 address would look like a port.
    if (family == Family::v6 && word.front() != '[')
        return refuse(quoted(word) + " needs brackets, as in [2001:db8::1]");
    return {};
}

// RFC 1123 2.1 names; the underscore because operators use it.
Result<void> check_host(std::string_view word) {
    bool good = !word.empty() && word.size() <= 253;
    for (auto label :
         text::split(word.ends_with('.') ? word.substr(0, word.size() - 1) : word, '.')) {
        good = good && !label.empty() && label.size() <= 63 && label.front() != '-' &&
               label.back() != '-';
        good = good && std::all_of(label.begin(), label.end(), [](char c) {
                   return is_alphanumeric(c) || c == '-' || c == '_';
               });
    }
    if (!good) return refuse(quoted(word) + " is not a host name");
    return {};
}

Result<void> check_host_port(std::string_view word) {
    const auto colon = word.rfind(':');
    if (colon != std::string_view::npos) {
        const auto port = text::number(word.substr(colon + 1));
        if (!port || *port == 0 || *port > 65535)
            return refuse(quoted(word.substr(colon + 1)) + " is not a port (1 to 65535)");
    }
    return check_host(word.substr(0, colon));
}

Result<void> check_mask(std::string_view word) {
    const auto length = mask_length(word);
    if (!length) return fail(length.error());
    return {};
}

Result<void> check_hex(std::string_view word) {
    const bool good = !word.empty() && word.size() <= 8 &&
                      word.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    if (!good) return refuse(quoted(word) + " is not a hexadecimal number");
    return {};
}

}  // namespace

Result<void> check_argument(const Token& token, std::string_view word) {
    if (!token.text.empty()) {  // ipv4:..., dns:...
        if (!text::istarts_with(word, token.text))
            return refuse("expected " + argument_label(token));
        word.remove_prefix(token.text.size());
        if (word.empty()) return refuse("nothing follows " + token.text);
    }
    switch (token.kind) {
        case ArgumentKind::keyword:
            return refuse("expected " + token.text);
        case ArgumentKind::number:
            return check_number(token, word);
        case ArgumentKind::numbers:
            return check_numbers(token, word);
        case ArgumentKind::word:
        case ArgumentKind::line:
            return {};
        case ArgumentKind::name:
            return check_name(word);
        case ArgumentKind::ipv4:
            return check_address(word, Family::v4);
        case ArgumentKind::ipv6:
            return check_address(word, Family::v6);
        case ArgumentKind::ipv6_host:
            return check_address(word, Family::v6, Brackets::maybe);
        case ArgumentKind::mask:
            return check_mask(word);
        case ArgumentKind::ipv6_prefix:
            return check_ipv6_prefix(word);
        case ArgumentKind::ipv4_port:
            return check_endpoint(word, Family::v4);
        case ArgumentKind::ipv6_port:
            return check_endpoint(word, Family::v6);
        case ArgumentKind::host:
            return check_host(word);
        case ArgumentKind::host_port:
            return check_host_port(word);
        case ArgumentKind::pattern:
            return check_number_pattern(word);
        case ArgumentKind::slashed:
            return check_slashed(word);
        case ArgumentKind::quoted:
            return check_quoted(word);
        case ArgumentKind::hex:
            return check_hex(word);
    }
    return refuse("expected " + token.text);
}

std::string argument_label(const Token& token) {
    const std::string range_label =
        "<" + std::to_string(token.min) + "-" + std::to_string(token.max) + ">";
    switch (token.kind) {
        case ArgumentKind::keyword:
            return token.text;
        case ArgumentKind::number:
        case ArgumentKind::numbers:
            return token.text + range_label;
        case ArgumentKind::word:
        case ArgumentKind::name:
            return token.text + "WORD";
        case ArgumentKind::line:
            return token.text + "LINE";
        case ArgumentKind::ipv4:
        case ArgumentKind::mask:
            return token.text + "A.B.C.D";
        case ArgumentKind::ipv6:
            return token.text + "X:X:X:X::X";
        case ArgumentKind::ipv6_host:
            return token.text + "[X:X::X]";
        case ArgumentKind::ipv6_prefix:
            return token.text + "X:X:X:X::X/<0-128>";
        case ArgumentKind::ipv4_port:
            return token.text + "A.B.C.D[:port]";
        case ArgumentKind::ipv6_port:
            return token.text + "[X:X::X][:port]";
        case ArgumentKind::host:
            return token.text + "NAME";
        case ArgumentKind::host_port:
            return token.text + "NAME[:port]";
        case ArgumentKind::pattern:
            return token.text + "PATTERN";
        case ArgumentKind::slashed:
            return token.text + "/TEXT/";
        case ArgumentKind::quoted:
            return token.text + "\"TEXT\"";
        case ArgumentKind::hex:
            return token.text + "HEX";
    }
    return token.text;
}

std::string argument_help(const Token& token) {
    switch (token.kind) {
        case ArgumentKind::keyword:
            return "";
        case ArgumentKind::number:
            return "Number from " + range(token);
        case ArgumentKind::numbers:
            return "Numbers from " + range(token);
        case ArgumentKind::word:
            return "Text without blanks";
        case ArgumentKind::line:
            return "Text to the end of the line";
        case ArgumentKind::name:
            return "Name; upper and lower case differ";
        case ArgumentKind::ipv4:
            return "IPv4 address";
        case ArgumentKind::mask:
            return "Mask of the network";
        case ArgumentKind::ipv6:
        case ArgumentKind::ipv6_host:
            return "IPv6 address";
        case ArgumentKind::ipv6_prefix:
            return "IPv6 address and prefix length";
        case ArgumentKind::ipv4_port:
            return "IPv4 address, with a port if it is not the default";
        case ArgumentKind::ipv6_port:
            return "IPv6 address in brackets, with a port if it is not the default";
        case ArgumentKind::host:
            return "Host name";
        case ArgumentKind::host_port:
            return "Host name, with a port to skip the SRV lookup";
        case ArgumentKind::pattern:
            return "Number pattern: digits, . [ ] ( ) + % ? T $";
        case ArgumentKind::slashed:
            return "Text between slashes; a slash inside is written as \\/";
        case ArgumentKind::quoted:
            return "Text in quotes; a quote inside is written as \\\"";
        case ArgumentKind::hex:
            return "Hexadecimal number";
    }
    return "";
}

Result<std::uint8_t> mask_length(std::string_view mask) {
    const auto address = IpAddress::parse(mask);
    if (!address || address->family != Family::v4)
        return fail(ErrorCode::invalid, quoted(mask) + " is not a mask");
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i)
        bits = bits << 8U | address->bytes[i];
    const int ones = std::countl_one(bits);
    if (ones < 32 && (bits << static_cast<unsigned>(ones)) != 0)
        return fail(ErrorCode::invalid,
                    quoted(mask) + " is not a mask: its ones are not contiguous");
    return static_cast<std::uint8_t>(ones);
}

std::string mask_text(std::uint8_t length) {
    const std::uint32_t bits = length == 0 ? 0 : ~std::uint32_t{0} << (32U - length);
    return IpAddress::v4(static_cast<std::uint8_t>(bits >> 24U),
                         static_cast<std::uint8_t>(bits >> 16U),
                         static_cast<std::uint8_t>(bits >> 8U), static_cast<std::uint8_t>(bits))
        .to_string();
}

std::vector<std::uint64_t> comma_numbers(std::string_view word) {
    std::vector<std::uint64_t> values;
    for (const auto piece : text::split(word, ','))
        if (const auto value = text::number(piece)) values.push_back(*value);
    return values;
}

}  // namespace weir::config::language
