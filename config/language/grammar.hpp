// SPDX-License-Identifier: Apache-2.0
// The syntax string of a command ("session target {ipv4:<endpoint> | dns:<host>}") as a small
// automaton.
//
// Notation: a word stands for itself; {a | b} is a choice, [a] may be left out, a+ may be repeated;
// <kind> or <name=kind> is an argument. Kinds: a range 1-10, a comma list of such numbers 1-10,
// and the names of ArgumentKind. `prefix:<kind>` is one word: the prefix, then the argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"

namespace weir::config::language {

enum class ArgumentKind : std::uint8_t {
    keyword,      // no argument: the word itself
    number,       // a range: 0-10
    numbers,      // a range and a comma, 0-10, : numbers, also several in one word with commas
    word,         // anything without blanks
    line,         // the rest of the line
    name,         // letters, digits, '-', '_', '.', at most kNameBytes
    ipv4,         // 192.0.2.1
    mask,         // 255.255.255.0, contiguous
    ipv6,         // 2001:db8::1
    ipv6_host,    // 2001:db8::1 or [2001:db8::1]
    ipv6_prefix,  // 2001:db8::/32
    ipv4_port,    // 192.0.2.1 or 192.0.2.1:5060
    ipv6_port,    // [2001:db8::1] or [2001:db8::1]:5060
    host,         // a host name
    host_port,    // a host name, or with :5060
    pattern,      // a number pattern (spec A.3)
    slashed,      // /text/, a \/ inside does not end it
    quoted,       // "text with blanks", a \" inside does not end it; or one word without quotes
    hex,          // hexadecimal digits
};

struct Token {
    ArgumentKind kind = ArgumentKind::keyword;
    std::string text;  // the keyword, or the prefix of the argument
    std::string name;  // by which a command asks for the argument; the kind if not given
    std::uint64_t min = 0;
    std::uint64_t max = 0;  // of numbers
};

using Position = std::uint16_t;  // index of a token

// Which token may follow which: the positions of the syntax are the states (Glushkov's
// construction).
struct Grammar {
    std::vector<Token> tokens;
    std::vector<Position> first;
    std::vector<std::vector<Position>> follow;
    std::vector<bool> may_end;
    std::size_t fixed_words = 0;  // keywords in front that are always there

    [[nodiscard]] static Result<Grammar> parse(std::string_view syntax);
    [[nodiscard]] std::string fixed_text() const;  // "session target"
};

}  // namespace weir::config::language
