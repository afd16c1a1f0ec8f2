// SPDX-License-Identifier: Apache-2.0
// Print, read, print is the same text, for configurations drawn at random from the tables
// themselves.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "config/language/command.hpp"
#include "config/language/language.hpp"

namespace weir::config::language {
namespace {

// Draws lines that the tables allow; a new row in a table is drawn without a change here.
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
constexpr std::string_view kPreamble =
    "interface Loopback0\n ip address 192.0.2.100 255.255.255.255\n"
    "interface Eth\n ipv6 address 2001:db8:99::1/64\n"
    "voice class codec 1\nvoice class codec 2\nmedia class 1\nmedia class 2\n"
    "voice class uri A sip\n host a\nvoice class uri b tel\n"
    "dial-peer voice 1 voip\n destination-pattern 1\ndial-peer voice 2 voip\n destination-pattern "
    "+2\n";

// The lines that lead into a mode, in the order of ModeId.
constexpr std::array<std::string_view, kModeCount> kWayInto{
    "",
    "voice service voip\n",
    "voice service voip\n ip address trusted list\n",
    "voice service voip\n sip\n",
    "voice class codec 3\n",
    "voice class uri S sip\n",
    "voice class uri T tel\n",
    "media profile recorder 1\n",
    "media class 1\n",
    "media class 2\n recorder parameter\n",
    "interface GigabitEthernet0/0/0\n",
    "dial-peer voice 7 voip\n",
    "dial-peer voice 8 pots\n",
    "sip-ua\n",
};

bool is_accepted(const std::string& text) {
    return read_text(text, "draw").config != nullptr;
}

// A line is kept if its block with it is read without an error, a block if the text with it is.
std::string random_config(Draw& draw) {
    std::string text(kPreamble);
    for (std::size_t i = 0; i < kModeCount; ++i) {
        const ModeId mode = draw.mode();
        std::string block(kWayInto[static_cast<std::size_t>(mode)]);
        for (int lines = 0; lines < 16; ++lines) {
            const std::string line = draw.line_of(draw.row_of(mode)) + "\n";
            if (is_accepted(std::string(kPreamble) + block + line)) block += line;
        }
        if (is_accepted(text + block)) text += block;
    }
    return text;
}

TEST(RoundTrip, PrintReadPrintIsTheSameText) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Draw draw(seed);
        const std::string text = random_config(draw);
        const auto first = read_text(text, "drawn");
        ASSERT_NE(first.config, nullptr) << text;
        const std::string printed = print_running_config(*first.config);
        const auto second = read_text(printed, "printed");
        ASSERT_NE(second.config, nullptr)
            << text << printed
            << (second.diagnostics.empty() ? "" : print_diagnostic(second.diagnostics[0]));
        EXPECT_EQ(print_running_config(*second.config), printed) << text;
    }
}

TEST(RoundTrip, TheDrawsReachEveryRow) {
    // A property that is never exercised proves nothing: each row's fixed words appear in some
    // print.
    std::string all;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        Draw draw(seed);
        const auto result = read_text(random_config(draw), "drawn");
        if (result.config) all += print_running_config(*result.config);
    }
    for (const auto& mode : all_modes())
        for (const auto& row : mode.rows)
            EXPECT_NE(all.find(row.grammar.fixed_text()), std::string::npos)
                << mode.name << ": " << row.syntax;
}

TEST(RoundTrip, AnyBytesAreReadWithinBounds) {
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Draw draw(seed);
        const std::string text = draw.line_of(draw.row_of(draw.mode())) + "\n" + draw.garbage() +
                                 "\n " + draw.line_of(draw.row_of(draw.mode())) + draw.garbage();
        const auto result = read_text(text, "garbage");
        for (const auto& diagnostic : result.diagnostics)
            EXPECT_FALSE(print_diagnostic(diagnostic).empty());
        EXPECT_EQ(result.config == nullptr,
                  std::any_of(result.diagnostics.begin(), result.diagnostics.end(),
                              [](const Diagnostic& diagnostic) {
                                  return diagnostic.severity == Diagnostic::Severity::error;
                              }));
        for (const auto& line : {text.substr(0, text.size() / 2), text})
            (void)help(draw.mode(), line);
    }
}

}  // namespace
}  // namespace weir::config::language
