// SPDX-License-Identifier: Apache-2.0
// The report for people and for programs.
#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "config/import/import.hpp"

namespace weir::config {
namespace {

constexpr std::array<Verdict, kVerdicts> kAll = {Verdict::carried, Verdict::without_effect,
                                                 Verdict::different, Verdict::not_supported,
                                                 Verdict::ignored};

// What a verdict means, for the head of the report.
const char* meaning(Verdict verdict) {
    switch (verdict) {
        case Verdict::carried:
            return "in the configuration, and does what it did";
        case Verdict::without_effect:
            return "changes nothing in Weir, or not yet";
        case Verdict::different:
            return "taken over in another way";
        case Verdict::not_supported:
            return "Weir does not do it; the note says what to do instead";
        case Verdict::ignored:
            return "comments, banners, terminal output";
    }
    return "";
}

}  // namespace

const char* to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::carried:
            return "carried";
        case Verdict::without_effect:
            return "without effect";
        case Verdict::different:
            return "different";
        case Verdict::not_supported:
            return "not supported";
        case Verdict::ignored:
            return "ignored";
    }
    return "";
}

std::array<std::size_t, kVerdicts> ImportReport::counts() const {
    std::array<std::size_t, kVerdicts> counts{};
    for (const ReportLine& line : lines)
        ++counts[static_cast<std::size_t>(line.verdict)];
    return counts;
}

bool ImportReport::is_lossless() const {
    return std::none_of(lines.begin(), lines.end(), [](const ReportLine& line) {
        return line.verdict == Verdict::different || line.verdict == Verdict::not_supported;
    });
}

std::string report_text(const ImportReport& report) {
    std::string text = fmt::format("Import of {}: {} lines\n", report.file, report.lines.size());
    const auto counts = report.counts();
    for (const Verdict verdict : kAll)
        text += fmt::format("  {:>6} {:<14}  {}\n", counts[static_cast<std::size_t>(verdict)],
                            to_string(verdict), meaning(verdict));
    if (!report.todo.empty()) text += "Before the node can run:\n";
    for (const std::string& item : report.todo)
        text += fmt::format("  * {}\n", item);
    text += "Line by line:\n";
    for (const ReportLine& line : report.lines) {
        text += fmt::format("{:>6} {:<14} |{}\n", line.number, to_string(line.verdict), line.text);
        if (!line.note.empty()) text += fmt::format("{:>23} {}\n", ">", line.note);
    }
    return text;
}

std::string report_json(const ImportReport& report) {
    boost::json::object summary;
    const auto counts = report.counts();
    for (const Verdict verdict : kAll)
        summary[to_string(verdict)] = counts[static_cast<std::size_t>(verdict)];
    boost::json::array lines;
    lines.reserve(report.lines.size());
    for (const ReportLine& line : report.lines)
        lines.push_back({{"line", line.number},
                         {"verdict", to_string(line.verdict)},
                         {"text", line.text},
                         {"note", line.note}});
    boost::json::array todo(report.todo.begin(), report.todo.end());
    const boost::json::object whole{{"file", report.file},
                                    {"lossless", report.is_lossless()},
                                    {"summary", std::move(summary)},
                                    {"todo", std::move(todo)},
                                    {"lines", std::move(lines)}};
    return boost::json::serialize(whole) + "\n";
}

}  // namespace weir::config
