// SPDX-License-Identifier: Apache-2.0
// The tables of all modes in one place.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <utility>

#include "config/language/command.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {

namespace {

constexpr std::size_t kLetters = 128;  // ASCII

// Loading a large configuration would otherwise walk each line through all rows of its mode.
void index_rows(Mode& mode) {
    mode.rows_by_letter.resize(kLetters);
    for (std::size_t i = 0; i < mode.rows.size(); ++i) {
        const Grammar& grammar = mode.rows[i].grammar;
        std::set<std::size_t> letters;
        for (const Position position : grammar.first) {
            const std::string& text = grammar.tokens[position].text;
            if (!text.empty())
                letters.insert(letter_of(text));
            else
                for (std::size_t letter = 0; letter < kLetters; ++letter)
                    letters.insert(letter);  // an argument may begin with anything
        }
        for (const std::size_t letter : letters)
            mode.rows_by_letter[letter].push_back(static_cast<std::uint16_t>(i));
    }
}

std::vector<Mode> modes_by_id() {
    std::vector<Mode> modes;
    for (auto* const part :
         {global_modes, voice_service_modes, voice_class_modes, media_modes, interface_modes,
          dial_peer_modes, tenant_modes, sip_ua_modes, kept_network_modes, kept_security_modes,
          kept_hardware_modes, kept_voice_modes})
        for (Mode& mode : part())
            modes.push_back(std::move(mode));
    std::sort(modes.begin(), modes.end(), [](const Mode& a, const Mode& b) { return a.id < b.id; });
    for (std::size_t i = 0; i < modes.size(); ++i)
        WEIR_ASSERT(modes[i].id == static_cast<ModeId>(i));
    WEIR_ASSERT(modes.size() == kModeCount);
    for (Mode& mode : modes)
        index_rows(mode);
    return modes;
}

}  // namespace

const std::vector<Mode>& all_modes() {
    static const std::vector<Mode> modes = modes_by_id();
    return modes;
}

std::size_t letter_of(std::string_view word) {
    const char first = word.empty() ? '\0' : word.front();
    if (first >= 'A' && first <= 'Z') return static_cast<std::size_t>(first - 'A' + 'a');
    return first < 0 ? 0 : static_cast<std::size_t>(first);
}

const Mode& mode_of(ModeId id) {
    return all_modes()[static_cast<std::size_t>(id)];
}

std::string_view prompt_of(ModeId mode) {
    return mode_of(mode).prompt;
}

Grammar grammar_of_row(const std::string& syntax) {
    auto grammar = Grammar::parse(syntax);
    if (!grammar) std::fprintf(stderr, "%s\n", grammar.error().context.c_str());
    WEIR_ASSERT(grammar.has_value());
    return *std::move(grammar);
}

}  // namespace weir::config::language
