// SPDX-License-Identifier: Apache-2.0
// One line of a capture against the tables of the language.
#include "config/import/line_reader.hpp"

#include <algorithm>
#include <utility>

#include "config/base/text.hpp"
#include "config/import/foreign.hpp"
#include "config/import/import_limits.hpp"
#include "config/language/lines.hpp"
#include "config/language/without_effect.hpp"

namespace weir::config {
namespace {

using language::Form;
using language::Match;
using language::Statement;

// "% Invalid input detected at '^' marker. Expected X": the report has no marker.
std::string without_ios_words(std::string text) {
    for (const std::string_view words :
         {"% Invalid input detected at '^' marker. ", "% Incomplete command. ",
          "% Invalid input detected at '^' marker.", "% Incomplete command."})
        if (text.starts_with(words)) text.erase(0, words.size());
    return text;
}

bool says(const std::string& canonical, const std::string& command) {
    return canonical.starts_with(command) &&
           (canonical.size() == command.size() || canonical[command.size()] == ' ');
}

LineOutcome refused(LineOutcome outcome, LineOutcome::Kind kind, std::string reason) {
    outcome.kind = kind;
    outcome.reason = without_ios_words(std::move(reason));
    return outcome;
}

}  // namespace

// Whether the text itself does not say how deep the line stands.
bool LineReader::is_flat(const CaptureLine& source) const {
    return !indented_ || !source.indent_is_known;
}

// The blocks that the line no longer belongs to: by its indentation; without it, a block that is
// not read ends where a global command begins.
void LineReader::leave_blocks(const CaptureLine& source, std::size_t indent) {
    if (!is_flat(source)) {
        while (frames_.size() > 1 && frames_.back().indent >= indent)
            frames_.pop_back();
        return;
    }
    if (frames_.back().unread_head == 0) return;
    const Statement statement = language::statement_of(source.text);
    const auto& global = language::mode_of(language::ModeId::global);
    if (foreign("", source.text) != nullptr || language::match_in(global, statement).row != nullptr)
        frames_.resize(1);
}

// The mode that takes the line: by indentation the innermost; without it also those around it.
LineReader::Found LineReader::find(const Statement& statement, bool flat) const {
    Found best{frames_.size() - 1, {}};
    best.match = language::match_in(language::mode_of(frames_.back().scope.mode), statement);
    if (best.match.row != nullptr || !flat) return best;
    for (std::size_t level = frames_.size() - 1; level-- > 0;) {
        Match match = language::match_in(language::mode_of(frames_[level].scope.mode), statement);
        const bool better =
            match.row != nullptr || match.mismatch.words > best.match.mismatch.words;
        if (!better) continue;
        best = {level, std::move(match)};
        if (best.match.row != nullptr) break;
    }
    return best;
}

// A line that stands deeper than the one above it, which opened no mode: it belongs to that one.
// In a sub-mode only where the mode does not know it: routers indent a little freely there.
void LineReader::leave_or_enter_below(const CaptureLine& source, std::size_t indent) {
    const Last above = std::exchange(last_, {source.number, indent, false});
    if (is_flat(source) || above.opened || above.number == 0 || indent <= above.indent) return;
    if (frames_.back().unread_head != 0) return;
    const Statement statement = language::statement_of(source.text);
    if (frames_.size() > 1 && find(statement, false).match.row != nullptr) return;
    if (frames_.size() < kMaxDepth)
        frames_.push_back({frames_.back().scope, above.indent, above.number});
}

std::string LineReader::block_of_top() const {
    return frames_.back().scope.title;
}

void LineReader::open_unread(const CaptureLine& source, std::size_t indent) {
    if (frames_.size() >= kMaxDepth) return;
    frames_.push_back({frames_.back().scope, indent, source.number});
}

LineOutcome LineReader::line(const CaptureLine& source, bool drop) {
    const std::size_t indent = language::indentation(source.text);
    leave_blocks(source, indent);
    leave_or_enter_below(source, indent);
    LineOutcome outcome;
    outcome.block = block_of_top();
    outcome.outer_block = frames_.size() > 1 ? frames_[1].scope.title : "";
    if (frames_.back().unread_head != 0) {
        outcome.kind = LineOutcome::Kind::below;
        outcome.head = frames_.back().unread_head;
        return outcome;
    }
    const Statement statement = language::statement_of(source.text);
    outcome.is_negative = statement.form != Form::set;
    if (statement.words.empty())
        return refused(outcome, LineOutcome::Kind::wrong, "there is no command behind it");
    const std::string_view word = statement.words.front().text;
    if (statement.words.size() == 1 && !outcome.is_negative &&
        (text::iequals(word, "exit") || text::iequals(word, "end") ||
         text::istarts_with(word, "exit-"))) {
        if (text::iequals(word, "end")) frames_.resize(1);
        if (frames_.size() > 1) frames_.pop_back();
        outcome.kind = LineOutcome::Kind::moved;
        return outcome;
    }
    if (drop) {
        open_unread(source, indent);
        outcome.kind = LineOutcome::Kind::dropped;
        return outcome;
    }
    const bool flat = is_flat(source);
    Found found = find(statement, flat);
    if (found.match.row != nullptr) return execute(source, statement, found);
    return not_found(source, std::move(outcome), found.match.mismatch);
}

// A line that no mode takes: the head of a block, as far as the text can tell.
LineOutcome LineReader::not_found(const CaptureLine& source, LineOutcome outcome,
                                  const language::Mismatch& mismatch) {
    const std::size_t indent = language::indentation(source.text);
    if (is_flat(source)) {
        const Foreign* global = foreign(outcome.block, source.text);
        if (global == nullptr || global->words.empty()) global = foreign("", source.text);
        if (global != nullptr && global->block.empty()) {
            frames_.resize(1);
            outcome.block.clear();
            if (global->opens_block) open_unread(source, indent);
        }
    } else {
        open_unread(source, indent);
    }
    return refused(outcome,
                   mismatch.words == 0 ? LineOutcome::Kind::unknown : LineOutcome::Kind::wrong,
                   mismatch.text);
}

LineOutcome LineReader::execute(const CaptureLine& source, const Statement& statement,
                                Found& found) {
    frames_.resize(found.level + 1);
    LineOutcome outcome;
    const language::Scope scope = frames_.back().scope;
    const std::size_t outer = frames_.back().indent;
    outcome.block = scope.title;
    outcome.outer_block = frames_.size() > 1 ? frames_[1].scope.title : "";
    outcome.is_negative = statement.form != Form::set;
    const language::CommandRow& row = *found.match.row;
    language::Edit edit{config_, scope, {"", source.number}};
    const std::string canonical = found.match.words.canonical();
    outcome.canonical = (statement.form == Form::no ? "no " : "") + canonical;
    const std::size_t indent = language::indentation(source.text);
    if (outcome.is_negative) {
        (statement.form == Form::no ? row.no : row.restore)(found.match.words, edit);
    } else {
        auto opened = row.read(found.match.words, edit);
        if (!opened) {
            if (indented_) open_unread(source, indent);
            return refused(outcome, LineOutcome::Kind::wrong, opened.error().context);
        }
        const bool leaves = *opened && (*opened)->leaves;
        if (leaves && frames_.size() > 1) frames_.pop_back();
        if (leaves) opened->reset();
        last_.opened = opened->has_value();
        if (*opened) heads_[(*opened)->title] = source.number;
        if (*opened && frames_.size() < kMaxDepth)
            frames_.push_back(
                {**opened, source.indent_is_known || frames_.size() == 1 ? indent : outer + 1, 0});
    }
    written_[scope.title].push_back({canonical, source.number});
    if (const auto* entry = language::without_effect(scope.mode, outcome.canonical))
        outcome.no_effect = language::reason_text(*entry);
    else if (row.kept)
        outcome.no_effect = "it is kept, and changes nothing";
    return outcome;
}

std::uint32_t LineReader::line_of(const Finding& finding, bool whole) const {
    const auto last = [&](const std::string& block, const std::string& command) -> std::uint32_t {
        const auto lines = written_.find(block);
        if (lines == written_.end()) return 0;
        for (auto line = lines->second.rbegin(); line != lines->second.rend(); ++line)
            if (says(line->canonical, command)) return line->number;
        return 0;
    };
    std::string command = whole ? "" : finding.command;
    while (!command.empty()) {
        if (const auto number = last(finding.block, command)) return number;
        const auto blank = command.rfind(' ');
        command.resize(blank == std::string::npos ? 0 : blank);
    }
    const auto head = heads_.find(finding.block);
    return head == heads_.end() ? 0 : head->second;
}

}  // namespace weir::config
