// SPDX-License-Identifier: Apache-2.0
// Digit manipulation that is no translation rule: num-exp and the rules of pots peers (spec A.3).
#pragma once

#include <string>
#include <string_view>

#include "config/model/config.hpp"
#include "dialplan/compiled.hpp"

namespace weir::dialplan {

// `num-exp`: the called number expanded, or as it was when no expansion fits. The one with most
// explicit digits is taken, of equals the first written; it must cover the whole number, and each
// dot of the result is the digit under the same dot, counted from the left, of the pattern.
[[nodiscard]] std::string expand_number(const Compiled& plan, std::string_view called);

// The explicit digits at the left of a pattern, with a leading plus: what digit-strip removes.
[[nodiscard]] std::string left_digits(std::string_view pattern);

// What a pots peer sends: forward-digits, else digit-strip, then prefix. Calls through a dial-peer
// group keep their digits (spec A.8).
[[nodiscard]] std::string pots_digits(std::string_view called, const config::DialPeer& peer,
                                      bool by_group);

}  // namespace weir::dialplan
