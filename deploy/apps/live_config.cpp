// SPDX-License-Identifier: Apache-2.0
// Compile here, swap there.
#include "deploy/apps/live_config.hpp"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "config/base/limits.hpp"
#include "deploy/apps/plan_files.hpp"

namespace weir::apps {
namespace {

constexpr std::size_t kRetiredPlans = 16;  // beyond, the SIP thread may have to free one
// For the SIP thread to take a plan. Short: the end of the program waits for it, too.
constexpr auto kTakeLimit = seconds(2);
constexpr auto kPostAgain = milliseconds(1);  // the queue of the SIP thread is full

std::vector<Endpoint> endpoints_of(const config::Config& config, const config::Platform& platform) {
    std::vector<Endpoint> endpoints;
    for (const config::SipListener& listener : sip_listeners(config, platform))
        endpoints.push_back(listener.endpoint);
    std::sort(endpoints.begin(), endpoints.end(),
              [](const Endpoint& a, const Endpoint& b) { return a.to_string() < b.to_string(); });
    return endpoints;
}

std::string text_of(const std::vector<Endpoint>& endpoints) {
    std::vector<std::string> texts;
    for (const Endpoint& endpoint : endpoints)
        texts.push_back(endpoint.to_string());
    return texts.empty() ? "nothing" : fmt::format("{}", fmt::join(texts, ", "));
}

// A configuration with an address that this machine does not have would stop the next start. What
// the running one lacks already is no fault of this commit.
std::string lost_addresses(const config::Config& next, const config::Config& running,
                           const config::Platform& platform) {
    const auto host = config::read_host_facts();
    if (!host) return {};
    const auto known = missing_addresses(running, platform, *host);
    std::string errors;
    for (const MissingAddress& missing : missing_addresses(next, platform, *host))
        if (std::none_of(known.begin(), known.end(), [&](const MissingAddress& old) {
                return old.interface == missing.interface && old.address == missing.address;
            }))
            errors += "% " + missing.text("error") + "\n";
    return errors;
}

}  // namespace

LiveConfig::LiveConfig(LiveParts parts)
    : parts_(parts),
      platform_(parts.node.platform),
      current_(parts.node.plan),
      listening_(endpoints_of(*parts.node.config, parts.node.platform)) {}

void LiveConfig::begin(config::CommitId commit) {
    commit_ = commit;
    parts_.calls.set_config(current_, commit);
}

Result<config::Prepared> LiveConfig::prepare(const config::ConfigPtr& config) {
    auto plan = compile(config);
    if (!plan) return fail(plan.error());
    std::string errors;
    for (const std::string& error : cross_check(*config, platform_))
        errors += error + "\n";
    errors += lost_addresses(*config, *current_->config(), platform_);
    if (!errors.empty()) return fail(ErrorCode::invalid, errors);
    config::Prepared prepared;
    if (const auto wanted = endpoints_of(*config, platform_); wanted != listening_)
        prepared.notes.push_back(
            fmt::format("takes effect after a restart of weir run: SIP listens on {}, and goes on "
                        "listening on {}",
                        text_of(wanted), text_of(listening_)));
    prepared.apply = [this, config, plan = *plan](config::CommitId commit) {
        apply(config, plan, commit);
    };
    return prepared;
}

Result<std::shared_ptr<const dialplan::DialPlan>> LiveConfig::compile(
    const config::ConfigPtr& config) const {
    auto plan = compile_plan(config, parts_.flash);
    if (plan) return plan;
    std::string text = plan.error().context;
    if (!text.ends_with('\n')) text += "\n";
    return fail(plan.error().code, text);
}

Result<void> LiveConfig::reload_map(std::uint32_t map) {
    const auto plan = apps::reload_map(*current_, map, parts_.flash);
    if (!plan) return fail(plan.error());
    apply((*plan)->config(), *plan, commit_);
    return {};
}

// Returns when the SIP thread has taken it, so that a call that comes after the prompt is routed
// by it; at most kTakeLimit, when that thread is busy: it takes the plan later then.
void LiveConfig::apply(const config::ConfigPtr& config, const Plan& plan, config::CommitId commit) {
    current_ = plan;
    commit_ = commit;
    const auto old = std::make_shared<std::promise<Plan>>();
    auto taken = old->get_future();
    const auto swap = [parts = parts_, config, plan, commit, old] {
        Plan before = std::exchange(parts.node.plan, plan);
        parts.node.config = config;
        parts.calls.set_config(plan, commit);
        if (parts.on_taken) parts.on_taken(*config);
        old->set_value(std::move(before));
    };
    const auto end = std::chrono::steady_clock::now() + kTakeLimit;
    while (!parts_.loop.post(swap) && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(kPostAgain);
    if (taken.wait_until(end) == std::future_status::ready) retire(taken.get());
}

void LiveConfig::retire(Plan plan) {
    std::erase_if(retired_, [](const Plan& each) { return each.use_count() == 1; });
    retired_.push_back(std::move(plan));
    if (retired_.size() > kRetiredPlans) retired_.pop_front();
}

}  // namespace weir::apps
