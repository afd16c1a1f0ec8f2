// SPDX-License-Identifier: Apache-2.0
// The kinds of arguments: what each accepts, and how help shows it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "config/language/grammar.hpp"

namespace weir::config::language {

// Whether a word of a line is acceptable as this argument (not a keyword). The error says what is
// expected, without place. Thread: any. Errors: invalid.
[[nodiscard]] Result<void> check_argument(const Token& token, std::string_view word);

// As help shows the token: "<0-10>", "A.B.C.D", "WORD", "ipv4:A.B.C.D[:port]", or the keyword.
[[nodiscard]] std::string argument_label(const Token& token);
[[nodiscard]] std::string argument_help(const Token& token);

// The length of a contiguous mask: 24 for 255.255.255.0.
[[nodiscard]] Result<std::uint8_t> mask_length(std::string_view mask);
// The reverse, for printing. `length` 0..32.
[[nodiscard]] std::string mask_text(std::uint8_t length);
// A comma list: "8000,8001," = {8000, 8001}; empty where a piece is no number.
[[nodiscard]] std::vector<std::uint64_t> comma_numbers(std::string_view word);

}  // namespace weir::config::language
