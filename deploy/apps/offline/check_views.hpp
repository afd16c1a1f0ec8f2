// SPDX-License-Identifier: Apache-2.0
// weir check --print and --effects, and weir reference.
#pragma once

#include <string>

#include "config/language/effects.hpp"

namespace weir::apps {

// The canonical running configuration of a file on stdout, its diagnostics on stderr. `all` writes
// the defaults, too. 0: the file is good. 1: it has errors.
[[nodiscard]] int print_config_command(const std::string& file, bool all);

// Every line of a file that has no effect, with its place and reason. The same exit status.
[[nodiscard]] int effects_command(const std::string& file, bool json);

// "FILE:12: call spike 60: not yet: admission control", and a count by reason at the end.
[[nodiscard]] std::string effects_text(const std::string& file,
                                       const config::language::EffectsResult& effects);
// {"file", "lines": [{"line", "mode", "command", "reason", "work", "text"}], "errors"} on one line.
[[nodiscard]] std::string effects_json(const std::string& file,
                                       const config::language::EffectsResult& effects);

// All commands of the language as Markdown.
[[nodiscard]] int reference_command();

}  // namespace weir::apps
