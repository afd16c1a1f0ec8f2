// SPDX-License-Identifier: Apache-2.0
// Typed lines: the same tables as reading a file, without indentation and without places.
#include "config/language/line_editor.hpp"

#include <algorithm>
#include <utility>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/language/hints.hpp"
#include "config/language/lines.hpp"

namespace weir::config::language {
namespace {

using Kind = LineEditor::Kind;

// As on a terminal: the line, the caret below the column, the sentence.
LineEditor::Outcome refusal(std::string_view line, std::size_t column, const std::string& text,
                            const std::string& suggestion = "") {
    const Diagnostic diagnostic{
        .line = 1, .column = static_cast<std::uint32_t>(column), .source_line = std::string(line)};
    std::string out = print_diagnostic(diagnostic);
    out.erase(0, out.find('\n') + 1);  // the place: a typed line has none
    out += (text.starts_with("%") ? "" : "% ") + text + "\n";
    if (!suggestion.empty()) out += "  " + suggestion + "\n";
    return {Kind::refused, std::move(out), ""};
}

bool is_word(const Statement& statement, std::string_view word) {
    return statement.form == Form::set && statement.words.size() == 1 &&
           text::iequals(statement.words.front().text, word);
}

}  // namespace

LineEditor::Outcome LineEditor::line(std::string_view text, Config& config) {
    while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' '))
        text.remove_suffix(1);
    if (text.size() > kConfigMaxLine)
        return refusal("", 1,
                       "The line is longer than " + std::to_string(kConfigMaxLine) + " bytes");
    if (const auto bad = bad_byte(text)) return refusal(text, bad->at + 1, bad->text);
    const std::size_t indent = indentation(text);
    if (indent == text.size() || text[indent] == '!') return {};
    const Statement statement = statement_of(text);
    if (statement.words.empty())
        return refusal(text, text.size() + 1, "% Incomplete command. Expected a command");
    if (is_word(statement, "end")) {
        to_global();
        return {Kind::left, "", ""};
    }
    if (is_word(statement, "exit")) {
        if (frames_.empty()) return {Kind::left, "", ""};
        frames_.pop_back();
        return {Kind::moved, "", ""};
    }
    return this->statement(statement, config);
}

Scope LineEditor::scope_at(std::size_t level) const {
    return level == 0 ? Scope{} : frames_[level - 1].scope;
}

LineEditor::Outcome LineEditor::statement(const Statement& statement, Config& config) {
    std::vector<Match> matches(frames_.size() + 1);
    bool only_exact = false;
    for (std::size_t level = matches.size(); level-- > 0;) {
        matches[level] = match_in(mode_of(scope_at(level).mode), statement);
        const Match& match = matches[level];
        if (match.row && !(only_exact && is_abbreviated(statement, match)))
            return execute(statement, level, match, config);
        // What is ambiguous in a mode must not become an abbreviation of something outside of it.
        if (match.row) matches[level] = matches[level + 1];
        only_exact = only_exact || match.mismatch.kind == Mismatch::Kind::ambiguous;
    }
    return refuse(statement, matches);
}

LineEditor::Outcome LineEditor::execute(const Statement& statement, std::size_t level,
                                        const Match& match, Config& config) {
    Edit edit{config, scope_at(level), {"", 0}};
    const std::string canonical = match.words.canonical();
    if (statement.form != Form::set) {
        (statement.form == Form::no ? match.row->no : match.row->restore)(match.words, edit);
        frames_.resize(level);
        return {Kind::changed, "", (statement.form == Form::no ? "no " : "default ") + canonical};
    }
    auto opened = match.row->read(match.words, edit);
    if (!opened) {
        const auto& bindings = match.words.all();
        const auto argument = std::find_if(
            bindings.begin(), bindings.end(),
            [](const Binding& binding) { return binding.token->kind != ArgumentKind::keyword; });
        const std::size_t at =
            argument == bindings.end() ? indentation(statement.line) : argument->at;
        return refusal(statement.line, at + 1, opened.error().context);
    }
    frames_.resize(level);
    if (!*opened) return {Kind::changed, "", canonical};
    if ((*opened)->leaves) {  // `quit` behind a certificate
        frames_.pop_back();
        return {Kind::changed, "", canonical};
    }
    frames_.push_back({**opened, std::string(statement.line)});
    return {Kind::opened, "", canonical};
}

LineEditor::Outcome LineEditor::refuse(const Statement& statement,
                                       const std::vector<Match>& matches) const {
    // The innermost mode speaks, unless one around it has understood more of the line.
    std::size_t blamed = matches.size() - 1;
    for (std::size_t level = 0; level < matches.size(); ++level)
        if (matches[level].mismatch.words > matches[blamed].mismatch.words) blamed = level;
    const Mismatch& mismatch = matches[blamed].mismatch;
    std::vector<ModeId> modes;
    for (std::size_t level = 0; level <= blamed; ++level)
        modes.push_back(scope_at(level).mode);
    const std::string hint = hint_of(statement, modes, mismatch);
    return refusal(statement.line, mismatch.column, mismatch.text, hint);
}

bool LineEditor::enter_again(Config& config) {
    const auto frames = std::exchange(frames_, {});
    for (const Frame& frame : frames) {
        if (line(frame.head, config).kind == Kind::opened) continue;
        to_global();
        return false;
    }
    return true;
}

ModeId LineEditor::mode() const {
    return scope_at(frames_.size()).mode;
}

std::vector<std::string> LineEditor::heads() const {
    std::vector<std::string> heads;
    for (const Frame& frame : frames_)
        heads.push_back(frame.head);
    return heads;
}

}  // namespace weir::config::language
