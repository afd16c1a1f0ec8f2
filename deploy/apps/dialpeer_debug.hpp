// SPDX-License-Identifier: Apache-2.0
// DialpeerDebug: `debug voip dialpeer inout` of any number of operator sessions.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "config/admin/session.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/debug/debug_filter.hpp"
#include "signaling/debug/debug_limits.hpp"

namespace weir::apps {

// While nobody watches, routing pays nothing for it. Sessions ask on the admin thread; what they
// asked for is carried out on the SIP thread.
class DialpeerDebug {
public:
    // Both outlive it.
    DialpeerDebug(signaling::EventLoop& loop, signaling::CallTable& calls)
        : loop_(loop), calls_(calls) {}

    // `what` "" = every debug there is. False: there is no such debug. Thread: admin.
    bool set(std::uint64_t session, const std::string& what, bool on, const config::Emit& emit);

private:
    void watch(std::uint64_t session, bool on, const config::Emit& emit);
    void tell(const dialplan::RouteQuery& query, const dialplan::RouteDecision& decision,
              signaling::CallId call, const Guid& guid);

    signaling::EventLoop& loop_;
    signaling::CallTable& calls_;
    std::map<std::uint64_t, config::Emit> watchers_;         // sip thread
    signaling::DebugBudget budget_{signaling::kDebugTexts};  // the same
};

}  // namespace weir::apps
