// SPDX-License-Identifier: Apache-2.0
// Reads a text and looks each accepted line up in the closed list.
#include "config/language/effects.hpp"

#include <optional>
#include <utility>

#include "config/language/reader.hpp"

namespace weir::config::language {

EffectsResult read_effects(std::string_view text, const std::string& file_name) {
    EffectsResult result;
    result.reading = read_watched(text, file_name, [&](const Reader::Accepted& accepted) {
        if (const WithoutEffect* entry = without_effect(accepted.mode, accepted.canonical))
            result.lines.push_back({accepted.line, accepted.mode, accepted.canonical, entry});
    });
    return result;
}

EffectsResult read_effects_of_file(const std::string& path) {
    const auto text = text_of_file(path);
    if (text) return read_effects(*text, path);
    EffectsResult result;
    result.reading.diagnostics.push_back({.file = path, .text = text.error().context});
    return result;
}

}  // namespace weir::config::language
