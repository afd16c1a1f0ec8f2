// SPDX-License-Identifier: Apache-2.0
// What to type instead of a line that no mode took: one sentence, or nothing.
#pragma once

#include <string>
#include <vector>

#include "config/language/matching.hpp"

namespace weir::config::language {

// `modes`: from the outermost to the one whose mismatch it is. "": nothing comes to mind. It costs
// more than the match: for lines that will be shown.
[[nodiscard]] std::string hint_of(const Statement& statement, const std::vector<ModeId>& modes,
                                  const Mismatch& mismatch);

}  // namespace weir::config::language
