// SPDX-License-Identifier: Apache-2.0
// Words at the beginning of a line.
#pragma once

#include <string_view>

namespace weir::config::language {

// Whether a text is these words, or goes on behind them.
[[nodiscard]] constexpr bool begins_with_words(std::string_view text, std::string_view words) {
    return text.starts_with(words) && (text.size() == words.size() || text[words.size()] == ' ');
}

}  // namespace weir::config::language
