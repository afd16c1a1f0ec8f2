// SPDX-License-Identifier: Apache-2.0
// Reads a configuration, lints it, and puts each finding at its line.
#include "deploy/apps/offline/lint_command.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "config/base/limits.hpp"
#include "config/language/locate.hpp"
#include "config/platform/platform.hpp"
#include "config/store/atomic_file.hpp"
#include "dataplane/host/descriptors.hpp"
#include "dataplane/host/read_machine.hpp"
#include "deploy/apps/node.hpp"

namespace weir::apps {
namespace {

using config::language::Diagnostic;
using dialplan::LintSeverity;

constexpr std::uint64_t kMiB = 1024 * 1024;

LintSeverity severity_of(Diagnostic::Severity severity) {
    return severity == Diagnostic::Severity::error ? LintSeverity::error : LintSeverity::warning;
}

// What the reader has to say, where there is no configuration to lint.
std::vector<PlacedFinding> of_diagnostics(const std::vector<Diagnostic>& diagnostics) {
    std::vector<PlacedFinding> findings;
    for (const Diagnostic& diagnostic : diagnostics) {
        dialplan::LintFinding finding;
        finding.code = dialplan::lint_rule("WL001").code;
        finding.severity = severity_of(diagnostic.severity);
        finding.text = diagnostic.text;
        finding.advice = diagnostic.suggestion;
        findings.push_back({std::move(finding), diagnostic});
    }
    return findings;
}

// Of platform.yaml and this machine, which is the one that is asked for.
dialplan::LintCapacity capacity_of(const config::Platform& platform) {
    const config::MediaPlatform& media = platform.media;
    dialplan::LintCapacity capacity;
    capacity.io = to_string(media.io);
    capacity.sessions = media.sessions;
    capacity.descriptor_limit = dataplane::descriptor_limit();
    capacity.descriptors_of_process = dataplane::descriptors_needed(media.io, 0);
    capacity.descriptors_per_call =
        dataplane::descriptors_needed(media.io, 1) - capacity.descriptors_of_process;
    capacity.pre_roll_bytes_per_call =
        2 * kPreRollBytesPerSecond * static_cast<std::uint64_t>(media.pre_roll.time.count()) / 1000;
    capacity.pre_roll_bytes = media.pre_roll.mib * kMiB;
    capacity.memory_bytes = (media.memory_mib + media.pre_roll.mib) * kMiB;
    capacity.media_addresses = std::max<std::size_t>(1, platform.realms.size());
    if (const auto machine = dataplane::read_machine("weir-media"))
        capacity.memory_available_bytes = machine->memory_available;
    return capacity;
}

std::vector<PlacedFinding> located(const std::string& file, const std::string& text,
                                   const std::vector<dialplan::LintFinding>& findings) {
    std::vector<config::Finding> wanted;
    for (const auto& finding : findings)
        wanted.push_back(
            {config::Finding::Severity::warning, finding.block, finding.command, finding.text});
    const auto places = config::language::locate(text, file, wanted);
    std::vector<PlacedFinding> placed;
    for (std::size_t i = 0; i < findings.size(); ++i)
        placed.push_back({findings[i], places[i]});
    std::stable_sort(placed.begin(), placed.end(),
                     [](const auto& a, const auto& b) { return a.place.line < b.place.line; });
    return placed;
}

int report(const std::string& file, const std::vector<PlacedFinding>& findings, bool as_json) {
    const auto errors = std::count_if(findings.begin(), findings.end(), [](const auto& one) {
        return one.finding.severity == LintSeverity::error;
    });
    if (as_json) {
        std::fputs(lint_json(file, findings).c_str(), stdout);
    } else {
        std::fputs(lint_text(findings).c_str(), stdout);
        if (findings.empty())
            fmt::print("{}: nothing to say\n", file);
        else
            fmt::print("{}: {} finding{}, {} of them error{}; dialplan/LINT.md has the codes\n",
                       file, findings.size(), findings.size() == 1 ? "" : "s", errors,
                       errors == 1 ? "" : "s");
    }
    return errors == 0 ? 0 : 1;
}

}  // namespace

int lint_command(const std::string& file, const Options& options) {
    const bool as_json = options.find("--json") != nullptr;
    const auto text = config::read_bounded(file, kConfigMaxBytes);
    if (!text) {
        fmt::print(stderr, "weir check: {}\n", text.error().context);
        return 1;
    }
    const auto reading = config::language::read_text(*text, file);
    if (!reading.config) return report(file, of_diagnostics(reading.diagnostics), as_json);
    const auto* platform_file = options.find("--platform");
    const NodeCheck check =
        load_node({file, platform_file == nullptr ? "" : *platform_file}, nullptr);
    if (!check.node) {
        std::fputs(check.report.c_str(), stderr);
        return 1;
    }
    dialplan::LintInput input{*check.node->plan, {}};
    for (const auto& listener : sip_listeners(*check.node->config, check.node->platform))
        input.own.push_back(listener.endpoint);
    if (platform_file != nullptr) input.capacity = capacity_of(check.node->platform);
    const auto result = dialplan::lint(input);
    if (result.is_sample_cut)
        fmt::print(stderr, "{}: the dial plan is large: {} calls were tried, others were not\n",
                   file, result.sampled_calls);
    return report(file, located(file, *text, result.findings), as_json);
}

}  // namespace weir::apps
