// SPDX-License-Identifier: Apache-2.0
// LiveConfig: how a commit reaches a running weir-sip: compiled beside it, then swapped in.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/store/store.hpp"
#include "deploy/apps/node.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/call/call_table.hpp"

namespace weir::apps {

// What it changes; all outlive it.
struct LiveParts {
    signaling::EventLoop& loop;
    Node& node;  // its configuration and plan: written on the SIP thread only
    signaling::CallTable& calls;
    std::string flash;  // directory of the files that pattern maps name
    // Called on the SIP thread when calls are routed by another configuration; may be empty.
    std::function<void(const config::Config& config)> on_taken = nullptr;
};

// prepare() takes the time of the compilation on the admin thread; what it gives back costs the
// SIP thread a swap of pointers and the new trusted list. Calls in progress keep their plan.
// Thread: admin.
class LiveConfig {
public:
    explicit LiveConfig(LiveParts parts);
    // The plan of the start is routed by from now on, under this number. Thread: sip, before the
    // admin thread is there.
    void begin(config::CommitId commit);

    // Errors: dial plan, or what does not fit platform.yaml; each line says where.
    [[nodiscard]] Result<config::Prepared> prepare(const config::ConfigPtr& config);

    // A configuration as calls would be routed by it, for comparisons. Errors: of the dial plan.
    [[nodiscard]] Result<std::shared_ptr<const dialplan::DialPlan>> compile(
        const config::ConfigPtr& config) const;
    // `voice class e164-pattern-map load N`. An error leaves everything as it is.
    [[nodiscard]] Result<void> reload_map(std::uint32_t map);
    // What calls are routed by, as of the last commit.
    [[nodiscard]] const std::shared_ptr<const dialplan::DialPlan>& plan() const { return current_; }

private:
    using Plan = std::shared_ptr<const dialplan::DialPlan>;
    void apply(const config::ConfigPtr& config, const Plan& plan, config::CommitId commit);
    void retire(Plan plan);

    LiveParts parts_;
    const config::Platform& platform_;  // constant while the program runs
    Plan current_;
    config::CommitId commit_ = 0;      // of current_; set by the first commit and begin()
    std::vector<Endpoint> listening_;  // as the sockets were opened
    // Plans that calls may still hold: freed here and not on the SIP thread, where the end of the
    // last call of a large one would stop the others for milliseconds.
    std::deque<Plan> retired_;
};

}  // namespace weir::apps
