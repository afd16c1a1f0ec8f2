// SPDX-License-Identifier: Apache-2.0
// Help and completion: the same walk as reading, stopped at the last word.
#include <algorithm>

#include "config/base/text.hpp"
#include "config/language/argument.hpp"
#include "config/language/glossary.hpp"
#include "config/language/language.hpp"
#include "config/language/matching.hpp"

namespace weir::config::language {
namespace {

void add(std::vector<HelpItem>& items, HelpItem item) {
    const auto same = [&](const HelpItem& other) { return other.word == item.word; };
    if (std::none_of(items.begin(), items.end(), same)) items.push_back(std::move(item));
}

// Words that every mode has; `no` and `default` only begin a line.
void add_common(std::vector<HelpItem>& items, std::string_view begun) {
    for (const char* word : {"no", "default", "exit", "end"})
        if (text::istarts_with(word, begun)) add(items, {word, std::string(glossary(word)), true});
}

}  // namespace

std::vector<HelpItem> help(ModeId mode_id, std::string_view partial_line) {
    const Mode& mode = mode_of(mode_id);
    Statement statement = statement_of(partial_line);
    const bool at_blank =
        partial_line.empty() || partial_line.back() == ' ' || partial_line.back() == '\t';
    const bool only_form = statement.form != Form::set && statement.words.empty();
    std::vector<HelpItem> items;
    if (only_form && !at_blank) {  // "no", "def": a word that is still being typed
        add_common(items, text::trim(partial_line));
        return items;
    }
    std::string_view begun;
    if (!at_blank) {
        begun = statement.words.back().text;
        statement.words.pop_back();
    }
    Walk walk(contenders_of(mode, statement.form), partial_line);
    for (const auto& word : statement.words)
        if (walk.advance(word) != Walk::Step::taken) return {};
    for (const auto& [contender, token] : walk.possibilities()) {
        const bool keyword = token->kind == ArgumentKind::keyword;
        const bool fits = keyword ? text::istarts_with(token->text, begun)
                                  : begun.empty() || text::istarts_with(token->text, begun) ||
                                        check_argument(*token, begun).has_value();
        if (fits)
            add(items, {argument_label(*token), help_of(mode.rows[contender], *token), keyword});
    }
    if (statement.words.empty() && statement.form == Form::set) add_common(items, begun);
    std::sort(items.begin(), items.end(),
              [](const auto& a, const auto& b) { return a.word < b.word; });
    if (at_blank && !walk.finished().empty())
        items.push_back({"<cr>", std::string(glossary("<cr>")), false});
    return items;
}

std::vector<std::string> complete(ModeId mode, std::string_view partial_line) {
    std::vector<std::string> words;
    for (const auto& item : help(mode, partial_line))
        if (item.keyword) words.push_back(item.word);
    return words;
}

}  // namespace weir::config::language
