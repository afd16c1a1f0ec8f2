// SPDX-License-Identifier: Apache-2.0
// One line against the table of one mode: the row and its words, or what is wrong and where.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/language/command.hpp"
#include "config/language/words.hpp"

namespace weir::config::language {

enum class Form { set, no, restore };  // X, no X, default X

// A line in pieces: its words without `no` or `default`.
struct Statement {
    std::string_view line;  // without line end
    Form form = Form::set;
    std::vector<Word> words{};
};
[[nodiscard]] Statement statement_of(std::string_view line);

struct Mismatch {
    enum class Kind { invalid, incomplete, ambiguous };
    Kind kind = Kind::invalid;
    std::size_t words = 0;                // how many were understood
    std::size_t column = 1;               // 1-based, of the first that was not
    std::string text{};                   // a sentence with IOS's own words in it
    std::string abbreviation{};           // how an abbreviated word before it was read, or empty
    std::vector<std::string> expected{};  // keywords that might stand there
};

struct Match {
    const CommandRow* row = nullptr;  // null: see mismatch
    Words words{{}};
    Mismatch mismatch;
};

// Whether the first word of what matched was written shorter than it is.
[[nodiscard]] bool is_abbreviated(const Statement& statement, const Match& match);

[[nodiscard]] Match match_in(const Mode& mode, const Statement& statement);
// The same without the sentence: of the mismatch only kind and words. Its cost grows with the rows
// that begin with the same letter.
[[nodiscard]] Match match_quickly(const Mode& mode, const Statement& statement);
// What is wrong with a statement that match_quickly found no row for.
[[nodiscard]] Mismatch mismatch_of(const Mode& mode, const Statement& statement);
// The contenders of a mode, in the order of its rows.
[[nodiscard]] std::vector<Contender> contenders_of(const Mode& mode, Form form);

}  // namespace weir::config::language
