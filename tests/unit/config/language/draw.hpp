// SPDX-License-Identifier: Apache-2.0
// Configurations drawn at random from the command tables; a new row or mode is drawn without a
// change here.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/base/random.hpp"
#include "config/language/command.hpp"
#include "config/language/language.hpp"
#include "config/language/matching.hpp"

namespace weir::config::language::test {

// Draws lines that the tables allow.
class Draw {
public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}

    std::string line_of(const CommandRow& row) {
        std::string line = random_.below(4) == 0 ? (random_.below(2) == 0 ? "no" : "default") : "";
        const auto* next = &row.grammar.first;
        for (std::size_t words = 0; !next->empty(); ++words) {
            const Position position = (*next)[random_.below(next->size())];
            line += (line.empty() ? "" : " ") + word_for(row.grammar.tokens[position]);
            if (row.grammar.may_end[position] && (random_.below(2) == 0 || words > 12)) break;
            next = &row.grammar.follow[position];
        }
        return line;
    }

    const CommandRow& row_of(ModeId mode) {
        const auto& rows = mode_of(mode).rows;
        return rows[random_.below(rows.size())];
    }
    ModeId mode() { return static_cast<ModeId>(random_.below(kModeCount)); }

    // Any bytes, more often the ones that mean something here.
    std::string garbage() {
        std::string text;
        for (std::uint64_t i = random_.below(60); i > 0; --i) {
            static constexpr std::string_view kCommon = " \n\t!^$[]<>{}|:.-09azAZ\r";
            text.push_back(random_.below(3) == 0 ? static_cast<char>(random_.below(256))
                                                 : kCommon[random_.below(kCommon.size())]);
        }
        return text;
    }

private:
    std::string word_for(const Token& token) { return token.text + value_for(token); }

