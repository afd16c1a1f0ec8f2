// SPDX-License-Identifier: Apache-2.0
// Redactor: keys and passwords of a message become tokens before anything of it reaches the disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "signaling/api/message.hpp"

namespace weir::signaling {

// The same key gives the same token in one process, so that one sees where it went; a token gives
// itself, so that a replay ends at the same bytes. The salt keeps tokens from being guessed.
// Thread: any.
class Redactor {
public:
    explicit Redactor(std::uint64_t salt) : salt_(salt) {}
    // Whether header() or body() change anything; false for nearly all that passes.
    [[nodiscard]] static bool has_secret(const Header& header);
    [[nodiscard]] static bool has_secret(std::string_view body);
    // The value with a digest's response, cnonce and nonce left out, bearer tokens and passwords
    // too.
    [[nodiscard]] std::string header(const Header& header) const;
    // The body with the keys of a=crypto, a=key-mgmt and k= as tokens. Line lengths may change.
    [[nodiscard]] std::string body(const std::string& body) const;

private:
    [[nodiscard]] std::string token(std::string_view secret) const;
    std::uint64_t salt_;
};

}  // namespace weir::signaling
