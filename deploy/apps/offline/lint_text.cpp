// SPDX-License-Identifier: Apache-2.0
// Findings of the linter for people and for programs.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "config/base/text.hpp"
#include "deploy/apps/offline/lint_command.hpp"

namespace weir::apps {
namespace {

namespace json = boost::json;

std::size_t count(const std::vector<PlacedFinding>& findings, dialplan::LintSeverity severity) {
    std::size_t found = 0;
    for (const PlacedFinding& one : findings)
        if (one.finding.severity == severity) ++found;
    return found;
}

std::string place_of(const config::language::Diagnostic& place) {
    if (place.line == 0) return place.file + ":";
    if (place.column == 0) return fmt::format("{}:{}:", place.file, place.line);
    return fmt::format("{}:{}:{}:", place.file, place.line, place.column);
}

}  // namespace

std::string lint_text(const std::vector<PlacedFinding>& findings) {
    std::string out;
    for (const PlacedFinding& one : findings) {
        const auto& finding = one.finding;
        out += fmt::format("{} {}: {} [{} {}]\n", place_of(one.place), to_string(finding.severity),
                           finding.text, finding.code, dialplan::lint_rule(finding.code).name);
        if (!one.place.source_line.empty())
            out += fmt::format("{:>5} | {}\n", one.place.line,
                               text::printable(one.place.source_line, 160));
        if (!finding.advice.empty()) out += fmt::format("      > {}\n", finding.advice);
    }
    return out;
}

std::string lint_json(const std::string& file, const std::vector<PlacedFinding>& findings) {
    json::array array;
    for (const PlacedFinding& one : findings) {
        const auto& finding = one.finding;
        array.push_back(json::object{{"code", finding.code},
                                     {"name", dialplan::lint_rule(finding.code).name},
                                     {"severity", to_string(finding.severity)},
                                     {"file", one.place.file},
                                     {"line", one.place.line},
                                     {"column", one.place.column},
                                     {"block", finding.block},
                                     {"command", finding.command},
                                     {"text", finding.text},
                                     {"advice", finding.advice}});
    }
    using dialplan::LintSeverity;
    return json::serialize(json::object{{"file", file},
                                        {"findings", array},
                                        {"errors", count(findings, LintSeverity::error)},
                                        {"warnings", count(findings, LintSeverity::warning)},
                                        {"notes", count(findings, LintSeverity::note)}}) +
           "\n";
}

}  // namespace weir::apps
