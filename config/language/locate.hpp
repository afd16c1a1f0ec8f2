// SPDX-License-Identifier: Apache-2.0
// Where the findings of later checks stand in the text of a configuration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/language/language.hpp"
#include "config/model/validate.hpp"

namespace weir::config::language {

// A diagnostic for each finding, in their order: with the last line of its block that begins with
// its command, or with fewer words of it, else the head of the block; line 0 when the text has
// neither. Reads the text once more; the bounds are those of read_text. Thread: any.
[[nodiscard]] std::vector<Diagnostic> locate(std::string_view text, const std::string& file_name,
                                             const std::vector<Finding>& findings);

}  // namespace weir::config::language
