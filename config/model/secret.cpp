// SPDX-License-Identifier: Apache-2.0
// The type 7 disguise, both ways.
#include "config/model/secret.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "config/base/text.hpp"

namespace weir::config {
namespace {

// The constant of the disguise, the same in every router since the 1990s and published since.
constexpr std::string_view kKey = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";
constexpr std::size_t kSalts = 16;  // where in the key a text may begin

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

std::optional<unsigned> hex_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10U;
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10U;
    return std::nullopt;
}

unsigned key_at(std::size_t at) {
    return static_cast<unsigned char>(kKey[at % kKey.size()]);
}

// A salt that depends on the password alone.
std::size_t salt_of(std::string_view password) {
    std::size_t sum = password.size();
    for (const char c : password)
        sum = sum * 31 + static_cast<unsigned char>(c);
    return sum % kSalts;
}

std::string disguise(std::string_view password) {
    const std::size_t salt = salt_of(password);
    std::string text{static_cast<char>('0' + salt / 10), static_cast<char>('0' + salt % 10)};
    for (std::size_t i = 0; i < password.size(); ++i) {
        const unsigned byte = static_cast<unsigned char>(password[i]) ^ key_at(salt + i);
        text += kHexDigits[byte >> 4U & 0xFU];
        text += kHexDigits[byte & 0xFU];
    }
    return text;
}

Result<std::string> undisguise(std::string_view text) {
    const auto refuse = [] {
        return fail(ErrorCode::invalid,
                    "a type 7 password is two decimal digits and pairs of hexadecimal digits");
    };
    const auto salt = text::number(text.substr(0, 2));
    if (text.size() < 4 || text.size() % 2 != 0 || !salt || *salt >= kKey.size()) return refuse();
    std::string password;
    for (std::size_t at = 2; at < text.size(); at += 2) {
        const auto high = hex_value(text[at]);
        const auto low = hex_value(text[at + 1]);
        if (!high || !low) return refuse();
        password += static_cast<char>((*high << 4U | *low) ^ key_at(*salt + at / 2 - 1));
    }
    return password;
}

}  // namespace

Result<Secret> secret_of(std::uint8_t type, std::string_view text) {
    if (text.empty()) return fail(ErrorCode::invalid, "the password is empty");
    // A disguised byte takes two digits, and the salt two more.
    if (text.size() > (type == 0 ? kMaxPasswordBytes : 2 * kMaxPasswordBytes + 2))
        return fail(ErrorCode::invalid,
                    "the password is longer than " + std::to_string(kMaxPasswordBytes) + " bytes");
    if (type == 0) return Secret{7, disguise(text)};
    if (type == 7) {
        const auto password = undisguise(text);
        if (!password) return fail(password.error());
    }
    return Secret{type, std::string(text)};
}

std::string to_text(const Secret& secret) {
    return std::to_string(secret.type) + " " + secret.text;
}

Result<std::string> clear_text(const Secret& secret) {
    if (secret.type == 7) return undisguise(secret.text);
    return fail(ErrorCode::invalid,
                "a type 6 password can only be read by the router that wrote it: enter it again");
}

}  // namespace weir::config
