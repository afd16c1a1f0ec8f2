// SPDX-License-Identifier: Apache-2.0
// Decisions of routing to the terminals that watch.
#include "deploy/apps/dialpeer_debug.hpp"

#include <algorithm>

#include "config/base/clock.hpp"
#include "dialplan/explain.hpp"

namespace weir::apps {
namespace {

constexpr std::size_t kGuidDigits = 12;  // of the Cisco-Guid between the slashes (spec H.11)

std::string guid_start(const Guid& guid) {
    std::string digits = guid.to_conf_id();
    std::erase(digits, ' ');
    digits.resize(std::min(digits.size(), kGuidDigits));
    return digits;
}

}  // namespace

bool DialpeerDebug::set(std::uint64_t session, const std::string& what, bool on,
                        const config::Emit& emit) {
    if (!what.empty() && what != "dialpeer inout") return false;
    return loop_.post([this, session, on, emit] { watch(session, on, emit); });
}

void DialpeerDebug::watch(std::uint64_t session, bool on, const config::Emit& emit) {
    if (on)
        watchers_[session] = emit;
    else
        watchers_.erase(session);
    if (watchers_.empty()) return calls_.set_route_observer(nullptr);
    calls_.set_route_observer([this](const auto& query, const auto& decision,
                                     signaling::CallId call,
                                     const Guid& guid) { tell(query, decision, call, guid); });
}

void DialpeerDebug::tell(const dialplan::RouteQuery& query, const dialplan::RouteDecision& decision,
                         signaling::CallId call, const Guid& guid) {
    if (!budget_.take(loop_.clock().now())) return;
    std::string text;
    if (const auto dropped = budget_.take_dropped(); dropped > 0)
        text = "% " + std::to_string(dropped) + " decisions are not shown: there are too many\n";
    text += iso8601(loop_.clock().wall()) + ":\n" +
            dialplan::debug_dialpeer_inout(
                query, decision, {static_cast<std::int64_t>(call.value()), guid_start(guid)});
    for (const auto& [session, emit] : watchers_)
        emit(text);
}

}  // namespace weir::apps
