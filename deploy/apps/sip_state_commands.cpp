// SPDX-License-Identifier: Apache-2.0
// Counters are copied on the SIP thread and printed on the admin thread.
#include "deploy/apps/sip_state_commands.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "deploy/apps/call_pictures.hpp"
#include "signaling/show/show_sip_status.hpp"

namespace weir::apps {
namespace {

using config::Access;
using config::CommandHandler;
using config::Respond;
using signaling::SipCounts;
using Arguments = std::vector<std::string>;

// Copies `Value` on the SIP thread; `print` makes the text of it on the admin thread.
template <typename Value>
CommandHandler copied(const OperatorSources& sources,
                      std::function<Value(const OperatorSources&)> copy,
                      std::function<std::string(const Value&)> print) {
    return on_sip(sources, [sources, copy = std::move(copy), print = std::move(print)](
                               const Arguments&, const Respond& respond) {
        const auto value = std::make_shared<const Value>(copy(sources));
        respond({true, "", [value, print] { return print(*value); }});
    });
}

SipCounts counts_of(const OperatorSources& sources) {
    return {sources.plain.stats(), sources.calls.reliable_stats(), sources.plain.gauges()};
}

struct Counted {
    SipCounts counts;
    std::optional<WallTime> cleared;
};

void add_statistics(config::CommandTable& table, const OperatorSources& sources) {
    using Print = std::string (*)(const SipCounts&, const std::optional<WallTime>&);
    const auto command = [&](Print print) {
        return copied<Counted>(
            sources,
            [](const OperatorSources& from) {
                return Counted{from.cleared.since(counts_of(from)), from.cleared.at()};
            },
            [print](const Counted& counted) { return print(counted.counts, counted.cleared); });
    };
    table.add({"show sip-ua statistics", "Requests, responses and repetitions, in and out",
               command(signaling::show_sip_ua_statistics), Access::all,
               command(signaling::sip_ua_statistics_json)});
    table.add({"clear sip-ua statistics", "Counts from zero for show; metrics go on",
               on_sip(sources,
                      [sources](const Arguments&, const Respond& respond) {
                          sources.cleared.clear(counts_of(sources), sources.loop.clock().wall());
                          respond({true, ""});
                      }),
               Access::admin});
}

void add_status(config::CommandTable& table, const OperatorSources& sources) {
    using Print = std::string (*)(const config::Config&, const signaling::Listeners&);
    struct Status {
        config::ConfigPtr config;
        signaling::Listeners listeners;
    };
    const auto command = [&](Print print) {
        return copied<Status>(
            sources,
            [](const OperatorSources& from) {
                return Status{from.node.config, from.stack.listeners()};
            },
            [print](const Status& status) { return print(*status.config, status.listeners); });
    };
    table.add({"show sip-ua status", "Listeners and settings of the SIP side",
               command(signaling::show_sip_ua_status), Access::all,
               command(signaling::sip_ua_status_json)});
    const auto service = [&](bool as_json) {
        return copied<bool>(
            sources,
            [](const OperatorSources& from) { return from.calls.gate().limits().service_stopped; },
            [as_json](const bool& stopped) {
                if (!as_json) return signaling::show_sip_service(stopped);
                return fmt::format("{{\"running\":{}}}\n", !stopped);
            });
    };
    for (const char* words : {"show sip service", "show sip-ua service"})
        table.add({words, "Whether calls are taken (call service stop)", service(false),
                   Access::all, service(true)});
}

}  // namespace

void add_sip_state_commands(config::CommandTable& table, const OperatorSources& sources) {
    add_statistics(table, sources);
    add_status(table, sources);
}

}  // namespace weir::apps
