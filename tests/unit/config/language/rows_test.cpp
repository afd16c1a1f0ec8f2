// SPDX-License-Identifier: Apache-2.0
// What holds for every row of every mode: it can be typed, printed and read again, taken back by
// `no` and `default`, abbreviated, and asked about with `?`.
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/language/line_editor.hpp"
#include "tests/unit/config/language/draw.hpp"

namespace weir::config::language {
namespace {

using test::Draw;
using test::WaysIn;

constexpr std::uint64_t kSeed = 20;
constexpr int kAttempts = 60;  // draws until a row takes one

// What references can name; no dial-peers, for the way into a mode may need one of the other type.
constexpr std::string_view kNamed =
    "interface Loopback0\n ip address 192.0.2.100 255.255.255.255\n"
    "voice class codec 1\nmedia class 1\nvoice class uri A sip\n host a\n";

// An operator in a mode, among the objects that references can name.
struct Typed {
    LineEditor editor;
    Config config;

    bool takes(const std::string& line) {
        return editor.line(line, config).kind != LineEditor::Kind::refused;
    }
    void type_all(std::string_view text) {
        while (!text.empty()) {
            const auto end = text.find('\n');
            const std::string line(text.substr(0, end));
            if (line == "!") editor.to_global();  // between the blocks of a print
            (void)takes(line);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
    }
};

Typed typed_into(const WaysIn& ways, const Mode& mode) {
    Typed typed;
    typed.type_all(kNamed);
    typed.editor.to_global();
    typed.type_all(ways.into(mode.id));
    return typed;
}

struct Taken {
    std::string line;
    std::string canonical;
};

// A line that the row takes in the mode.
std::optional<Taken> drawn_line(Draw& draw, const Typed& there, const Mode& mode,
                                const CommandRow& row) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const std::string line = draw.line_of(row);
        const Statement statement = statement_of(line);
        if (statement.form != Form::set) continue;
        const Match match = match_quickly(mode, statement);
        Typed typed = there;
        if (match.row == &row && typed.takes(line)) return Taken{line, match.words.canonical()};
    }
    return std::nullopt;
}

// Calls `check` with a line of each row; gives how many rows there are, and those without a line.
template <typename Check>
void for_every_row(Check check) {
    const WaysIn ways;
    Draw draw(kSeed);
    std::size_t rows = 0;
    std::size_t missed = 0;
    std::string missing;
    for (const Mode& mode : all_modes()) {
        const Typed there = typed_into(ways, mode);
        for (const CommandRow& row : mode.rows) {
            ++rows;
            const auto taken = drawn_line(draw, there, mode, row);
            if (!taken) {
                ++missed;
                missing += mode.name + ": " + row.syntax.substr(0, 80) + "\n";
                continue;
            }
            SCOPED_TRACE(mode.name + ": " + taken->line);
            check(mode, there, *taken);
        }
    }
    // A property that is never exercised proves nothing.
    EXPECT_LT(missed * 20, rows) << missed << " of " << rows << " rows took no line:\n" << missing;
}

TEST(EveryRow, IsTypedAndPrintedAndReadAgain) {
    for_every_row([](const Mode&, const Typed& there, const Taken& taken) {
        Typed typed = there;
        ASSERT_TRUE(typed.takes(taken.line));
        const std::string once = print_running_config(typed.config);
        Typed again;
        again.type_all(once);
        EXPECT_EQ(print_running_config(again.config), once);
    });
}

TEST(EveryRow, IsTakenBackByNoAndByDefault) {
    for_every_row([](const Mode&, const Typed& there, const Taken& taken) {
        for (const char* word : {"no ", "default "}) {
            Typed typed = there;
            EXPECT_TRUE(typed.takes(word + taken.line)) << word << "before it was written";
            typed = there;
            (void)typed.takes(taken.line);
            typed.editor = there.editor;  // the line may have led into a mode
            EXPECT_TRUE(typed.takes(word + taken.line)) << word << "behind it";
        }
    });
}

TEST(EveryRow, MeansTheSameWithItsFirstWordAbbreviated) {
    for_every_row([](const Mode& mode, const Typed&, const Taken& taken) {
        const auto first = std::min(taken.line.find(' '), taken.line.size());
        for (std::size_t length = first - 1; length > 0; --length) {
            const std::string line = taken.line.substr(0, length) + taken.line.substr(first);
            const Statement statement = statement_of(line);
            const Match match = match_quickly(mode, statement);
            // Ambiguous from here on, or `no`.
            if (match.row == nullptr || statement.form != Form::set) break;
            const std::string canonical = match.words.canonical();
            // A word of its own, as ip is beside ipv6.
            if (canonical.substr(0, canonical.find(' ')) == line.substr(0, length)) break;
            EXPECT_EQ(canonical, taken.canonical) << line;
        }
    });
}

TEST(EveryRow, IsHelpedOnBehindEachOfItsWords) {
    for_every_row([](const Mode& mode, const Typed&, const Taken& taken) {
        EXPECT_FALSE(help(mode.id, "").empty());
        const Statement statement = statement_of(taken.line);
        for (const Word& word : statement.words) {
            const auto end = word.at + word.text.size();
            const std::string part = taken.line.substr(0, end) + " ";
            // Inside of quotes words are not the language's.
            if (part.find_first_of("\"(") != std::string::npos) break;
            EXPECT_FALSE(help(mode.id, part).empty()) << "'" << part << "?'";
        }
    });
}

}  // namespace
}  // namespace weir::config::language
