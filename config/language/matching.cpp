// SPDX-License-Identifier: Apache-2.0
// Matching a line, and the sentences about what does not match.
#include "config/language/matching.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "config/base/text.hpp"
#include "config/language/argument.hpp"

namespace weir::config::language {
namespace {

constexpr std::size_t kExpectedShown = 8;        // alternatives named in a sentence
constexpr std::size_t kDefaultAbbreviation = 3;  // "def" is default, "de" could be description

std::string double_quoted(std::string_view word) {
    return "\"" + text::printable(word, 60) + "\"";
}

// "bytes, offer-all or <cr>"
std::string listing(const std::vector<std::string>& items) {
    std::string text;
    const std::size_t shown = std::min(items.size(), kExpectedShown);
    for (std::size_t i = 0; i < shown; ++i)
        text += (i == 0 ? "" : i + 1 == items.size() ? " or " : ", ") + items[i];
    if (shown < items.size()) text += " and " + std::to_string(items.size() - shown) + " others";
    return text;
}

std::vector<std::string> labels(const std::vector<Possibility>& possibilities) {
    std::vector<std::string> result;
    for (const auto& [contender, token] : possibilities) {
        auto label = argument_label(*token);
        if (std::find(result.begin(), result.end(), label) == result.end())
            result.push_back(std::move(label));
    }
    return result;
}

std::vector<std::string> keywords(const std::vector<Possibility>& possibilities) {
    std::set<std::string> result;
    for (const auto& [contender, token] : possibilities)
        if (!token->text.empty()) result.insert(token->text);
    return {result.begin(), result.end()};
}

std::string invalid_text(const Mode& mode, const Walk& walk, const Word& word,
                         std::size_t understood) {
    const std::string ios = "% Invalid input detected at '^' marker. ";
    if (understood == 0)
        return ios + "There is no command " + double_quoted(word.text) + " in " + mode.name;
    const auto possible = walk.possibilities();
    if (possible.empty()) return ios + "The command is complete before " + double_quoted(word.text);
    if (walk.reason_is_telling() || (!walk.reason().empty() && keywords(possible).empty()))
        return ios + walk.reason();
    return ios + "Expected " + listing(labels(possible)) + " in place of " +
           double_quoted(word.text);
}

// "destination" was read as "destination-pattern": the reader may have meant another command.
std::string abbreviation_before(const Walk& walk, const Statement& statement) {
    const auto trail = walk.trail();
    for (std::size_t i = trail.size(); i-- > 0;)
        if (trail[i].token->kind == ArgumentKind::keyword &&
            !text::iequals(trail[i].value, statement.words[i].text))
            return double_quoted(statement.words[i].text) + " was read as " +
                   double_quoted(trail[i].value);
    return "";
}

Mismatch mismatch_at(const Mode& mode, const Walk& walk, Walk::Step step,
                     const Statement& statement, std::size_t understood) {
    const Word& word = statement.words[understood];
    Mismatch mismatch{.words = understood, .column = word.at + 1};
    mismatch.expected = keywords(walk.possibilities());
    mismatch.abbreviation = abbreviation_before(walk, statement);
    if (step == Walk::Step::ambiguous) {
        mismatch.kind = Mismatch::Kind::ambiguous;
        mismatch.text = "% Ambiguous command:  " + double_quoted(text::trim(statement.line)) +
                        ": " + double_quoted(word.text) + " can be " + listing(walk.ambiguous());
    } else {
        mismatch.text = invalid_text(mode, walk, word, understood);
    }
    return mismatch;
}

// Among the rows that the whole line fits, the one with more keywords: they were meant.
std::size_t best_of(const Walk& walk, const std::vector<std::size_t>& finished) {
    if (finished.size() == 1) return finished.front();
    const auto keyword_count = [&](std::size_t contender) {
        const auto bindings = walk.bindings(contender);
        return std::count_if(bindings.begin(), bindings.end(), [](const Binding& binding) {
            return binding.token->kind == ArgumentKind::keyword;
        });
    };
    return *std::max_element(finished.begin(), finished.end(), [&](std::size_t a, std::size_t b) {
        return keyword_count(a) < keyword_count(b);
    });
}

}  // namespace

bool is_abbreviated(const Statement& statement, const Match& match) {
    return !text::iequals(statement.words.front().text, match.words.all().front().value);
}

Statement statement_of(std::string_view line) {
    Statement statement{.line = line, .words = words_of(line)};
    if (statement.words.empty()) return statement;
    const auto first = statement.words.front().text;
    if (text::iequals(first, "no"))
        statement.form = Form::no;
    else if (first.size() >= kDefaultAbbreviation && text::istarts_with("default", first))
        statement.form = Form::restore;
    if (statement.form != Form::set) statement.words.erase(statement.words.begin());
    return statement;
}

std::vector<Contender> contenders_of(const Mode& mode, Form form) {
    std::vector<Contender> contenders;
    for (const auto& row : mode.rows)
        contenders.push_back({&row.grammar, form == Form::set ? 0 : row.key_words});
    return contenders;
}

Match match_quickly(const Mode& mode, const Statement& statement) {
    Match match;
    if (statement.words.empty()) return match;
    const auto& rows = mode.rows_by_letter[letter_of(statement.words.front().text)];
    std::vector<Contender> contenders;
    contenders.reserve(rows.size());
    for (const auto row : rows)
        contenders.push_back(
            {&mode.rows[row].grammar, statement.form == Form::set ? 0 : mode.rows[row].key_words});
    Walk walk(std::move(contenders), statement.line);
    for (std::size_t i = 0; i < statement.words.size(); ++i) {
        const auto step = walk.advance(statement.words[i]);
        if (step == Walk::Step::taken) continue;
        match.mismatch.kind =
            step == Walk::Step::ambiguous ? Mismatch::Kind::ambiguous : Mismatch::Kind::invalid;
        match.mismatch.words = i;
        return match;
    }
    const auto finished = walk.finished();
    if (finished.empty()) {
        match.mismatch.kind = Mismatch::Kind::incomplete;
        match.mismatch.words = statement.words.size();
        return match;
    }
    const std::size_t best = best_of(walk, finished);
    match.row = &mode.rows[rows[best]];
    match.words = Words(walk.bindings(best));
    return match;
}

Mismatch mismatch_of(const Mode& mode, const Statement& statement) {
    Walk walk(contenders_of(mode, statement.form), statement.line);
    for (std::size_t i = 0; i < statement.words.size(); ++i) {
        const auto step = walk.advance(statement.words[i]);
        if (step != Walk::Step::taken) return mismatch_at(mode, walk, step, statement, i);
    }
    const auto possible = walk.possibilities();
    return {.kind = Mismatch::Kind::incomplete,
            .words = statement.words.size(),
            .column = statement.line.size() + 1,
            .text = "% Incomplete command. Expected " + listing(labels(possible)),
            .abbreviation = {},
            .expected = {}};
}

Match match_in(const Mode& mode, const Statement& statement) {
    Match match = match_quickly(mode, statement);
    if (match.row == nullptr) match.mismatch = mismatch_of(mode, statement);
    return match;
}

}  // namespace weir::config::language
