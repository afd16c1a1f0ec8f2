// SPDX-License-Identifier: Apache-2.0
// The reference page of the language, made from the command tables.
#pragma once

#include <string>

namespace weir::config::language {

// Markdown: a section for each mode, a line for each row with its syntax, its help, what it prints
// by default and why it has no effect, if it has none. REFERENCE.md of this folder is this text; a
// test says so. Thread: any.
[[nodiscard]] std::string reference_page();

}  // namespace weir::config::language
