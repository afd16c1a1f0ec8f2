// SPDX-License-Identifier: Apache-2.0
// Output filters line by line over a finished answer.
#include "config/admin/filter.hpp"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <re2/re2.h>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"

namespace weir::config {
namespace {

constexpr std::int64_t kRegexMemory = 1 << 20;  // bytes: the automaton of one filter

struct FilterWord {
    const char* word;
    const char* help;
};
constexpr FilterWord kFilters[] = {{"begin", "From the first line that matches"},
                                   {"count", "The number of lines that match"},
                                   {"exclude", "Lines that do not match"},
                                   {"include", "Lines that match"},
                                   {"json", "The whole as JSON, for programs"},
                                   {"section", "Whole sections whose first line matches"}};

// The filter's name, as far as it is typed; none when it is complete and the expression follows.
std::optional<std::string_view> name_of(std::string_view partial) {
    const auto begin = partial.find_first_not_of(' ');
    if (begin == std::string_view::npos) return std::string_view();
    partial.remove_prefix(begin);
    if (partial.find(' ') != std::string_view::npos) return std::nullopt;
    return partial;
}

std::size_t indentation(std::string_view line) {
    const auto first = line.find_first_not_of(' ');
    return first == std::string_view::npos ? line.size() : first;
}

}  // namespace

OutputFilter::OutputFilter(Kind kind, std::unique_ptr<re2::RE2> regex)
    : kind_(kind), regex_(std::move(regex)) {}
OutputFilter::OutputFilter(OutputFilter&&) noexcept = default;
OutputFilter& OutputFilter::operator=(OutputFilter&&) noexcept = default;
OutputFilter::~OutputFilter() = default;

Result<OutputFilter> OutputFilter::parse(std::string_view text) {
    text = text::trim(text);
    const auto blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    const std::string_view pattern =
        blank == std::string_view::npos ? "" : text::trim(text.substr(blank));
    const std::pair<const char*, Kind> kinds[] = {{"include", Kind::include},
                                                  {"exclude", Kind::exclude},
                                                  {"begin", Kind::begin},
                                                  {"section", Kind::section},
                                                  {"count", Kind::count}};
    std::optional<Kind> kind;
    for (const auto& [name, value] : kinds)
        if (!word.empty() && text::istarts_with(name, word)) kind = value;
    if (!kind)
        return fail(ErrorCode::invalid,
                    "% Invalid filter: use | include, exclude, begin, section or count, then a "
                    "regular expression\n");
    if (pattern.empty()) return fail(ErrorCode::invalid, "% Incomplete command.\n");
    if (pattern.size() > kAdminMaxPattern)
        return fail(ErrorCode::invalid,
                    fmt::format("% The regular expression has {} bytes, at most {} are possible\n",
                                pattern.size(), kAdminMaxPattern));
    re2::RE2::Options options(re2::RE2::Latin1);  // answers may hold a peer's bytes
    options.set_log_errors(false);
    options.set_max_mem(kRegexMemory);
    auto regex =
        std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    if (!regex->ok())
        return fail(ErrorCode::invalid,
                    fmt::format("% Bad regular expression: {}\n", regex->error()));
    return OutputFilter(*kind, std::move(regex));
}

std::string filter_help(std::string_view partial) {
    const auto name = name_of(partial);
    if (!name) return fmt::format("  {:<14} {}\n", "LINE", "Regular expression");
    std::string text;
    for (const FilterWord& each : kFilters)
        if (text::istarts_with(each.word, *name))
            text += fmt::format("  {:<14} {}\n", each.word, each.help);
    return text.empty() ? "% Unrecognized command\n" : text;
}

std::vector<std::string> filter_words(std::string_view partial) {
    std::vector<std::string> words;
    if (const auto name = name_of(partial))
        for (const FilterWord& each : kFilters)
            if (text::istarts_with(each.word, *name)) words.emplace_back(each.word);
    return words;
}

std::string OutputFilter::apply(std::string_view text) const {
    if (text.ends_with('\n')) text.remove_suffix(1);
    std::string kept;
    std::size_t count = 0;
    bool begun = false;
    bool in_section = false;
    std::size_t depth = 0;  // indentation of the line that opened the section
    for (const std::string_view line : text::split(text, '\n')) {
        const bool match =
            re2::RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), *regex_);
        if (match) ++count;
        begun = begun || match;
        if (match && (!in_section || indentation(line) <= depth)) {
            in_section = true;
            depth = indentation(line);
        } else if (!match && in_section && indentation(line) <= depth) {
            in_section = false;
        }
        const bool keep = (kind_ == Kind::include && match) || (kind_ == Kind::exclude && !match) ||
                          (kind_ == Kind::begin && begun) || (kind_ == Kind::section && in_section);
        if (keep) kept.append(line).push_back('\n');
    }
    if (kind_ == Kind::count)
        return fmt::format("Number of lines which match regexp = {}\n", count);
    return kept;
}

}  // namespace weir::config
