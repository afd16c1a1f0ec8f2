// SPDX-License-Identifier: Apache-2.0
// Asks weir-media for the counters of all calls, some at a time.
#include "deploy/apps/silent_calls.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "signaling/show/show_limits.hpp"

namespace weir::apps {
namespace {

bool is_silent(const signaling::CallSnapshot& call, const dataplane::SessionState& state,
               MonoTime now) {
    const MonoTime limit = now - signaling::kMediaInactive;
    if (!call.view.connected_at || *call.view.connected_at > limit) return false;
    for (std::size_t stream = 0; stream < state.stream_count && stream < kMaxStreams; ++stream)
        for (const auto& account : state.streams[stream])
            if (account.last_at_ns > limit.ns) return false;
    return true;
}

// One search, over many turns of the loop.
struct Search : std::enable_shared_from_this<Search> {
    Search(const SilentCallParts& with, std::uint8_t by, std::function<void(std::size_t)> then)
        : parts(with), cause(by), done(std::move(then)) {}

    void go_on(signaling::CallId after) {
        signaling::CallChoice choice;
        choice.most = signaling::kCallsAtOnce;
        choice.after = after;
        const auto chosen =
            std::make_shared<signaling::ChosenCalls>(parts.calls.some_calls(choice));
        if (chosen->calls.empty()) return done(ended);
        std::vector<dataplane::SessionId> sessions;
        for (const auto& call : chosen->calls)
            if (call.view.media.is_set()) sessions.push_back(call.view.media);
        parts.reports.read_sessions(sessions,
                                    [self = shared_from_this(), chosen](const auto& reports) {
                                        for (const dataplane::Report& report : reports)
                                            self->look_at(*chosen, report.state);
                                        self->go_on(chosen->calls.back().view.id);
                                    });
    }

    void look_at(const signaling::ChosenCalls& chosen, const dataplane::SessionState& state) {
        for (const auto& call : chosen.calls) {
            if (call.view.media != state.session) continue;
            if (!is_silent(call, state, parts.loop.clock().now())) continue;
            signaling::CallChoice one;
            one.id = call.view.id;
            ended += parts.calls.release_calls(one, cause);
        }
    }

    SilentCallParts parts;
    std::uint8_t cause;
    std::function<void(std::size_t)> done;
    std::size_t ended = 0;
};

}  // namespace

void release_silent_calls(const SilentCallParts& parts, std::uint8_t cause,
                          std::function<void(std::size_t ended)> done) {
    std::make_shared<Search>(parts, cause, std::move(done))->go_on({});
}

}  // namespace weir::apps