    std::string value_for(const Token& token) {
        switch (token.kind) {
            case ArgumentKind::keyword:
                return "";
            case ArgumentKind::number:
            case ArgumentKind::numbers:
                return number(token);
            case ArgumentKind::word:
                return one_of({"Loopback0", "Eth", "80", "a.b", "^8+$"});
            case ArgumentKind::line:
                return one_of({"some text", "x", "two  blanks ! and more"});
            case ArgumentKind::name:
                return one_of({"A", "b", "sip", "T-1"});
            case ArgumentKind::ipv4:
                return one_of({"192.0.2.1", "198.51.100.7", "10.0.0.9"});
            case ArgumentKind::mask:
                return one_of({"255.255.255.0", "255.255.255.252", "255.255.255.255"});
            case ArgumentKind::ipv6:
            case ArgumentKind::ipv6_host:
                return one_of({"2001:db8::1", "2001:DB8:1::"});
            case ArgumentKind::ipv6_prefix:
                return one_of({"2001:db8::1/64", "2001:DB8:2::7/128"});
            case ArgumentKind::ipv4_port:
                return one_of({"192.0.2.1", "192.0.2.1:5080"});
            case ArgumentKind::ipv6_port:
                return one_of({"[2001:db8::1]", "[2001:db8::1]:5080"});
            case ArgumentKind::host:
                return one_of({"edge-1", "a.example.com"});
            case ArgumentKind::host_port:
                return one_of({"a.example.com", "b:5070"});
            case ArgumentKind::pattern:
                return one_of({"555", "+44[2-9]..T$", "(12)+", "9T", "*1#"});
            case ArgumentKind::slashed:
                return one_of({"/^9/", "//", R"x(/\(1\)\/2/)x", "/+44/"});
            case ArgumentKind::quoted:
                return one_of({R"x("a \"b\" (c)")x", "(x)", R"x("X-A: \x0D\\")x"});
            case ArgumentKind::hex:
                return one_of({"1", "1f"});
        }
        return "";
    }

    // Few different numbers, so that references often meet what they name.
    std::string number(const Token& token) {
        const std::uint64_t value =
            random_.below(6) == 0 ? token.max : token.min + random_.below(4);
        return std::to_string(std::min(value, token.max));
    }
    std::string one_of(const std::vector<std::string>& values) {
        return values[random_.below(values.size())];
    }

    SeededRandom random_;
};

// What references can name.
inline constexpr std::string_view kPreamble =
    "interface Loopback0\n ip address 192.0.2.100 255.255.255.255\n"
    "interface Eth\n ipv6 address 2001:db8:99::1/64\n"
    "voice class codec 1\nvoice class codec 2\nmedia class 1\nmedia class 2\n"
    "voice class uri A sip\n host a\nvoice class uri b tel\n"
    "dial-peer voice 1 voip\n destination-pattern 1\ndial-peer voice 2 voip\n destination-pattern "
    "+2\n";

// The lines that lead into each mode, found by trying the rows of the modes that are known.
class WaysIn {
public:
    WaysIn() {
        Draw draw(7);
        std::vector<Scope> found{Scope{}};
        ways_[ModeId::global] = "";
        for (std::size_t next = 0; next < found.size(); ++next)
            for (const auto& row : mode_of(found[next].mode).rows)
                for (int attempt = 0; attempt < 40; ++attempt)  // a row may open several modes
                    if (const auto scope = enter(found[next], draw.line_of(row)))
                        found.push_back(*scope);
    }
    [[nodiscard]] const std::string& into(ModeId mode) const { return ways_.at(mode); }
    [[nodiscard]] bool knows(ModeId mode) const { return ways_.contains(mode); }

private:
    // The scope of a mode that was not known before.
    std::optional<Scope> enter(const Scope& from, const std::string& line) {
        const Statement statement = statement_of(line);
        if (statement.form != Form::set) return std::nullopt;
        const Match match = match_quickly(mode_of(from.mode), statement);
        if (match.row == nullptr) return std::nullopt;
        Edit edit{config_, from, {}};
        const auto opened = match.row->read(match.words, edit);
        if (!opened || !*opened || (*opened)->leaves || ways_.contains((*opened)->mode))
            return std::nullopt;
        const std::string& way = ways_.at(from.mode);
        const auto depth = static_cast<std::size_t>(std::count(way.begin(), way.end(), '\n'));
        ways_[(*opened)->mode] = way + std::string(depth, ' ') + line + "\n";
        return **opened;
    }

    Config config_;
    std::map<ModeId, std::string> ways_;
};

// A configuration of blocks with random lines; the lines that are refused, also for what they name,
// are taken out until the rest is accepted. Empty if that does not come to an end.
inline std::string random_config(Draw& draw, const WaysIn& ways) {
    std::vector<std::string> lines;
    const auto add = [&](std::string_view text) {
        for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
            lines.emplace_back(text.substr(at, text.find('\n', at) - at));
    };
    add(kPreamble);
    for (int block = 0; block < 8; ++block) {
        const ModeId mode = draw.mode();
        add(ways.into(mode));
        for (int line = 0; line < 6; ++line)
            lines.push_back("   " + draw.line_of(draw.row_of(mode)));
    }
    for (int round = 0; round < 12; ++round) {
        std::string text;
        for (const auto& line : lines)
            text += line + "\n";
        const auto result = read_text(text, "draw");
        if (result.config) return text;
        std::set<std::size_t, std::greater<>> wrong;
        for (const auto& diagnostic : result.diagnostics)
            if (diagnostic.severity == Diagnostic::Severity::error && diagnostic.line > 0)
                wrong.insert(diagnostic.line - 1);
        for (const std::size_t index : wrong)
            lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(index));
    }
    return "";
}

// Print, read, print: the second print, or what the reader said.
inline std::string printed_twice(const std::string& text, std::string& once) {
    const auto first = read_text(text, "drawn");
    if (!first.config) return "not read";
    once = print_running_config(*first.config);
    const auto second = read_text(once, "printed");
    if (second.config) return print_running_config(*second.config);
    return second.diagnostics.empty() ? "" : print_diagnostic(second.diagnostics[0]);
}

}  // namespace weir::config::language::test
