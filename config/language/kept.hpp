// SPDX-License-Identifier: Apache-2.0
// Rows of commands that are understood but change nothing: kept, printed again, and listed with
// their reason in without_effect.hpp.
//
// The object of the mode has a member `kept`, or is itself a list of lines. A kept line is printed
// at the place of its row, the lines of one row in the order of writing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "config/base/result.hpp"
#include "config/language/command.hpp"

namespace weir::config::language {

inline constexpr std::size_t kWholeLine = 1000;  // key_words of a row whose lines do not replace

// What `no X` leaves behind.
enum class KeptNo : std::uint8_t {
    nothing,  // X is removed
    itself,   // "no X" is kept and printed as X would be: the router prints one of both
    only,     // X is the default and not printed, "no X" is
};

// How a row keeps its lines. `key_words` is how many words of a line make its key: a second line
// with the same key takes the place of the first; 0 = the fixed words in front.
struct KeptRow {
    std::string row{};  // the syntax: by which a line knows its row
    std::size_t key_words = 0;
    KeptNo no = KeptNo::nothing;
};

// Errors: exhausted above kMaxKeptLines lines of one object. Thread: any.
[[nodiscard]] Result<void> keep(KeptLines& lines, const KeptRow& row, const Words& words);
void keep_no(KeptLines& lines, const KeptRow& row, const Words& words);
void forget(KeptLines& lines, const KeptRow& row, const Words& words);
void print_kept(const KeptLines& lines, std::string_view row, Printer& out);

template <typename Object>
auto& kept_of(Object& object) {
    if constexpr (std::is_same_v<std::remove_const_t<Object>, KeptLines>)
        return object;
    else
        return object.kept;
}

// "history-info": one line, `no history-info` takes it away.
template <typename Object>
Command<Object> kept_line(const std::string& syntax, const std::string& help,
                          std::size_t key_words = 0, KeptNo no = KeptNo::nothing) {
    if (key_words == 0) key_words = grammar_of_row(syntax).fixed_words;
    const KeptRow row{syntax, key_words == 0 ? 1 : key_words, no};
    Command<Object> command{
        syntax,
        help,
        [row](const Words& words, Object& object) { return keep(kept_of(object), row, words); },
        [row](const Words& words, Object& object) { keep_no(kept_of(object), row, words); },
        [syntax](const Object& object, Printer& out) { print_kept(kept_of(object), syntax, out); },
        [row](const Words& words, Object& object) { forget(kept_of(object), row, words); }};
    command.key_words = grammar_of_row(syntax).fixed_words == 0 ? 1 : 0;
    command.kept = true;
    return command;
}

// A line that is kept as it was written and read by its reader in config/model where it acts
// (call_limits.hpp, registration.hpp): it has effect, and needs no reason.
template <typename Object>
Command<Object> acting(Command<Object> command) {
    command.kept = false;
    return command;
}

// "logging host A.B.C.D": as many as are written, each line its own key.
template <typename Object>
Command<Object> kept_lines(const std::string& syntax, const std::string& help) {
    return kept_line<Object>(syntax, help, kWholeLine);
}

// "ip redirects": on by default, so that `no ip redirects` is what is kept and printed.
template <typename Object>
Command<Object> kept_default_on(const std::string& syntax, const std::string& help) {
    return kept_line<Object>(syntax, help, 0, KeptNo::only);
}

// "ip http server" or "no ip http server": whichever was written.
template <typename Object>
Command<Object> kept_either(const std::string& syntax, const std::string& help,
                            std::size_t key_words = 0) {
    return kept_line<Object>(syntax, help, key_words, KeptNo::itself);
}

// A row that opens a sub-mode without effect: its head is kept in the list of the mode around it
// (`list`), its lines in Config::kept_blocks under the heads from the outermost. Nests to any
// depth of the tables. The rows of the sub-mode are Command<KeptLines> found by kept_block.
using KeptListOf = KeptLines& (*)(Config&, const Scope&);
[[nodiscard]] KeptLines& kept_block(Config& config, const Scope& scope);
[[nodiscard]] KeptLines& kept_global(Config& config, const Scope& scope);
[[nodiscard]] CommandRow kept_block_row(const std::string& syntax, const std::string& help,
                                        ModeId opens, KeptListOf list = kept_global,
                                        std::size_t key_words = kWholeLine);

// A command of a block without effect, for a mode that has other rows, too.
[[nodiscard]] CommandRow kept_row(const Command<KeptLines>& command);
// Lines of data, "308203A2 3082028A", as many as there are; and the word that ends them and leaves
// for `outer`.
[[nodiscard]] CommandRow kept_data_row(const std::string& syntax, const std::string& help);
[[nodiscard]] CommandRow kept_end_row(const std::string& word, const std::string& help,
                                      ModeId outer);

// A mode whose lines are all kept.
struct KeptMode {
    ModeId id;
    ModeId parent;
    std::string name;
    std::string prompt;
};
[[nodiscard]] Mode kept_mode(const KeptMode& mode, const std::vector<Command<KeptLines>>& commands);

}  // namespace weir::config::language
