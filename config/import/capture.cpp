// SPDX-License-Identifier: Apache-2.0
// What of a capture is configuration.
#include "config/import/capture.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "config/import/import_limits.hpp"
#include "config/import/terminal.hpp"
#include "config/import/wrapped.hpp"

namespace weir::config {
namespace {

using Kind = CaptureLine::Kind;
using Lines = std::vector<CaptureLine>;

// "router#show run", "router(config-dial-peer)#preference 2", "router>".
struct Prompt {
    bool configures = false;
    std::string_view command;
};

bool is_host_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

std::optional<Prompt> prompt_of(std::string_view line) {
    const auto host = std::find_if_not(line.begin(), line.end(), is_host_letter);
    auto rest = line.substr(static_cast<std::size_t>(host - line.begin()));
    if (rest.size() == line.size() || rest.empty()) return std::nullopt;
    Prompt prompt;
    if (rest.front() == '(') {
        const auto close = rest.find(')');
        if (close == std::string_view::npos) return std::nullopt;
        prompt.configures = rest.substr(1).starts_with("conf");
        rest.remove_prefix(close + 1);
    }
    if (rest.empty() || (rest.front() != '#' && rest.front() != '>')) return std::nullopt;
    prompt.command = text::trim(rest.substr(1));
    return prompt;
}

// Lines that the router prints before a configuration.
constexpr std::array<std::string_view, 7> kHeadings = {
    "Enter configuration commands", "Building configuration", "Current configuration", "Using ",
    "Startup configuration",        "Load for five secs",     "Time source is"};

bool is_heading(std::string_view line) {
    return std::any_of(kHeadings.begin(), kHeadings.end(),
                       [&](std::string_view heading) { return line.starts_with(heading); });
}

bool shows_configuration(std::string_view command) {
    const auto words = text::words(command);
    if (words.empty() || !text::istarts_with(words[0], "sh")) return false;
    return std::any_of(words.begin() + 1, words.end(), [](std::string_view word) {
        return text::istarts_with(word, "run") || text::istarts_with(word, "start") ||
               text::istarts_with(word, "conf") || text::istarts_with(word, "tech");
    });
}

// "*Nov 21 12:00:01.123: %SYS-5-CONFIG_I: Configured from console": a log line in between.
bool is_log_message(std::string_view line) {
    const auto percent = line.find('%');
    if (percent == std::string_view::npos) return false;
    const auto colon = line.find(": ", percent);
    if (colon == std::string_view::npos) return false;
    const std::string_view code = line.substr(percent + 1, colon - percent - 1);
    const auto parts = text::split(code, '-');
    if (parts.size() < 3) return false;
    const std::string_view level = parts[parts.size() - 2];
    return level.size() == 1 && level[0] >= '0' && level[0] <= '7' &&
           std::none_of(code.begin(), code.end(),
                        [](char c) { return c == ' ' || (c >= 'a' && c <= 'z'); });
}

void set(CaptureLine& line, Kind kind, const char* note) {
    line.kind = kind;
    line.note = note;
}

// What can be said of a line by itself.
void classify(CaptureLine& line) {
    const std::string_view text = line.text;
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return set(line, Kind::comment, "");
    if (text[first] == '!') return set(line, Kind::comment, "");
    if (text.find_first_not_of("^ ") == std::string_view::npos)
        return set(line, Kind::surroundings, "marker of the router below a typed line");
    if (is_heading(text)) return set(line, Kind::surroundings, "heading of the router's output");
    if (is_log_message(text)) return set(line, Kind::surroundings, "log message in between");
    if (text.starts_with("% "))
        return set(line, Kind::surroundings, "message of the router about a typed line");
    const auto prompt = prompt_of(text);
    if (!prompt) return;
    if (!prompt->configures || prompt->command.empty())
        return set(line, Kind::surroundings, "prompt of the router");
    const std::string command(prompt->command);
    line.text = command;
    line.note = "typed at a prompt";
    line.indent_is_known = false;
}

// The lines between the first heading or `show running-config` and `end`; all, where there is
// neither.
void cut_surroundings(Lines& lines) {
    const auto begins = [](const CaptureLine& line) {
        if (line.kind != Kind::surroundings) return false;
        const auto prompt = prompt_of(line.text);
        if (prompt) return shows_configuration(prompt->command);
        return is_heading(line.text) && !line.text.starts_with("Enter ");
    };
    const auto first = std::find_if(lines.begin(), lines.end(), begins);
    if (first != lines.end())
        for (auto line = lines.begin(); line != first; ++line)
            if (line->kind == Kind::configuration)
                set(*line, Kind::surroundings, "stands before the configuration");
    bool ended = false;
    for (auto line = first == lines.end() ? lines.begin() : first; line != lines.end(); ++line) {
        if (ended) {
            if (line->kind == Kind::configuration)
                set(*line, Kind::surroundings, "stands behind the end of the configuration");
        } else if (line->kind == Kind::configuration && line->indent_is_known &&
                   text::iequals(text::trim(line->text), "end")) {
            set(*line, Kind::surroundings, "end of the configuration");
            ended = true;
        }
    }
}

// "banner motd ^C": the delimiter is ^C, else the first letter behind the kind of banner.
std::optional<std::pair<std::string, std::string_view>> banner_of(std::string_view line) {
    const auto words = text::words(line);
    if (words.size() < 2 || words[0].size() < 3 || !text::istarts_with("banner", words[0]))
        return std::nullopt;
    std::string_view rest;
    if (words.size() >= 3) {
        rest = line.substr(static_cast<std::size_t>(words[2].data() - line.data()));
    } else {  // "banner motd" is left out: "banner ^C"
        return std::nullopt;
    }
    const std::size_t length = rest.starts_with("^C") ? 2 : 1;
    return std::pair(std::string(rest.substr(0, length)), rest.substr(length));
}

void take_banners(Lines& lines) {
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (lines[at].kind != Kind::configuration) continue;
        const auto banner = banner_of(lines[at].text);
        if (!banner) continue;
        const auto& [delimiter, rest] = *banner;
        std::size_t last = at;
        bool found = rest.find(delimiter) != std::string_view::npos;
        while (!found && last + 1 < lines.size() && last - at < kMaxBannerLines)
            found = lines[++last].text.find(delimiter) != std::string::npos;
        if (!found) {
            set(lines[at], Kind::refused,
                "the banner has no end: this line was left out, the text below it is read as "
                "configuration");
            continue;
        }
        for (; at < last; ++at)
            set(lines[at], Kind::banner, "");
        set(lines[at], Kind::banner, "");
    }
}

void set_notes(CaptureLine& line, const ShownLine& shown) {
    if (shown.was_too_long)
        set(line, Kind::refused, "the line is longer than a line of a configuration can be");
    else if (shown.was_latin1)
        line.note = "letters that are not UTF-8 were read as ISO 8859-1";
}

}  // namespace

