// SPDX-License-Identifier: Apache-2.0
// Finds the right edge of a screen and what stands behind it.
#include "config/import/wrapped.hpp"

#include <algorithm>
#include <array>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/import/foreign.hpp"
#include "config/language/command.hpp"
#include "config/language/matching.hpp"

namespace weir::config {
namespace {

using Kind = CaptureLine::Kind;

// Columns of a terminal: what programs have unless somebody says otherwise.
constexpr std::array<std::size_t, 2> kWidths{80, 132};

// Letters, not bytes: a letter of UTF-8 has one byte that is no continuation.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

// 0: nothing was broken.
std::size_t width_of(const std::vector<CaptureLine>& lines) {
    std::size_t longest = 0;
    for (const CaptureLine& line : lines)
        if (line.kind == Kind::configuration) longest = std::max(longest, columns(line.text));
    return std::find(kWidths.begin(), kWidths.end(), longest) == kWidths.end() ? 0 : longest;
}

// Whether the text is a command by itself, in whatever mode.
bool is_command(std::string_view text) {
    const language::Statement statement = language::statement_of(text);
    if (statement.words.empty() || foreign("", text) != nullptr) return true;
    const std::string_view word = statement.words.front().text;
    if (text::iequals(word, "exit") || text::iequals(word, "end")) return true;
    const auto& modes = language::all_modes();
    return std::any_of(modes.begin(), modes.end(), [&](const language::Mode& mode) {
        return language::match_in(mode, statement).row != nullptr;
    });
}

}  // namespace

void join_wrapped(std::vector<CaptureLine>& lines) {
    const std::size_t width = width_of(lines);
    if (width == 0) return;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        CaptureLine& line = lines[at];
        if (line.kind != Kind::configuration || columns(line.text) != width) continue;
        std::size_t next = at + 1;
        for (bool full = true; full && next < lines.size(); ++next) {
            CaptureLine& piece = lines[next];
            if (piece.kind != Kind::configuration || is_command(piece.text) ||
                line.text.size() + piece.text.size() > kConfigMaxLine)
                break;
            full = columns(piece.text) == width;
            line.text += piece.text;
            piece.kind = Kind::surroundings;
            piece.note = "end of the line above, which the terminal broke at its right edge";
        }
        if (next > at + 1) line.note = "joined with what the terminal broke off at its right edge";
        at = next - 1;
    }
}

}  // namespace weir::config
