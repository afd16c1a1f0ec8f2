// SPDX-License-Identifier: Apache-2.0
// The walk: abbreviation, priority of keywords over arguments, and the trail back to what was
// bound.
#include "config/language/walk.hpp"

#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "config/language/argument.hpp"
#include "config/language/text_argument.hpp"

namespace weir::config::language {
namespace {

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

const Token& token_of(const std::vector<Contender>& contenders, std::size_t contender,
                      Position position) {
    return contenders[contender].grammar->tokens[position];
}

// Free text takes any word, so an abbreviation never takes it away from a name.
bool is_free_text(ArgumentKind kind) {
    return kind == ArgumentKind::word || kind == ArgumentKind::name || kind == ArgumentKind::line;
}

}  // namespace

std::vector<Word> words_of(std::string_view line) {
    std::vector<Word> words;
    std::size_t at = 0;
    while (at < line.size()) {
        while (at < line.size() && is_blank(line[at]))
            ++at;
        const std::size_t begin = at;
        at += quoted_length(line.substr(at));
        while (at < line.size() && !is_blank(line[at]))
            ++at;
        if (at > begin) words.push_back({line.substr(begin, at - begin), begin});
    }
    return words;
}

Walk::Walk(std::vector<Contender> contenders, std::string_view line)
    : contenders_(std::move(contenders)), line_(line) {
    for (std::size_t i = 0; i < contenders_.size(); ++i)
        threads_.push_back({.contender = i});
}

Walk::Candidates Walk::candidates_for(const Word& word) const {
    Candidates candidates;
    for (const auto& thread : threads_)
        for (const Position position : next(thread)) {
            const Token& token = token_of(contenders_, thread.contender, position);
            if (token.kind != ArgumentKind::keyword)
                candidates.free_text = candidates.free_text || is_free_text(token.kind);
            else if (text::iequals(token.text, word.text))
                candidates.exact = &token.text;
            else if (candidates.exact == nullptr && text::istarts_with(token.text, word.text))
                candidates.add(token.text);
        }
    return candidates;
}

Walk::Step Walk::advance(const Word& word) {
    const Candidates candidates = candidates_for(word);
    if (candidates.exact == nullptr && candidates.abbreviated.size() > 1 &&
        !candidates.free_text) {
        ambiguous_.clear();
        for (const std::string* keyword : candidates.abbreviated)
            ambiguous_.push_back(*keyword);
        std::sort(ambiguous_.begin(), ambiguous_.end());
        return Step::ambiguous;
    }
    std::vector<Thread> after;
    reason_.clear();
    reason_is_telling_ = false;
    for (const auto& thread : threads_) {
        if (thread.started &&
            token_of(contenders_, thread.contender, thread.position).kind == ArgumentKind::line) {
            after.push_back(thread);  // the rest of the line is taken already
            continue;
        }
        for (const Position position : next(thread)) {
            const Token& token = token_of(contenders_, thread.contender, position);
            if (token.kind == ArgumentKind::keyword) {
                if (candidates.accepts(token.text)) take(after, thread, position, word);
                continue;
            }
            const auto checked = check_argument(token, word.text);
            if (checked)
                take(after, thread, position, word);
            else
                note_reason(token, word, checked.error().context);
        }
    }
    if (after.empty()) return Step::invalid;
    threads_ = std::move(after);
    return Step::taken;
}

// The most telling reason stays: of an argument whose prefix was written, else of a name or
// pattern.
void Walk::note_reason(const Token& token, const Word& word, const std::string& why) {
    const bool has_prefix = !token.text.empty();
    if (has_prefix && !text::istarts_with(word.text, token.text)) return;
    const bool telling = has_prefix || token.kind == ArgumentKind::name ||
                         token.kind == ArgumentKind::pattern ||
                         token.kind == ArgumentKind::slashed || token.kind == ArgumentKind::quoted;
    if (!reason_.empty() && !telling) return;
    reason_ = why;
    reason_is_telling_ = telling;
}

std::vector<Possibility> Walk::possibilities() const {
    std::vector<Possibility> result;
    for (const auto& thread : threads_)
        for (const Position position : next(thread))
            result.push_back(
                {thread.contender, &token_of(contenders_, thread.contender, position)});
    return result;
}

std::vector<std::size_t> Walk::finished() const {
    std::vector<std::size_t> result;
    for (const auto& thread : threads_)
        if (may_end(thread)) result.push_back(thread.contender);
    return result;
}

std::vector<Binding> Walk::bindings(std::size_t contender) const {
    for (const auto& thread : threads_)
        if (thread.contender == contender && may_end(thread)) return trail_of(thread);
    return {};
}

std::vector<Binding> Walk::trail() const {
    return threads_.empty() ? std::vector<Binding>{} : trail_of(threads_.front());
}

std::vector<Binding> Walk::trail_of(const Thread& thread) const {
    std::vector<Binding> result;
    for (std::size_t at = thread.taken; at != kNone; at = taken_[at].before)
        result.push_back(taken_[at].binding);
    std::reverse(result.begin(), result.end());
    return result;
}

const std::vector<Position>& Walk::next(const Thread& thread) const {
    const Grammar& grammar = *contenders_[thread.contender].grammar;
    return thread.started ? grammar.follow[thread.position] : grammar.first;
}

bool Walk::may_end(const Thread& thread) const {
    if (!thread.started) return false;
    const Contender& contender = contenders_[thread.contender];
    if (contender.may_end_after > 0 && thread.words >= contender.may_end_after) return true;
    return contender.grammar->may_end[thread.position];
}

void Walk::take(std::vector<Thread>& into, const Thread& from, Position position,
                const Word& word) {
    // Two ways to the same state mean the same from here on: the first one stays, so the walk
    // never holds more threads than there are positions.
    const bool known = std::any_of(into.begin(), into.end(), [&](const Thread& other) {
        return other.contender == from.contender && other.started && other.position == position;
    });
    if (known) return;
    const Token& token = token_of(contenders_, from.contender, position);
    std::string value;
    if (token.kind == ArgumentKind::keyword)
        value = token.text;
    else if (token.kind == ArgumentKind::line)
        value = text::trim(line_.substr(word.at));
    else
        value = word.text.substr(token.text.size());
    taken_.push_back({from.taken, {&token, std::move(value), word.at}});
    into.push_back({from.contender, true, position, from.words + 1, taken_.size() - 1});
}

}  // namespace weir::config::language
