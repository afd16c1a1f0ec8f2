// SPDX-License-Identifier: Apache-2.0
// Reads the file, compiles the candidate, compares.
#include "deploy/apps/operator_extras.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "deploy/apps/commit_impact.hpp"

namespace weir::apps {

namespace {

struct Wished {
    const std::string& what;
    bool on;
};

config::Answer posted(bool done) {
    return done ? config::Answer{true, ""}
                : config::Answer{false, "% The SIP thread is busy; try again\n"};
}

config::Answer switch_debug(const Debugs& debugs, std::uint64_t session, const Wished& wished,
                            const config::Emit& emit) {
    constexpr std::string_view kCcsip = "ccsip ";
    constexpr std::string_view kVoip = "voip ";
    signaling::DebugBoard& board = debugs.ccsip;
    if (wished.what.empty()) {
        (void)debugs.dialpeer.set(session, "", false, emit);
        return posted(debugs.loop.post([&board, session] { board.leave(session); }));
    }
    if (wished.what.starts_with(kVoip))
        return posted(
            debugs.dialpeer.set(session, wished.what.substr(kVoip.size()), wished.on, emit));
    const auto words =
        std::string_view(wished.what).substr(std::min(kCcsip.size(), wished.what.size()));
    auto wish = signaling::parse_debug_wish(words);
    if (!wish) return {false, wish.error().context};
    return posted(debugs.loop.post(
        [&board, session, on = wished.on, wish = *std::move(wish), emit]() mutable {
            if (on)
                board.watch(session, wish, std::move(emit));
            else
                board.ignore(session, wish);
        }));
}

}  // namespace

OperatorExtras operator_extras(LiveConfig& live, const Debugs& debugs, const std::string& cdr_file,
                               LogTap& log) {
    const auto compare = [&live, cdr_file](const config::ConfigPtr& next, std::size_t calls,
                                           auto print) {
        const auto lines = end_of_file(cdr_file);
        if (!lines) return config::Answer{false, "% " + lines.error().context + "\n"};
        const auto plan = live.compile(next);
        if (!plan) return config::Answer{false, plan.error().context};
        return config::Answer{
            true, print(commit_impact(*live.plan(), **plan, past_calls(*lines, calls)))};
    };
    OperatorExtras extras;
    extras.impact = [compare](const auto& next, std::size_t calls) {
        return compare(next, calls, impact_text);
    };
    extras.impact_json = [compare](const auto& next, std::size_t calls) {
        return compare(next, calls, impact_json);
    };
    extras.reload_map = [&live](std::uint32_t map) {
        const auto loaded = live.reload_map(map);
        if (loaded) return config::Answer{true, ""};
        return config::Answer{false, "% " + loaded.error().context + "\n"};
    };
    extras.debug = [debugs](std::uint64_t session, const std::string& what, bool on,
                            const config::Emit& emit) {
        return switch_debug(debugs, session, {what, on}, emit);
    };
    extras.log = &log;
    return extras;
}

}  // namespace weir::apps
