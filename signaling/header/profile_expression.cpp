// SPDX-License-Identifier: Apache-2.0
// From the dialect of spec D.1 to RE2, sign by sign; the syntax itself is checked by config/model.
#include "signaling/header/profile_expression.hpp"

#include <re2/re2.h>

#include "config/base/text.hpp"
#include "config/model/expression.hpp"

namespace weir::signaling {
namespace {

std::uint8_t hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
    return static_cast<std::uint8_t>((c | 0x20) - 'a' + 10);
}

char hex_byte(std::string_view two) {
    return static_cast<char>(hex_digit(two[0]) * 16 + hex_digit(two[1]));
}

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// One byte as RE2 reads it literally.
void append_literal(std::string& regex, char c) {
    if (is_letter_or_digit(c) || c == '_') {
        regex += c;
        return;
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    regex += {'\\', 'x', kHex[byte >> 4U], kHex[byte & 15U]};
}

// A set in brackets from text[at], which is '['; `at` moves behind it. A backslash makes the next
// sign a member, and a ] right behind [ or [^ is one.
void append_set(std::string& regex, std::string_view text, std::size_t& at) {
    regex += '[';
    if (++at < text.size() && text[at] == '^') {
        regex += '^';
        ++at;
    }
    const auto member = [&] {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        append_literal(regex, text[at++]);
    };
    for (bool first = true; at < text.size() && (first || text[at] != ']'); first = false) {
        member();
        if (at + 1 < text.size() && text[at] == '-' && text[at + 1] != ']') {
            regex += '-';
            ++at;
            append_literal(regex, text[at++]);
        }
    }
    ++at;
    regex += ']';
}

tl::unexpected<Error> wrong(const char* what, std::string_view text, const std::string& why) {
    return fail(ErrorCode::invalid, std::string("the ") + what + " \"" + text::printable(text) +
                                        "\" of a SIP profile is wrong: " + why);
}

}  // namespace

Result<std::string> profile_regex(std::string_view text) {
    if (const auto groups = config::check_profile_match(text); !groups)
        return wrong("expression", text, groups.error().text);
    std::string regex;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '[') {
            append_set(regex, text, at);
            continue;
        }
        ++at;
        if (c == '\\') {
            const char next = text[at++];
            const bool hex = next == 'x';
            append_literal(regex, hex ? hex_byte(text.substr(at, 2)) : next);
            if (hex) at += 2;
        } else if (c == '.') {
            regex += "(?s:.)";
        } else if (std::string_view("()|*+?^$").find(c) != std::string_view::npos) {
            regex += c;
        } else {
            append_literal(regex, c);
        }
    }
    return regex;
}

Result<ProfileExpression> ProfileExpression::compile(std::string_view text) {
    auto regex = profile_regex(text);
    if (!regex) return fail(std::move(regex).error());
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(kExpressionMemory);
    options.set_encoding(re2::RE2::Options::EncodingLatin1);  // bytes: headers may hold any
    auto compiled = std::make_shared<const re2::RE2>(*regex, options);
    if (!compiled->ok()) return wrong("expression", text, compiled->error());
    ProfileExpression made;
    made.groups_ = static_cast<std::size_t>(compiled->NumberOfCapturingGroups());
    made.regex_ = std::move(compiled);
    return made;
}

std::optional<ProfileMatch> ProfileExpression::find(std::string_view line) const {
    std::array<re2::StringPiece, kExpressionSlots> found;
    if (!regex_->Match({line.data(), line.size()}, 0, line.size(), re2::RE2::UNANCHORED,
                       found.data(), static_cast<int>(groups_) + 1))
        return std::nullopt;
    ProfileMatch match;
    for (std::size_t i = 0; i <= groups_; ++i)
        if (found[i].data() != nullptr) match[i] = {found[i].data(), found[i].size()};
    return match;
}

Result<ProfileText> ProfileText::compile(std::string_view text) {
    if (const auto groups = config::check_profile_replacement(text); !groups)
        return wrong("text", text, groups.error().text);
    ProfileText made;
    const auto literal = [&](char c) {
        if (made.pieces_.empty() || made.pieces_.back().kind != Piece::Kind::literal)
            made.pieces_.emplace_back();
        made.pieces_.back().text += c;
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\') {
            literal(text[at]);
            continue;
        }
        const char c = text[++at];
        if (c == 'x') {
            literal(hex_byte(text.substr(at + 1, 2)));
            at += 2;
        } else if (c == 'u') {
            const int number = (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
            made.pieces_.push_back({Piece::Kind::variable, static_cast<std::uint8_t>(number), {}});
            at += 2;
        } else if (c >= '1' && c <= '9') {
            made.pieces_.push_back({Piece::Kind::group, static_cast<std::uint8_t>(c - '0'), {}});
        } else {
            literal(c);
        }
    }
    return made;
}

std::optional<std::string> ProfileText::expand(const ProfileMatch& match,
                                               const ProfileVariables& variables) const {
    std::string text;
    for (const auto& piece : pieces_) {
        if (piece.kind == Piece::Kind::literal) {
            text += piece.text;
        } else if (piece.kind == Piece::Kind::group) {
            text += match[piece.number];
        } else {
            const auto variable = variables.find(piece.number);
            if (variable == variables.end()) return std::nullopt;
            text += variable->second;
        }
    }
    return text;
}

}  // namespace weir::signaling
