// SPDX-License-Identifier: Apache-2.0
// Which lines of a configuration change nothing, with their reasons: `weir check --effects`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/language/language.hpp"
#include "config/language/without_effect.hpp"

namespace weir::config::language {

struct LineWithoutEffect {
    std::uint32_t line = 0;                // 1-based, of the text
    ModeId mode = ModeId::global;          // whose command it is
    std::string text{};                    // canonical, with its keywords in full
    const WithoutEffect* entry = nullptr;  // never null; lives as long as the program
};

struct EffectsResult {
    ReadResult reading;                    // as read_text gives it
    std::vector<LineWithoutEffect> lines;  // in the order of the text
};

// A line is listed although a later one takes its place: it changes nothing either way. Lines that
// were refused are diagnostics of the reading, not here. Bounds and thread as read_text.
[[nodiscard]] EffectsResult read_effects(std::string_view text, const std::string& file_name);
[[nodiscard]] EffectsResult read_effects_of_file(const std::string& path);

}  // namespace weir::config::language
