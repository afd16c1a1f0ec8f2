// SPDX-License-Identifier: Apache-2.0
// Keeping, removing and printing lines without effect.
#include "config/language/kept.hpp"

#include <algorithm>
#include <utility>

#include "config/language/kept_limits.hpp"
#include "config/language/whole_words.hpp"
#include "config/model/secret.hpp"

namespace weir::config::language {
namespace {

// The first words of a line in full: "track 11" of "track 11 interface Gi0/0/0".
std::string front_of(const Words& words, std::size_t count) {
    const auto& bindings = words.all();
    std::vector<Binding> front(
        bindings.begin(),
        bindings.begin() + static_cast<std::ptrdiff_t>(std::min(count, bindings.size())));
    return Words(std::move(front)).canonical();
}

Result<void> put(KeptLines& lines, const KeptRow& row, KeptLine line) {
    const auto same = std::find_if(lines.begin(), lines.end(), [&](const KeptLine& other) {
        return other.key == line.key && other.row == row.row;
    });
    if (same != lines.end()) {
        *same = std::move(line);
        return {};
    }
    if (lines.size() >= kMaxKeptLines)
        return fail(ErrorCode::exhausted, "there are " + std::to_string(kMaxKeptLines) +
                                              " lines without effect here already");
    lines.push_back(std::move(line));
    return {};
}

// A password in clear behind its word becomes type 7, as everywhere else: a line without effect is
// printed, too, and whoever may look need not read it.
std::string disguised(std::string line) {
    for (const std::string_view word : {"password ", "secret ", "shared-secret "}) {
        const auto at = line.rfind(word);
        if (at == std::string::npos || (at > 0 && line[at - 1] != ' ')) continue;
        const std::size_t begin = at + word.size();
        const std::string rest = line.substr(begin);
        const bool typed_clear = rest.starts_with("0 ");
        const std::string clear = typed_clear ? rest.substr(2) : rest;
        if (clear.find(' ') != std::string::npos) continue;
        if (const auto secret = secret_of(0, clear))
            line.replace(begin, rest.size(), to_text(*secret));
    }
    return line;
}

std::string path_of(const Scope& scope) {
    return scope.name.empty() ? scope.title : scope.name;
}

Scope scope_below(const Scope& outer, ModeId mode, const std::string& head) {
    const std::string path = path_of(outer);
    return {mode, 0, path.empty() ? head : path + "\n" + head, head};
}

// A block with its blocks inside.
void erase_block(Config& config, const std::string& path) {
    auto at = config.kept_blocks.lower_bound(path);
    while (at != config.kept_blocks.end() && at->first.starts_with(path)) {
        const bool inside = at->first.size() == path.size() || at->first[path.size()] == '\n';
        at = inside ? config.kept_blocks.erase(at) : std::next(at);
    }
}

}  // namespace

Result<void> keep(KeptLines& lines, const KeptRow& row, const Words& words) {
    if (row.no == KeptNo::only) {
        forget(lines, row, words);
        return {};
    }
    return put(lines, row, {front_of(words, row.key_words), disguised(words.canonical()), row.row});
}

void keep_no(KeptLines& lines, const KeptRow& row, const Words& words) {
    if (row.no == KeptNo::nothing) return forget(lines, row, words);
    // A full list drops what would only repeat a default; `no` has no way to fail.
    static_cast<void>(
        put(lines, row, {front_of(words, row.key_words), "no " + words.canonical(), row.row}));
}

void forget(KeptLines& lines, const KeptRow& row, const Words& words) {
    const std::string key = front_of(words, row.key_words);
    std::erase_if(lines, [&](const KeptLine& line) {
        return line.row == row.row && begins_with_words(line.key, key);
    });
}

void print_kept(const KeptLines& lines, std::string_view row, Printer& out) {
    for (const auto& line : lines)
        if (line.row == row) out.line(line.text);
}

KeptLines& kept_block(Config& config, const Scope& scope) {
    return config.kept_blocks[scope.name];
}

KeptLines& kept_global(Config& config, const Scope&) {
    return config.kept;
}

CommandRow kept_block_row(const std::string& syntax, const std::string& help, ModeId opens,
                          KeptListOf list, std::size_t key_words) {
    const KeptRow kept{syntax, key_words, KeptNo::nothing};
    CommandRow row{.syntax = syntax, .help = help, .grammar = grammar_of_row(syntax)};
    row.key_words = std::max<std::size_t>(row.grammar.fixed_words, 1);
    row.kept = true;
    row.opens = opens;
    row.read = [kept, opens, list](const Words& words, Edit& edit) -> Result<std::optional<Scope>> {
        const Scope scope = scope_below(edit.scope, opens, front_of(words, kept.key_words));
        auto& blocks = edit.config.kept_blocks;
        if (!blocks.contains(scope.name) && blocks.size() >= kMaxKeptBlocks)
            return fail(ErrorCode::exhausted, "there are " + std::to_string(kMaxKeptBlocks) +
                                                  " blocks without effect already");
        auto& lines = list(edit.config, edit.scope);
        const auto known = std::find_if(lines.begin(), lines.end(), [&](const KeptLine& line) {
            return line.row == kept.row && line.key == words.canonical();
        });
        // "track 11" goes back into the block that "track 11 interface Gi0 line-protocol" began.
        if (known == lines.end()) WEIR_TRY(keep(lines, kept, words));
        blocks[scope.name];
        return std::optional(scope);
    };
    row.no = [kept, opens, list](const Words& words, Edit& edit) {
        auto& lines = list(edit.config, edit.scope);
        const std::string key = front_of(words, kept.key_words);
        for (const auto& line : lines)
            if (line.row == kept.row && begins_with_words(line.key, key))
                erase_block(edit.config, scope_below(edit.scope, opens, line.key).name);
        forget(lines, kept, words);
    };
    row.restore = row.no;
    row.print = [kept, opens, list](Config& config, const Scope& scope, Printer& out) {
        for (const auto& line : list(config, scope))
            if (line.row == kept.row) out.block(line.text, scope_below(scope, opens, line.key));
    };
    return row;
}

CommandRow kept_row(const Command<KeptLines>& command) {
    return make_row(command, kept_block);
}

CommandRow kept_data_row(const std::string& syntax, const std::string& help) {
    Command<KeptLines> command = kept_lines<KeptLines>(syntax, help);
    command.read = [kept = KeptRow{syntax, kWholeLine}](const Words& words,
                                                        KeptLines& lines) -> Result<void> {
        // Two lines of the same bytes are two lines.
        if (lines.size() >= kMaxKeptLines)
            return fail(ErrorCode::exhausted,
                        "there are " + std::to_string(kMaxKeptLines) + " lines of data already");
        lines.push_back({words.canonical(), words.canonical(), kept.row});
        return {};
    };
    return kept_row(command);
}

CommandRow kept_end_row(const std::string& word, const std::string& help, ModeId outer) {
    CommandRow row{.syntax = word, .help = help, .grammar = grammar_of_row(word)};
    row.key_words = 1;
    row.kept = true;
    row.read = [outer](const Words&, Edit&) -> Result<std::optional<Scope>> {
        return std::optional(Scope{outer, 0, "", "", true});
    };
    row.no = [](const Words&, Edit&) {};
    row.restore = row.no;
    row.print = [word](Config& config, const Scope& scope, Printer& out) {
        if (!kept_block(config, scope).empty()) out.line(word);
    };
    return row;
}

Mode kept_mode(const KeptMode& mode, const std::vector<Command<KeptLines>>& commands) {
    return {mode.id, mode.parent, mode.name, mode.prompt, make_rows(commands, kept_block)};
}

}  // namespace weir::config::language
