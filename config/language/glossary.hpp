// SPDX-License-Identifier: Apache-2.0
// Help texts of keywords that several commands share, or that stand inside a command.
#pragma once

#include <string>
#include <string_view>

#include "config/language/command.hpp"

namespace weir::config::language {

// What help says about a token of a row. The last fixed keyword of a row has the help of the row,
// other keywords have an entry in the glossary, arguments speak for their kind.
[[nodiscard]] std::string help_of(const CommandRow& row, const Token& token);

// The glossary alone; empty if the keyword has no entry.
[[nodiscard]] std::string_view glossary(std::string_view keyword);

}  // namespace weir::config::language
