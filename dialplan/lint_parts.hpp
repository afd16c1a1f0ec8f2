// SPDX-License-Identifier: Apache-2.0
// What the families of checks share: the sampled calls, and how a finding is reported.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/model/config.hpp"
#include "dialplan/lint.hpp"
#include "dialplan/route.hpp"

namespace weir::dialplan {

// One call that was tried.
struct SampledCall {
    std::string source;  // host of the Via
    std::string calling;
    std::string called;
    config::DialPeerTag inbound;
    std::vector<config::DialPeerTag> candidates;  // in hunting order, without repetition
};

// Thread: one. What lint() hands to each family.
struct LintContext {
    const config::Config& config;
    const DialPlan& plan;
    const LintInput& input;
    std::map<config::DialPeerTag, std::vector<std::string>> numbers;  // that select it outbound
    std::set<config::DialPeerTag> recorders;                          // named by any recorder list
    std::vector<SampledCall> calls;
    LintResult& result;

    // Severity is the code's.
    void add(std::string_view code, std::string block, std::string command, std::string text,
             std::string advice);
    // Routes a call, unless kLintCalls are used up.
    [[nodiscard]] std::optional<RouteDecision> try_call(const RouteQuery& query);
    [[nodiscard]] bool is_own(const config::DialPeer& peer) const;

    std::map<std::string_view, std::size_t> reported{};
};

// ---- The families, each in its file ---------------------------------------------------------
void sample_calls(LintContext& context);  // first: the others read its calls
void lint_references(LintContext& context);
void lint_peers(LintContext& context);
void lint_matchers(LintContext& context);
void lint_hunting(LintContext& context);
void lint_loops(LintContext& context);
void lint_recording(LintContext& context);
void lint_translations(LintContext& context);
void lint_codecs(LintContext& context);
void lint_signalling(LintContext& context);
void lint_capacity(LintContext& context);

// ---- Words ----------------------------------------------------------------------------------
[[nodiscard]] std::string block_of(config::DialPeerTag tag);  // "dial-peer voice 10"
// "10", "10 and 20", "10, 20, 30 and 4 more"
[[nodiscard]] std::string list_of(const std::vector<config::DialPeerTag>& tags);
// "a call from 203.0.113.7 to 8000", with what explain needs to show it.
[[nodiscard]] std::string example_of(const SampledCall& call);

// Numbers that the pattern matches, at most kLintSamples, each tried with the pattern itself.
[[nodiscard]] std::vector<std::string> sample_numbers(const std::string& pattern);
// The query of a call as a telephone system at `host` would write it.
[[nodiscard]] RouteQuery sample_query(const std::string& host, const std::string& calling,
                                      const std::string& called);

// Whether every number that `later` matches is matched by `earlier` too; false where that cannot
// be told by looking at both (lint_rule_cover.cpp).
[[nodiscard]] bool rule_covers(std::string_view earlier, std::string_view later);
// Why the expression can match no number at all; "" if it may.
[[nodiscard]] std::string rule_impossible(std::string_view match);

}  // namespace weir::dialplan
