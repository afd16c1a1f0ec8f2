// SPDX-License-Identifier: Apache-2.0
// Reads pattern maps and number translations line by line.
#include "dialplan/map_files.hpp"

#include <set>

#include "config/base/text.hpp"
#include "config/model/number_pattern.hpp"
#include "dialplan/dialplan_limits.hpp"
#include "dialplan/number_pattern.hpp"

namespace weir::dialplan {
namespace {

// Collects what is wrong with one file.
class FileErrors {
public:
    explicit FileErrors(const std::string& name) : name_(name) {}

    void add(std::size_t line, const std::string& text) {
        if (++count_ > kMapFileErrors) return;
        if (!text_.empty()) text_ += '\n';
        text_ += name_ + ":" + std::to_string(line) + ": " + text;
    }
    [[nodiscard]] bool any() const { return count_ != 0; }
    [[nodiscard]] std::string text() const {
        if (count_ <= kMapFileErrors) return text_;
        return text_ + "\n" + name_ + ": and " + std::to_string(count_ - kMapFileErrors) + " more";
    }

private:
    const std::string& name_;
    std::string text_;
    std::size_t count_ = 0;
};

Result<void> check_size(const std::string& name, std::string_view text) {
    if (text.size() <= kMapFileBytes) return {};
    return fail(ErrorCode::exhausted,
                name + ": the file is larger than " + std::to_string(kMapFileBytes) + " bytes");
}

bool is_comment(std::string_view line) {
    return line.empty() || line.front() == '!';
}

Result<void> check_pattern(std::string_view pattern) {
    auto compiled = NumberPattern::compile(pattern);
    return compiled ? Result<void>{} : fail(std::move(compiled).error());
}

Result<std::string> contents(const FileReader& read, const std::string& url) {
    if (!read) return fail(ErrorCode::unavailable, "Loading failed on url " + url);
    auto text = read(url);
    if (!text) return fail(text.error().within("Loading failed on url " + url));
    return text;
}

// Which word of a line is the pattern.
using PickPattern = std::string_view (*)(std::string_view line);

Result<std::vector<std::string>> parse_patterns(const std::string& name, std::string_view text,
                                                PickPattern pick) {
    WEIR_TRY(check_size(name, text));
    std::vector<std::string> patterns;
    std::set<std::string_view> seen;
    FileErrors errors(name);
    std::size_t number = 0;
    for (const auto piece : text::split(text, '\n')) {
        ++number;
        if (is_comment(text::trim(piece))) continue;
        const auto line = pick(text::trim(piece));
        if (const auto checked = check_pattern(line); !checked) {
            errors.add(number, checked.error().context);
            continue;
        }
        if (seen.insert(line).second) patterns.emplace_back(line);
    }
    if (errors.any()) return fail(ErrorCode::invalid, errors.text());
    if (patterns.size() > kMapFileEntries)
        return fail(ErrorCode::exhausted, name + ": " + std::to_string(patterns.size()) +
                                              " patterns, at most " +
                                              std::to_string(kMapFileEntries) + " are taken");
    return patterns;
}

using ParsePatterns = Result<std::vector<std::string>> (*)(const std::string& name,
                                                           std::string_view text);

Result<MapFile> read_map(const FileReader& read, const std::string& url,
                         ParsePatterns parse = parse_map_file) {
    const auto text = contents(read, url);
    if (!text) return fail(text.error());
    auto patterns = parse(url, *text);
    if (!patterns) return fail(std::move(patterns).error());
    return MapFile{std::move(*patterns), ""};
}

}  // namespace

Result<std::vector<std::string>> parse_map_file(const std::string& name, std::string_view text) {
    return parse_patterns(name, text, [](std::string_view line) { return line; });
}

Result<std::vector<std::string>> parse_dnis_file(const std::string& name, std::string_view text) {
    return parse_patterns(name, text, [](std::string_view line) {
        const auto words = text::words(line);
        return words.size() > 1 && text::iequals(words[0], "dnis") ? words[1] : words[0];
    });
}

Result<std::vector<NumberFile::Line>> parse_number_file(const std::string& name,
                                                        std::string_view text) {
    WEIR_TRY(check_size(name, text));
    std::vector<NumberFile::Line> lines;
    FileErrors errors(name);
    std::uint32_t number = 0;
    for (const auto piece : text::split(text, '\n')) {
        ++number;
        const auto line = text::trim(piece);
        if (is_comment(line)) continue;
        const auto words = text::words(line);
        if (words.size() != 2) {
            errors.add(number, "expected a pattern, a tab and what replaces the number");
            continue;
        }
        if (const auto checked = check_pattern(words[0]); !checked) {
            errors.add(number, checked.error().context);
            continue;
        }
        if (!config::is_plain_number(words[1])) {
            errors.add(number, "'" + text::printable(words[1]) +
                                   "' is no number (digits, A-F, *, #, a leading +)");
            continue;
        }
        lines.push_back({std::string(words[0]), std::string(words[1]), number});
    }
    if (errors.any()) return fail(ErrorCode::invalid, errors.text());
    if (lines.size() > kNumberFileEntries)
        return fail(ErrorCode::exhausted, name + ": " + std::to_string(lines.size()) +
                                              " lines, at most " +
                                              std::to_string(kNumberFileEntries) + " are taken");
    return lines;
}

MapFiles load_map_files(const config::Config& config, const FileReader& read) {
    MapFiles files;
    for (const auto& [tag, map] : config.pattern_maps) {
        if (map.url.empty()) continue;
        auto file = read_map(read, map.url);
        files.maps[tag] = file ? std::move(*file) : MapFile{{}, file.error().context};
    }
    for (const auto& [name, map] : config.dnis_maps) {
        if (map.url.empty()) continue;
        auto file = read_map(read, map.url, parse_dnis_file);
        files.dnis[name] = file ? std::move(*file) : MapFile{{}, file.error().context};
    }
    for (const auto& [tag, source] : config.number_files) {
        NumberFile& file = files.number_files[tag];
        const auto text = contents(read, source.url);
        auto lines = text ? parse_number_file(source.url, *text)
                          : Result<std::vector<NumberFile::Line>>(fail(text.error()));
        if (lines)
            file.lines = std::move(*lines);
        else
            file.error = lines.error().context;
    }
    return files;
}

Result<MapFiles> reload_map_file(const MapFiles& files, const config::Config& config,
                                 std::uint32_t tag, const FileReader& read) {
    const auto found = config.pattern_maps.find(tag);
    const std::string name = "voice class e164-pattern-map " + std::to_string(tag);
    if (found == config.pattern_maps.end())
        return fail(ErrorCode::not_found, name + " does not exist");
    if (found->second.url.empty())
        return fail(ErrorCode::not_found, name + " has no url to load from");
    auto file = read_map(read, found->second.url);
    if (!file) return fail(std::move(file).error());
    MapFiles made = files;
    made.maps[tag] = std::move(*file);
    return made;
}

}  // namespace weir::dialplan