Result<std::vector<CaptureLine>> read_capture(std::string_view text) {
    if (text.size() > kConfigMaxBytes)
        return fail(ErrorCode::invalid, "the file is larger than " +
                                            std::to_string(kConfigMaxBytes) +
                                            " bytes: give the output of show running-config only");
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return fail(ErrorCode::invalid, "the file is UTF-16: save it as UTF-8 or plain text");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const char line_end = text.find('\n') == std::string_view::npos ? '\r' : '\n';
    Lines lines;
    while (!text.empty()) {
        if (lines.size() == kMaxCaptureLines)
            return fail(ErrorCode::invalid, "the file has more than " +
                                                std::to_string(kMaxCaptureLines) +
                                                " lines: this is no router's configuration");
        const auto end = text.find(line_end);
        ShownLine shown = shown_line(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        CaptureLine line;
        line.number = static_cast<std::uint32_t>(lines.size() + 1);
        line.text = shown.text;
        line.indent_is_known = !shown.was_paged;
        set_notes(line, shown);
        if (shown.was_paged && line.text.empty())
            set(line, Kind::surroundings, "paging");
        else if (line.kind == Kind::configuration)
            classify(line);
        lines.push_back(std::move(line));
    }
    take_banners(lines);
    cut_surroundings(lines);
    join_wrapped(lines);
    return lines;
}

}  // namespace weir::config
