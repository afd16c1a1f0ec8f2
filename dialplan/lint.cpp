// SPDX-License-Identifier: Apache-2.0
// Runs the families of checks, one after the other.
#include "dialplan/lint.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/base/random.hpp"
#include "dialplan/lint_limits.hpp"
#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::DialPeerTag;

constexpr std::uint16_t kSipPort = 5060;

void add_recorders(const config::RecorderProfile& profile, std::set<DialPeerTag>& recorders) {
    recorders.insert(profile.recorders.begin(), profile.recorders.end());
    recorders.insert(profile.proxy.optional.begin(), profile.proxy.optional.end());
    recorders.insert(profile.proxy.secure.begin(), profile.proxy.secure.end());
    if (profile.proxy.mandatory) recorders.insert(*profile.proxy.mandatory);
}

std::set<DialPeerTag> recorders_of(const config::Config& config) {
    std::set<DialPeerTag> recorders;
    for (const auto& [tag, profile] : config.recorder_profiles)
        add_recorders(profile, recorders);
    for (const auto& [tag, media] : config.media_classes)
        if (media.recorder_parameter) add_recorders(*media.recorder_parameter, recorders);
    return recorders;
}

}  // namespace

void LintContext::add(std::string_view code, std::string block, std::string command,
                      std::string text, std::string advice) {
    if (++reported[code] > kLintFindingsPerCode) return;
    const LintRule& rule = lint_rule(code);
    result.findings.push_back({rule.code, rule.severity, std::move(block), std::move(command),
                               std::move(text), std::move(advice)});
}

std::optional<RouteDecision> LintContext::try_call(const RouteQuery& query) {
    if (result.sampled_calls >= kLintCalls || result.sampled_candidates >= kLintCandidates) {
        result.is_sample_cut = true;
        return std::nullopt;
    }
    // The same seed for each call: a finding does not come and go from run to run.
    SeededRandom random(++result.sampled_calls);
    auto decision = route(plan, query, random, UsageMap{});
    result.sampled_candidates += decision.candidates.size();
    return decision;
}

bool LintContext::is_own(const DialPeer& peer) const {
    const auto ours = [&](const IpAddress& address, std::uint16_t port) {
        const std::uint16_t reached = port == 0 ? kSipPort : port;
        return std::any_of(input.own.begin(), input.own.end(), [&](const Endpoint& own) {
            return own.address == address && own.port == reached;
        });
    };
    if (peer.target.kind == config::SessionTarget::Kind::address)
        return ours(peer.target.address, peer.target.port);
    if (!peer.server_group) return false;
    const auto group = config.server_groups.find(*peer.server_group);
    return group != config.server_groups.end() &&
           std::any_of(group->second.servers.begin(), group->second.servers.end(),
                       [&](const auto& server) { return ours(server.address, server.port); });
}

LintResult lint(const LintInput& input) {
    LintResult result;
    const config::Config& config = *input.plan.config();
    LintContext context{config, input.plan, input, {}, recorders_of(config), {}, result};
    sample_calls(context);
    static constexpr std::array kFamilies{
        lint_references, lint_peers,        lint_matchers, lint_hunting,    lint_loops,
        lint_recording,  lint_translations, lint_codecs,   lint_signalling, lint_capacity};
    for (const auto& family : kFamilies)
        family(context);
    return result;
}

std::string block_of(DialPeerTag tag) {
    return fmt::format("dial-peer voice {}", tag.value());
}

std::string list_of(const std::vector<DialPeerTag>& tags) {
    std::string out;
    const std::size_t named = std::min(tags.size(), kLintNamed);
    for (std::size_t i = 0; i < named; ++i) {
        if (i != 0) out += i + 1 == tags.size() ? " and " : ", ";
        out += std::to_string(tags[i].value());
    }
    if (tags.size() > named) out += fmt::format(" and {} more", tags.size() - named);
    return out;
}

std::string example_of(const SampledCall& call) {
    return fmt::format("a call{}{} to {}", call.calling.empty() ? "" : " of " + call.calling,
                       call.source.empty() ? "" : " from " + call.source,
                       call.called.empty() ? "no number" : call.called);
}

}  // namespace weir::dialplan
