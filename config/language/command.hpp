// SPDX-License-Identifier: Apache-2.0
// The row of a command table, and the tables: one for each mode.
//
// To add a command, add a row to its mode's table in config/language/tables. A row is a Command of
// the object that the mode edits; the helpers of fields.hpp make the common ones from a field of
// the model. Everything else (no, default, abbreviation, errors, help, completion) follows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"
#include "config/language/grammar.hpp"
#include "config/language/mode_id.hpp"
#include "config/language/printer.hpp"
#include "config/language/words.hpp"
#include "config/model/config.hpp"

namespace weir::config::language {

// One row. `print` writes the command if the object's value is not the default. `no` also takes
// the place of `restore` (the `default` form) where that is empty. A command that opens a
// sub-mode has `open` in place of `read`.
template <typename Object>
struct Command {
    std::string syntax;
    std::string help;
    std::function<Result<void>(const Words&, Object&)> read;
    std::function<void(const Words&, Object&)> no;
    std::function<void(const Object&, Printer&)> print;
    std::function<void(const Words&, Object&)> restore = nullptr;
    std::function<Result<Scope>(const Words&, Object&, const Place&)> open = nullptr;
    std::size_t key_words = 0;  // words that `no` needs; 0 = the fixed ones in front
    bool kept = false;          // changes nothing: see kept.hpp
};

// What is being edited: the configuration, the object that the mode stands for, and where the line
// is.
struct Edit {
    Config& config;
    Scope scope;
    Place place;
};

// A Command for any object: what the reader, the printer and help work with.
struct CommandRow {
    std::string syntax;
    std::string help;
    Grammar grammar;
    std::size_t key_words = 0;
    bool kept = false;  // changes nothing: it must have a reason in without_effect.hpp
    std::optional<ModeId> opens = std::nullopt;  // of a block without effect
    // Both give the scope that the line opened, if it opens one.
    std::function<Result<std::optional<Scope>>(const Words&, Edit&)> read = nullptr;
    std::function<void(const Words&, Edit&)> no = nullptr;
    std::function<void(const Words&, Edit&)> restore = nullptr;
    std::function<void(Config&, const Scope&, Printer&)> print = nullptr;
};

struct Mode {
    ModeId id = ModeId::global;
    ModeId parent = ModeId::global;
    std::string name;    // for messages: "dial-peer voice"
    std::string prompt;  // "config-dial-peer"
    std::vector<CommandRow> rows;
    // Which rows a line can belong to, by the first letter of its first word in lower case; 0 for
    // what is not ASCII. Filled in by all_modes().
    std::vector<std::vector<std::uint16_t>> rows_by_letter{};
};

// All tables, built once; indexed by ModeId. Constant afterwards. Thread: any.
[[nodiscard]] const std::vector<Mode>& all_modes();
[[nodiscard]] const Mode& mode_of(ModeId id);

// The place of a word in Mode::rows_by_letter.
[[nodiscard]] std::size_t letter_of(std::string_view word);

// Ends the process when the syntax of a row is wrong: the tables are part of the program.
[[nodiscard]] Grammar grammar_of_row(const std::string& syntax);

// `find` gives the object of a scope; the reader has made sure that it exists.
template <typename Object>
CommandRow make_row(Command<Object> command, Object& (*find)(Config&, const Scope&)) {
    CommandRow row{
        .syntax = command.syntax, .help = command.help, .grammar = grammar_of_row(command.syntax)};
    row.key_words = command.key_words != 0 ? command.key_words : row.grammar.fixed_words;
    row.kept = command.kept;
    row.read = [find, read = command.read, open = command.open](
                   const Words& words, Edit& edit) -> Result<std::optional<Scope>> {
        Object& object = find(edit.config, edit.scope);
        if (open)
            return open(words, object, edit.place).map([](Scope scope) {
                return std::optional(std::move(scope));
            });
        return read(words, object).map([] { return std::optional<Scope>(); });
    };
    row.no = [find, no = command.no](const Words& words, Edit& edit) {
        no(words, find(edit.config, edit.scope));
    };
    row.restore = [find, back = command.restore ? command.restore : command.no](const Words& words,
                                                                                Edit& edit) {
        back(words, find(edit.config, edit.scope));
    };
    row.print = [find, print = command.print](Config& config, const Scope& scope,
                                              Printer& printer) {
        print(find(config, scope), printer);
    };
    return row;
}

template <typename Object>
std::vector<CommandRow> make_rows(const std::vector<Command<Object>>& commands,
                                  Object& (*find)(Config&, const Scope&)) {
    std::vector<CommandRow> rows;
    for (const auto& command : commands)
        rows.push_back(make_row(command, find));
    return rows;
}

}  // namespace weir::config::language
