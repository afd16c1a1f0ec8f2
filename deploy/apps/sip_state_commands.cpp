// SPDX-License-Identifier: Apache-2.0
// Counters are copied on the SIP thread and printed on the admin thread.
#include "deploy/apps/sip_state_commands.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "deploy/apps/call_pictures.hpp"
#include "signaling/show/show_sip_connections.hpp"
#include "signaling/show/show_sip_status.hpp"
#include "signaling/tls/tls_transport.hpp"

namespace weir::apps {
namespace {

using config::Access;
using config::CommandHandler;
using config::Respond;
using signaling::ConnectionTableView;
using signaling::SipCounts;
using signaling::SipTransport;
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

std::vector<Endpoint> listeners_of(const OperatorSources& sources, SipTransport transport) {
    std::vector<Endpoint> endpoints;
    for (const auto& [each, endpoint] : sources.stack.listeners())
        if (each == transport) endpoints.push_back(endpoint);
    return endpoints;
}

// What was opened and is neither there nor was closed by us, the peer has closed.
std::uint64_t rest(std::uint64_t opened, std::uint64_t accounted) {
    return opened > accounted ? opened - accounted : 0;
}

ConnectionTableView view_of(const OperatorSources& sources, SipTransport transport) {
    ConnectionTableView view;
    view.transport = transport;
    view.listeners = listeners_of(sources, transport);
    const signaling::SipStats& stats = sources.plain.stats();
    view.send_failures = stats.transport_failures;
    if (transport == SipTransport::tcp) {
        view.rows = sources.plain.connections();
        view.aged = stats.connections_aged;
        view.remote_closures = rest(stats.connections_opened, view.rows.size() + view.aged);
    } else if (transport == SipTransport::tls) {
        const signaling::TlsCounters& counters = sources.secure.counters();
        view.rows = sources.secure.connections();
        view.aged = counters.aged;
        view.connection_failures = counters.failed;
        view.handshake_failures = counters.failed;
        view.remote_closures = rest(counters.accepted + counters.opened,
                                    view.rows.size() + counters.aged + counters.failed);
    }
    return view;
}

void add_connections(config::CommandTable& table, const OperatorSources& sources) {
    for (const auto& [words, transport] :
         {std::pair{"udp", SipTransport::udp}, std::pair{"tcp", SipTransport::tcp},
          std::pair{"tcp tls", SipTransport::tls}, std::pair{"tls", SipTransport::tls}}) {
        const auto command = [&, transport = transport](auto print) {
            return copied<ConnectionTableView>(
                sources,
                [transport](const OperatorSources& from) { return view_of(from, transport); },
                print);
        };
        for (const bool detail : {false, true})
            table.add(
                {fmt::format("show sip-ua connections {} {}", words, detail ? "detail" : "brief"),
                 detail ? "Each connection" : "Counts and listen sockets",
                 command([detail](const ConnectionTableView& view) {
                     return signaling::show_sip_ua_connections(view, detail);
                 }),
                 Access::all, command(signaling::sip_ua_connections_json)});
    }
}

void add_connection_clear(config::CommandTable& table, const OperatorSources& sources) {
    const auto close = [&](const std::string& words, auto close_one) {
        table.add({words + " connection id <id>", "Closes one; its peer may open another",
                   on_sip(sources,
                          [sources, close_one](const Arguments& typed, const Respond& respond) {
                              const auto id = text::number(typed.front());
                              if (id && close_one(sources, *id)) return respond({true, ""});
                              respond({false, "% There is no such connection\n"});
                          }),
                   Access::admin});
    };
    close("clear sip-ua tcp", [](const OperatorSources& from, std::uint64_t id) {
        return from.plain.close_connection(id);
    });
    close("clear sip-ua tcp tls", [](const OperatorSources& from, std::uint64_t id) {
        return from.secure.close_connection(id);
    });
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
    add_connections(table, sources);
    add_connection_clear(table, sources);
    add_status(table, sources);
}

}  // namespace weir::apps
