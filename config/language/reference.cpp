// SPDX-License-Identifier: Apache-2.0
// The reference page: modes and rows as Markdown.
#include "config/language/reference.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "config/base/text.hpp"
#include "config/language/command.hpp"
#include "config/language/language.hpp"
#include "config/language/without_effect.hpp"

namespace weir::config::language {
namespace {

// The first way through a syntax, arguments by their label: what the closed list is asked.
std::string sample_of(const CommandRow& row) {
    std::string line;
    const auto* next = &row.grammar.first;
    while (!next->empty()) {
        const Position position = next->front();
        const Token& token = row.grammar.tokens[position];
        line += (line.empty() ? "" : " ") +
                (token.kind == ArgumentKind::keyword ? token.text : token.text + token.name);
        if (row.grammar.may_end[position]) break;
        next = &row.grammar.follow[position];
    }
    return line;
}

// What a table cell cannot hold as it is.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '|' ? "\\|" : std::string(1, c);
    return out;
}

// Ranges stand in the syntax; a choice of codecs or causes is longer than a page is wide.
constexpr std::size_t kLongSyntax = 600;

std::string shortened(const std::string& syntax) {
    if (syntax.size() <= kLongSyntax) return syntax;
    const std::size_t cut = syntax.rfind(" | ", kLongSyntax);
    return syntax.substr(0, cut == std::string::npos ? kLongSyntax : cut) + " | ...";
}

// How each row prints in a configuration with nothing in it, when defaults are printed, too.
std::map<std::string, std::string> defaults_of(ModeId mode) {
    std::map<std::string, std::string> defaults;
    if (mode != ModeId::voice_service && mode != ModeId::voice_service_sip &&
        mode != ModeId::sip_ua && mode != ModeId::global)
        return defaults;
    for (const auto& row : mode_of(mode).rows) {
        Printer printer(Config{}, PrintDepth::all);
        Config empty;
        row.print(empty, Scope{mode, 0, "", ""}, printer);
        std::string text = printer.text();
        // A row that opens a mode prints the whole of it; the mode has its own section.
        if (std::count(text.begin(), text.end(), '\n') != 1) continue;
        text.pop_back();
        defaults[row.syntax] = text;
    }
    return defaults;
}

void add_row(std::string& page, ModeId mode, const CommandRow& row,
             const std::map<std::string, std::string>& defaults) {
    const auto standard = defaults.find(row.syntax);
    const WithoutEffect* entry = without_effect(mode, sample_of(row));
    std::string remark = standard == defaults.end() ? "" : "default: `" + standard->second + "`";
    if (entry != nullptr)
        remark += (remark.empty() ? "" : "; ") + std::string("no effect: ") + reason_text(*entry);
    page += "| `" + cell(shortened(row.syntax)) + "` | " + cell(row.help) + " | " + cell(remark) +
            " |\n";
}

}  // namespace

std::string reference_page() {
    std::string page =
        "# The commands of the language\n"
        "\n"
        "This page is written by `weir reference` from the command tables; it is not edited.\n"
        "\n"
        "Notation: `{a | b}` one of them, `[a]` may be left out, `a+` may be repeated, `<1-10>` a\n"
        "number, `<name=kind>` an argument. Keywords may be abbreviated. `no` in front removes a\n"
        "command or switches it off, `default` sets it back. What has no effect is kept, printed\n"
        "again, and listed by `weir check FILE --effects`.\n"
        "\n"
        "In every mode: `exit` leaves it, `end` leaves the configuration, `!` begins a comment.\n";
    for (const auto& mode : all_modes()) {
        page += "\n## " + mode.name + "\n\nPrompt `host(" + mode.prompt + ")#`";
        if (mode.id != ModeId::global) page += ", within " + mode_of(mode.parent).name;
        page += "\n\n| Command | Meaning | Remarks |\n|---|---|---|\n";
        const auto defaults = defaults_of(mode.id);
        for (const auto& row : mode.rows)
            add_row(page, mode.id, row, defaults);
    }
    return page;
}

}  // namespace weir::config::language
