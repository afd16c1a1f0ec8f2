// SPDX-License-Identifier: Apache-2.0
// Reads the file, compiles the candidate, compares.
#include "deploy/apps/operator_extras.hpp"

#include "deploy/apps/commit_impact.hpp"

namespace weir::apps {

OperatorExtras operator_extras(LiveConfig& live, DialpeerDebug& debug, const std::string& cdr_file,
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
    extras.debug = [&debug](std::uint64_t session, const std::string& what, bool on,
                            const config::Emit& emit) {
        return debug.set(session, what, on, emit);
    };
    extras.log = &log;
    return extras;
}

}  // namespace weir::apps
