// SPDX-License-Identifier: Apache-2.0
// Views of a configuration file that need no node.
#include "deploy/apps/offline/check_views.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "config/language/command.hpp"
#include "config/language/reference.hpp"

namespace weir::apps {
namespace {

namespace json = boost::json;
namespace language = config::language;

std::size_t errors_of(const language::ReadResult& reading) {
    const auto is_error = [](const language::Diagnostic& diagnostic) {
        return diagnostic.severity == language::Diagnostic::Severity::error;
    };
    return static_cast<std::size_t>(
               std::count_if(reading.diagnostics.begin(), reading.diagnostics.end(), is_error)) +
           reading.suppressed;
}

void print_diagnostics(const language::ReadResult& reading) {
    for (const auto& diagnostic : reading.diagnostics)
        std::fputs(language::print_diagnostic(diagnostic).c_str(), stderr);
    if (reading.suppressed > 0) fmt::print(stderr, "and {} further ones\n", reading.suppressed);
}

}  // namespace

int print_config_command(const std::string& file, bool all) {
    const auto reading = language::read_file(file);
    print_diagnostics(reading);
    if (!reading.config) {
        const auto errors = errors_of(reading);
        fmt::print(stderr, "{}: {} error{}\n", file, errors, errors == 1 ? "" : "s");
        return 1;
    }
    const auto depth = all ? language::PrintDepth::all : language::PrintDepth::changed;
    std::fputs(language::print_running_config(*reading.config, depth).c_str(), stdout);
    return 0;
}

std::string effects_text(const std::string& file, const language::EffectsResult& effects) {
    std::string text;
    std::map<std::string, std::size_t> counts;
    for (const auto& line : effects.lines) {
        const std::string reason = language::reason_text(*line.entry);
        text += fmt::format("{}:{}: {}: {}\n", file, line.line, line.text, reason);
        ++counts[reason];
    }
    text += fmt::format("{}: {} line{} without effect\n", file, effects.lines.size(),
                        effects.lines.size() == 1 ? "" : "s");
    for (const auto& [reason, count] : counts)
        text += fmt::format("{:>6}  {}\n", count, reason);
    return text;
}

std::string effects_json(const std::string& file, const language::EffectsResult& effects) {
    json::array lines;
    for (const auto& line : effects.lines)
        lines.push_back(json::object{{"line", line.line},
                                     {"mode", language::mode_of(line.mode).name},
                                     {"command", line.text},
                                     {"reason", language::reason_word(line.entry->reason)},
                                     {"work", line.entry->work},
                                     {"text", language::reason_text(*line.entry)}});
    return json::serialize(json::object{
               {"file", file}, {"lines", lines}, {"errors", errors_of(effects.reading)}}) +
           "\n";
}

int effects_command(const std::string& file, bool as_json) {
    const auto effects = language::read_effects_of_file(file);
    print_diagnostics(effects.reading);
    std::fputs((as_json ? effects_json(file, effects) : effects_text(file, effects)).c_str(),
               stdout);
    return effects.reading.config ? 0 : 1;
}

int reference_command() {
    std::fputs(language::reference_page().c_str(), stdout);
    return 0;
}

}  // namespace weir::apps
