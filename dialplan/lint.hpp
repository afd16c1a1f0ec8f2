// SPDX-License-Identifier: Apache-2.0
// lint: what a configuration says that its operator can hardly mean. Every code stands in LINT.md.
//
// It routes sample calls with route() and looks at what becomes of them; what cannot be sampled is
// compared as text. It never claims what it has not seen: see "how it looks" in LINT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"
#include "config/model/config.hpp"
#include "config/model/validate.hpp"
#include "dialplan/dial_plan.hpp"

namespace weir::dialplan {

enum class LintSeverity : std::uint8_t {
    note,     // worth knowing; often meant so
    warning,  // some calls do not do what the configuration seems to say
    error,    // calls fail or run in circles
};
[[nodiscard]] const char* to_string(LintSeverity severity);

// One row of the table in LINT.md. Codes are never given another meaning, nor used again.
struct LintRule {
    std::string_view code;  // "WL101"
    std::string_view name;  // "peer-never-up"
    LintSeverity severity = LintSeverity::warning;
    std::string_view meaning;  // one sentence without its full stop
};
[[nodiscard]] std::span<const LintRule> lint_rules();
// Asserts that the code exists.
[[nodiscard]] const LintRule& lint_rule(std::string_view code);

struct LintFinding {
    std::string_view code;  // of lint_rules()
    LintSeverity severity = LintSeverity::warning;
    std::string block;    // head of the block: "dial-peer voice 10", "" = global
    std::string command;  // first words of the line in it; "" = the head itself
    std::string text;     // what is so, one sentence
    std::string advice;   // what to do, one sentence
    bool operator==(const LintFinding&) const = default;
};

// What platform.yaml and the machine offer for calls; 0 = not known.
struct LintCapacity {
    std::string io;                             // media.io, "socket"
    std::uint64_t sessions = 0;                 // media.sessions
    std::uint64_t descriptor_limit = 0;         // of weir-media
    std::uint64_t descriptors_per_call = 0;     // a recorded call of one stream; 0 = needs none
    std::uint64_t descriptors_of_process = 0;   // that calls cannot have
    std::uint64_t pre_roll_bytes_per_call = 0;  // two tracks
    std::uint64_t pre_roll_bytes = 0;           // media.pre_roll.mib
    std::uint64_t memory_bytes = 0;             // media.memory_mib and the pre-roll together
    std::uint64_t memory_available_bytes = 0;   // of the machine
    std::size_t media_addresses = 1;            // each has the whole port range
};

struct LintInput {
    const DialPlan& plan;
    std::vector<Endpoint> own;               // where SIP listens: a target that is one is ourselves
    std::optional<LintCapacity> capacity{};  // without it only the port range is counted
};

struct LintResult {
    std::vector<LintFinding> findings;  // by family, in the order of the running configuration
    std::size_t sampled_calls = 0;
    std::size_t sampled_candidates = 0;  // of all those calls
    // kLintCalls or kLintCandidates was reached: a larger plan was looked at in part.
    bool is_sample_cut = false;
};

// Thread: any; pure. At most kLintCalls calls are routed, one of each kind, and
// no more once they had kLintCandidates candidates; n log n in the dial-peers.
[[nodiscard]] LintResult lint(const LintInput& input);

// A check of config/model/validate.hpp as a finding of the linter.
[[nodiscard]] LintFinding lint_finding(const config::Finding& finding);

}  // namespace weir::dialplan
