// SPDX-License-Identifier: Apache-2.0
// Recursive descent over a syntax string, building the automaton on the way.
#include "config/language/grammar.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "config/base/text.hpp"

namespace weir::config::language {
namespace {

constexpr std::array<std::pair<std::string_view, ArgumentKind>, 16> kKinds{{
    {"word", ArgumentKind::word},
    {"line", ArgumentKind::line},
    {"name", ArgumentKind::name},
    {"ipv4", ArgumentKind::ipv4},
    {"mask", ArgumentKind::mask},
    {"ipv6", ArgumentKind::ipv6},
    {"ipv6-host", ArgumentKind::ipv6_host},
    {"ipv6-prefix", ArgumentKind::ipv6_prefix},
    {"ipv4-port", ArgumentKind::ipv4_port},
    {"ipv6-port", ArgumentKind::ipv6_port},
    {"host", ArgumentKind::host},
    {"host-port", ArgumentKind::host_port},
    {"pattern", ArgumentKind::pattern},
    {"slashed", ArgumentKind::slashed},
    {"quoted", ArgumentKind::quoted},
    {"hex", ArgumentKind::hex},
}};

// What a piece of the syntax can begin and end with.
struct Piece {
    std::vector<Position> first;
    std::vector<Position> last;
    bool may_be_empty = true;
};

void append(std::vector<Position>& to, const std::vector<Position>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

class Parser {
public:
    explicit Parser(std::string_view syntax) : syntax_(syntax) {}

    Result<Grammar> run() {
        auto piece = sequence();
        if (!piece) return fail(piece.error());
        if (at_ != syntax_.size())
            return wrong("unexpected '" + std::string(1, syntax_[at_]) + "'");
        if (piece->may_be_empty) return wrong("a command needs a word");
        grammar_.first = piece->first;
        grammar_.may_end.resize(grammar_.tokens.size());
        for (const Position end : piece->last)
            grammar_.may_end[end] = true;
        count_fixed_words();
        return std::move(grammar_);
    }

private:
    Result<Piece> sequence() {
        Piece whole;
        for (;;) {
            skip_blanks();
            if (at_ == syntax_.size() || next_is_one_of("}]|")) return whole;
            auto part = repeated();
            if (!part) return part;
            connect(whole.last, part->first);
            if (whole.may_be_empty) append(whole.first, part->first);
            if (!part->may_be_empty) whole.last.clear();
            append(whole.last, part->last);
            whole.may_be_empty = whole.may_be_empty && part->may_be_empty;
        }
    }

    Result<Piece> repeated() {
        auto piece = element();
        if (!piece || !next_is_one_of("+")) return piece;
        ++at_;
        connect(piece->last, piece->first);
        return piece;
    }

    Result<Piece> element() {
        if (next_is_one_of("{")) return choice('}', false);
        if (next_is_one_of("[")) return choice(']', true);
        return token();
    }

    Result<Piece> choice(char close, bool optional) {
        ++at_;
        Piece whole;
        whole.may_be_empty = optional;
        for (;;) {
            auto branch = sequence();
            if (!branch) return branch;
            append(whole.first, branch->first);
            append(whole.last, branch->last);
            whole.may_be_empty = whole.may_be_empty || branch->may_be_empty;
            if (at_ == syntax_.size()) return wrong(std::string("no '") + close + "'");
            const char c = syntax_[at_++];
            if (c == close) return whole;
            if (c != '|') return wrong(std::string("unexpected '") + c + "'");
        }
    }

    Result<Piece> token() {
        const std::size_t begin = at_;
        while (at_ < syntax_.size() &&
               std::string_view(" {}[]|+<").find(syntax_[at_]) == std::string_view::npos)
            ++at_;
        Token token;
        token.text = syntax_.substr(begin, at_ - begin);
        if (next_is_one_of("<")) {
            const std::size_t end = syntax_.find('>', at_);
            if (end == std::string_view::npos) return wrong("no '>'");
            WEIR_TRY(argument(syntax_.substr(at_ + 1, end - at_ - 1), token));
            at_ = end + 1;
        }
        if (token.text.empty() && token.kind == ArgumentKind::keyword)
            return wrong("a word is missing");
        const auto position = static_cast<Position>(grammar_.tokens.size());
        grammar_.tokens.push_back(std::move(token));
        grammar_.follow.emplace_back();
        return Piece{{position}, {position}, false};
    }

    // "name=kind", "kind" or "1-10".
    Result<void> argument(std::string_view text, Token& token) {
        if (const auto equals = text.find('='); equals != std::string_view::npos) {
            token.name = text.substr(0, equals);
            text.remove_prefix(equals + 1);
        }
        const auto known = std::find_if(kKinds.begin(), kKinds.end(),
                                        [&](const auto& k) { return k.first == text; });
        if (known != kKinds.end()) {
            token.kind = known->second;
            if (token.name.empty()) token.name = text;
            return {};
        }
        token.kind = ArgumentKind::number;
        if (!text.empty() && text.back() == ',') {
            token.kind = ArgumentKind::numbers;
            text.remove_suffix(1);
        }
        const auto dash = text.find('-');
        const auto min = text::number(text.substr(0, dash));
        const auto max =
            dash == std::string_view::npos ? std::nullopt : text::number(text.substr(dash + 1));
        if (!min || !max) return wrong("'" + std::string(text) + "' is neither a kind nor a range");
        if (token.name.empty()) token.name = "number";
        token.min = *min;
        token.max = *max;
        return {};
    }

    void connect(const std::vector<Position>& from, const std::vector<Position>& to) {
        for (const Position position : from)
            append(grammar_.follow[position], to);
    }

    void count_fixed_words() {
        // The leading keywords are exactly the tokens before the first bracket or argument.
        const auto end = std::min(syntax_.find_first_of("{[<"), syntax_.size());
        std::string_view fixed = syntax_.substr(0, end);
        if (end < syntax_.size() && !fixed.empty() && fixed.back() != ' ')
            fixed =
                fixed.substr(0, fixed.rfind(' ') == std::string_view::npos ? 0 : fixed.rfind(' '));
        grammar_.fixed_words = text::words(fixed).size();
    }

    void skip_blanks() {
        while (at_ < syntax_.size() && syntax_[at_] == ' ')
            ++at_;
    }
    [[nodiscard]] bool next_is_one_of(std::string_view characters) const {
        return at_ < syntax_.size() && characters.find(syntax_[at_]) != std::string_view::npos;
    }
    [[nodiscard]] tl::unexpected<Error> wrong(const std::string& why) const {
        return fail(ErrorCode::invalid, "syntax '" + std::string(syntax_) + "': " + why);
    }

    std::string_view syntax_;
    std::size_t at_ = 0;
    Grammar grammar_;
};

}  // namespace

Result<Grammar> Grammar::parse(std::string_view syntax) {
    return Parser(syntax).run();
}

std::string Grammar::fixed_text() const {
    std::string text;
    for (std::size_t i = 0; i < fixed_words; ++i)
        text += (i == 0 ? "" : " ") + tokens[i].text;
    return text;
}

}  // namespace weir::config::language
