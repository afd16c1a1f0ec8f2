// SPDX-License-Identifier: Apache-2.0
// Hints by the mistakes that people make: a command of another mode, a hyphen for a blank, an
// address without its "ipv4:", "off" for "no", a word of the RFCs for a word of the router.
#include "config/language/hints.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include "config/base/address.hpp"
#include "config/base/text.hpp"

namespace weir::config::language {
namespace {

constexpr std::size_t kHomesShown = 3;
constexpr std::size_t kShownLine = 80;  // bytes of what was typed

std::string did_you_mean(std::string_view words) {
    return "did you mean \"" + text::printable(words, kShownLine) + "\"?";
}

// The modes that know a line, as "retry invite 2" belongs to sip-ua or a tenant; empty if none.
std::string homes_of(const Statement& statement) {
    std::string homes;
    std::size_t count = 0;
    for (const auto& mode : all_modes())
        if (match_quickly(mode, statement).row && ++count <= kHomesShown)
            homes += (count == 1 ? "" : " or ") + mode.name;
    if (homes.empty()) return "";
    return "this command belongs to " + homes + (count > kHomesShown ? " and others" : "");
}

// Words `from` and on, with one blank between them.
std::string joined(const Statement& statement, std::size_t from = 0) {
    std::string line;
    for (std::size_t i = from; i < statement.words.size(); ++i)
        line += (line.empty() ? "" : " ") + std::string(statement.words[i].text);
    return line;
}

// A global or sip-ua setting has its form for one peer: early-offer is voice-class sip early-offer.
std::string of_a_peer(const Statement& statement, const Mode& mode) {
    const std::string line = (statement.form == Form::no ? "no " : "") +
                             std::string("voice-class sip ") + joined(statement);
    if (!match_quickly(mode, statement_of(line)).row) return "";
    return "here it is \"" + text::printable(line, kShownLine) + "\"";
}

// "destination-pattern 9" -> destination, pattern, 9.
std::vector<std::string_view> parts_of(std::string_view line) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0; begin < line.size();) {
        const std::size_t end = std::min(line.find_first_of(" -", begin), line.size());
        if (end > begin) parts.push_back(line.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

// The command that the line is when blanks and hyphens are taken for the same.
std::string rejoined(const Statement& statement, const std::vector<ModeId>& modes,
                     std::size_t understood) {
    const std::string line = joined(statement);
    const auto typed = parts_of(line);
    // It must account for more than what was understood already, and be two words at least.
    std::size_t longest = 0;
    for (std::size_t i = 0; i < understood; ++i)
        longest += parts_of(statement.words[i].text).size();
    longest = std::max<std::size_t>(longest, 1);
    std::string best;
    for (auto id = modes.rbegin(); id != modes.rend(); ++id)
        for (const CommandRow& row : mode_of(*id).rows) {
            const std::string fixed = row.grammar.fixed_text();
            const auto parts = parts_of(fixed);
            if (parts.size() <= longest || parts.size() > typed.size()) continue;
            const bool fits = std::equal(parts.begin(), parts.end(), typed.begin(),
                                         [](auto a, auto b) { return text::iequals(a, b); });
            if (!fits) continue;
            longest = parts.size();
            best = fixed;
        }
    return best.empty() ? "" : did_you_mean(best);
}

bool is_expected(const Mismatch& mismatch, std::string_view keyword) {
    return std::find(mismatch.expected.begin(), mismatch.expected.end(), keyword) !=
           mismatch.expected.end();
}

bool is_host(std::string_view word) {
    return word.find('.') != std::string_view::npos &&
           std::all_of(word.begin(), word.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-';
           });
}

// An address or a host without the prefix that it needs, or with a blank behind it.
std::string with_prefix(const Statement& statement, const Mismatch& mismatch) {
    const std::string_view word = statement.words[mismatch.words].text;
    if (mismatch.words + 1 < statement.words.size() &&
        is_expected(mismatch, std::string(word) + ":"))
        return did_you_mean(std::string(word) + ":" +
                            std::string(statement.words[mismatch.words + 1].text));
    if (is_expected(mismatch, "ipv4:"))
        if (const auto address = Endpoint::parse(word, 0)) {
            const bool v4 = address->address.family == Family::v4;
            const bool bare = !v4 && !word.starts_with('[');
            return did_you_mean((v4     ? "ipv4:"
                                 : bare ? "ipv6:["
                                        : "ipv6:") +
                                std::string(word) + (bare ? "]" : ""));
        }
    if (is_expected(mismatch, "dns:") && is_host(word))
        return did_you_mean("dns:" + std::string(word));
    return "";
}

// "vad off" is "no vad", "vad on" is "vad".
std::string switched(const Statement& statement, const Mode& mode, std::size_t understood) {
    const std::string_view word = statement.words[understood].text;
    const auto is_one_of = [word](std::initializer_list<const char*> words) {
        return std::any_of(words.begin(), words.end(),
                           [word](const char* each) { return text::iequals(word, each); });
    };
    const bool off = is_one_of({"off", "disable", "disabled", "none", "unlimited"});
    if (statement.form != Form::set || understood == 0) return "";
    if (!off && !is_one_of({"on", "enable", "enabled"})) return "";
    Statement before = statement;
    before.words.resize(understood);
    const std::string line = (off ? "no " : "") + joined(before);
    return match_quickly(mode, statement_of(line)).row ? did_you_mean(line) : "";
}

// Names of the RFCs for what the router calls otherwise.
std::string synonym(std::string_view word, const Mismatch& mismatch) {
    static constexpr std::pair<std::string_view, std::string_view> kSynonyms[] = {
        {"100rel", "rel1xx"},   {"g711a", "g711alaw"},          {"g711u", "g711ulaw"},
        {"info", "sip-info"},   {"kpml", "sip-kpml"},           {"notify", "sip-notify"},
        {"pcma", "g711alaw"},   {"pcmu", "g711ulaw"},           {"rfc2833", "rtp-nte"},
        {"rfc4733", "rtp-nte"}, {"telephone-event", "rtp-nte"},
    };
    for (const auto& [name, keyword] : kSynonyms)
        if (text::iequals(word, name) && is_expected(mismatch, keyword))
            return did_you_mean(keyword);
    return "";
}

// A codec by its name where the number of a list is wanted.
std::string single_codec(const Statement& statement, const Mode& mode, std::size_t understood) {
    if (understood < 2 || !text::iequals(statement.words[1].text, "codec")) return "";
    const std::string line = "codec " + std::string(statement.words[understood].text);
    return match_quickly(mode, statement_of(line)).row ? did_you_mean(line) : "";
}

std::string nearest_keyword(const Statement& statement, const std::vector<ModeId>& modes,
                            const Mismatch& mismatch) {
    const std::string_view word = statement.words[mismatch.words].text;
    auto candidates = mismatch.expected;
    for (std::size_t i = 0; mismatch.words == 0 && i < modes.size(); ++i)
        for (const CommandRow& row : mode_of(modes[i]).rows)
            candidates.push_back(row.grammar.tokens[0].text);
    // Who has written "ipv4:" has erred in what follows it.
    for (const std::string& candidate : candidates)
        if (candidate.ends_with(':') && text::istarts_with(word, candidate)) return "";
    const auto near = text::nearest(word, candidates);
    return near && !text::iequals(*near, word) ? did_you_mean(*near) : "";
}

}  // namespace

std::string hint_of(const Statement& statement, const std::vector<ModeId>& modes,
                    const Mismatch& mismatch) {
    if (mismatch.kind != Mismatch::Kind::invalid || modes.empty()) return "";
    const Mode& mode = mode_of(modes.back());
    const std::string_view word = statement.words[mismatch.words].text;
    if (mismatch.words == 0)
        if (auto hint = of_a_peer(statement, mode); !hint.empty()) return hint;
    if (auto hint = rejoined(statement, modes, mismatch.words); !hint.empty()) return hint;
    if (mismatch.words == 0)
        if (auto hint = homes_of(statement); !hint.empty()) return hint;
    if (text::istarts_with(word, "enum:"))
        return "enum:N asks by the rules of voice enum-match-table N";
    for (auto hint : {with_prefix(statement, mismatch), switched(statement, mode, mismatch.words),
                      synonym(word, mismatch), single_codec(statement, mode, mismatch.words),
                      nearest_keyword(statement, modes, mismatch)})
        if (!hint.empty()) return hint;
    return mismatch.abbreviation;
}

}  // namespace weir::config::language
