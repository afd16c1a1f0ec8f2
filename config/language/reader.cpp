// SPDX-License-Identifier: Apache-2.0
// The reader: which mode a line belongs to, and what to say when it belongs to none.
#include "config/language/reader.hpp"

#include <algorithm>
#include <utility>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/language/hints.hpp"

namespace weir::config::language {
namespace {

Diagnostic file_error(const std::string& file, std::string text) {
    return {.file = file, .text = std::move(text)};
}

bool has_indentation(std::string_view text) {
    return text.starts_with(' ') || text.starts_with('\t') ||
           text.find("\n ") != std::string_view::npos ||
           text.find("\n\t") != std::string_view::npos;
}

}  // namespace

ReadResult read_text(std::string_view text, const std::string& file_name) {
    return read_watched(text, file_name, nullptr);
}

ReadResult read_watched(std::string_view text, const std::string& file_name, Reader::Watch watch) {
    if (text.size() > kConfigMaxBytes) {
        ReadResult result;
        result.diagnostics.push_back(file_error(
            file_name,
            "the configuration is larger than " + std::to_string(kConfigMaxBytes) + " bytes"));
        return result;
    }
    Reader reader(file_name, std::move(watch));
    if (!has_indentation(text)) reader.without_indentation();
    Lines lines(text);
    while (const auto line = lines.next())
        reader.line(*line);
    return reader.finish();
}

void Reader::line(const SourceLine& source) {
    if (source.too_long) {
        error(source, kConfigMaxLine,
              "the line is longer than " + std::to_string(kConfigMaxLine) + " bytes");
        return;
    }
    if (const auto bad = bad_byte(source.text)) {
        error(source, bad->at + 1, bad->text);
        return;
    }
    const std::size_t indent = indentation(source.text);
    if (indent == source.text.size() || source.text[indent] == '!') return;
    if (ended_) {
        if (!std::exchange(skip_after_end_, true))
            error(source, indent + 1, "this line stands behind 'end' and is not read");
        return;
    }
    if (!skipped(source)) statement(source);
}

void Reader::statement(const SourceLine& source) {
    const Statement statement = statement_of(source.text);
    if (statement.words.empty()) {
        error(source, source.text.size() + 1, "% Incomplete command. Expected a command");
        return;
    }
    if (control_word(statement)) return;
    if (belongs_outside(source, statement)) return;
    std::vector<Match> matches(stack_.size());
    std::vector<std::size_t> judges(stack_.size());  // the level whose mode speaks for a level
    bool only_exact = false;
    for (std::size_t level = stack_.size(); level-- > 0;) {
        judges[level] = level;
        matches[level] = match_quickly(mode_of(stack_[level].scope.mode), statement);
        const Match& match = matches[level];
        if (match.row && !(only_exact && is_abbreviated(statement, match)))
            return execute(source, statement, level, match);
        // What is ambiguous in a mode must not become an abbreviation of something outside of it.
        if (match.row) {
            judges[level] = judges[level + 1];
            matches[level] = matches[level + 1];
        }
        only_exact = only_exact || match.mismatch.kind == Mismatch::Kind::ambiguous;
    }
    refuse(source, statement, {matches, judges});
}

// A line that is not indented below the head of its block is tried outside of the block first:
// `ip nat ...` behind an interface is not the interface's. Only with its first word in full, and
// never in a text without indentation, where it says nothing.
bool Reader::belongs_outside(const SourceLine& source, const Statement& statement) {
    const std::size_t owner = owning_level(source);
    for (std::size_t level = owner + 1; owner + 1 < stack_.size() && level-- > 0;) {
        const Match match = match_quickly(mode_of(stack_[level].scope.mode), statement);
        if (!match.row || is_abbreviated(statement, match)) continue;
        execute(source, statement, level, match);
        return true;
    }
    return false;
}

bool Reader::control_word(const Statement& statement) {
    if (statement.words.size() != 1 || statement.form != Form::set) return false;
    if (text::iequals(statement.words.front().text, "end")) {
        ended_ = true;
        return true;
    }
    if (!text::iequals(statement.words.front().text, "exit")) return false;
    if (stack_.size() > 1) stack_.pop_back();
    return true;
}

void Reader::execute(const SourceLine& source, const Statement& statement, std::size_t level,
                     const Match& match) {
    stack_.resize(level + 1);
    Frame& frame = stack_.back();
    const std::size_t indent = indentation(source.text);
    if (level > 0 && !std::exchange(frame.has_commands, true))
        frame.flat = flat_text_ = indent <= frame.indent;
    Edit edit{config_, frame.scope, {file_, source.number}};
    if (statement.form != Form::set) {
        (statement.form == Form::no ? match.row->no : match.row->restore)(match.words, edit);
        if (watch_ && statement.form == Form::no)
            watch_({edit.scope.mode, "no " + match.words.canonical(), source.number});
        return;
    }
    auto opened = match.row->read(match.words, edit);
    if (!opened) {
        const auto& bindings = match.words.all();
        const auto argument = std::find_if(
            bindings.begin(), bindings.end(),
            [](const Binding& binding) { return binding.token->kind != ArgumentKind::keyword; });
        const std::size_t first = argument == bindings.end() ? indent : argument->at;
        error(source, match.words.blamed_at().value_or(first) + 1, opened.error().context);
        return;
    }
    if (watch_) watch_({edit.scope.mode, match.words.canonical(), source.number});
    written_[frame.scope.title].push_back({match.words.canonical(), source});
    if (!*opened) return;
    if ((*opened)->leaves) {
        stack_.pop_back();
        return;
    }
    heads_.insert_or_assign((*opened)->title, written_[frame.scope.title].back());
    stack_.push_back({**opened, indent, false, flat_text_});
}

void Reader::refuse(const SourceLine& source, const Statement& statement,
                    const Attempts& attempts) {
    const std::size_t owner = owning_level(source);
    const std::size_t level = blamed_level(owner, attempts.matches);
    // The sentence costs more than the match, so it is made for those that will be shown.
    const bool room = result_.diagnostics.size() < kConfigMaxErrors;
    const ModeId judge = stack_[attempts.judges[level]].scope.mode;
    const Mismatch mismatch =
        room ? mismatch_of(mode_of(judge), statement) : attempts.matches[level].mismatch;
    std::vector<ModeId> modes;
    for (std::size_t outer = 0; room && outer < level; ++outer)
        modes.push_back(stack_[outer].scope.mode);
    modes.push_back(judge);
    const std::string hint = room ? hint_of(statement, modes, mismatch) : "";
    stack_.resize(std::min(owner, level) + 1);
    error(source, mismatch.column, mismatch.text, hint);
}

// The mode that a line belongs to by its indentation; in a text without indentation the innermost.
std::size_t Reader::owning_level(const SourceLine& source) const {
    const std::size_t indent = indentation(source.text);
    for (std::size_t level = stack_.size(); level-- > 1;)
        if (stack_[level].flat || indent > stack_[level].indent) return level;
    return 0;
}

// The mode whose message is shown: the owner, or one around it that understood clearly more.
std::size_t Reader::blamed_level(std::size_t owner, const std::vector<Match>& matches) const {
    const std::size_t advantage =
        stack_[owner].flat ? 1 : 2;  // words; without indentation the words alone tell
    std::size_t best = owner;
    for (std::size_t level = 0; level < owner; ++level)
        if (matches[level].mismatch.words >= matches[best].mismatch.words + advantage) best = level;
    return best;
}

bool Reader::skipped(const SourceLine& source) {
    if (!skip_) return false;
    if (indentation(source.text) <= skip_->indent) {
        end_skip();
        return false;
    }
    ++skip_->lines;
    return true;
}

void Reader::end_skip() {
    if (!skip_) return;
    if (skip_->lines > 0 && skip_->diagnostic)
        result_.diagnostics[*skip_->diagnostic].text +=
            " (" + std::to_string(skip_->lines) +
            (skip_->lines == 1 ? " line indented below it was not read)"
                               : " lines indented below it were not read)");
    skip_.reset();
}

void Reader::error(const SourceLine& source, std::size_t column, std::string text,
                   std::string suggestion) {
    end_skip();
    const bool kept = result_.diagnostics.size() < kConfigMaxErrors;
    if (!source.too_long)
        skip_ = Skip{indentation(source.text), 0,
                     kept ? std::optional(result_.diagnostics.size()) : std::nullopt};
    report({.file = file_,
            .line = source.number,
            .column = static_cast<std::uint32_t>(column),
            .text = std::move(text),
            .source_line = std::string(source.text),
            .suggestion = std::move(suggestion)});
}

void Reader::report(Diagnostic diagnostic) {
    failed_ = failed_ || diagnostic.severity == Diagnostic::Severity::error;
    if (result_.diagnostics.size() < kConfigMaxErrors)
        result_.diagnostics.push_back(std::move(diagnostic));
    else
        ++result_.suppressed;
}

Diagnostic Reader::located(const Finding& finding) const {
    Diagnostic diagnostic{.file = file_, .text = finding.text};
    if (finding.severity == Finding::Severity::warning)
        diagnostic.severity = Diagnostic::Severity::warning;
    if (const Written* place = written(finding)) {
        diagnostic.line = place->source.number;
        diagnostic.column = static_cast<std::uint32_t>(indentation(place->source.text) + 1);
        diagnostic.source_line = place->source.text;
    }
    return diagnostic;
}

// The last line of the block that begins with the command, or with fewer words of it; else the
// head of the block.
const Reader::Written* Reader::written(const Finding& finding) const {
    const auto block = written_.find(finding.block);
    std::string command = finding.command;
    while (block != written_.end() && !command.empty()) {
        if (const Written* line = last_line(block->second, command)) return line;
        const auto blank = command.rfind(' ');
        command.resize(blank == std::string::npos ? 0 : blank);
    }
    const auto head = heads_.find(finding.block);
    if (head != heads_.end()) return &head->second;
    const auto global = written_.find("");
    return global == written_.end() ? nullptr : last_line(global->second, finding.block);
}

const Reader::Written* Reader::last_line(const std::vector<Written>& lines,
                                         const std::string& command) {
    const auto at = std::find_if(lines.rbegin(), lines.rend(), [&](const Written& line) {
        return line.canonical.starts_with(command) &&
               (line.canonical.size() == command.size() || line.canonical[command.size()] == ' ');
    });
    return at == lines.rend() ? nullptr : &*at;
}

ReadResult Reader::finish() {
    end_skip();
    // Checks across commands need all of them: after an error they would report its consequences.
    if (!failed_)
        for (const auto& finding : validate(config_))
            report(located(finding));
    std::stable_sort(result_.diagnostics.begin(), result_.diagnostics.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    if (!failed_) result_.config = std::make_shared<const Config>(std::move(config_));
    return std::move(result_);
}

}  // namespace weir::config::language
