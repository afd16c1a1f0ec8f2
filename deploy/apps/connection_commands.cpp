// SPDX-License-Identifier: Apache-2.0
// Connections of TCP and TLS, and those that an operator closes.
#include "deploy/apps/connection_commands.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "deploy/apps/call_pictures.hpp"
#include "signaling/show/show_sip_connections.hpp"
#include "signaling/tls/tls_transport.hpp"

namespace weir::apps {
namespace {

using config::Access;
using config::CommandHandler;
using config::Respond;
using signaling::ConnectionTableView;
using signaling::SipTransport;
using signaling::StreamConnection;
using Arguments = std::vector<std::string>;

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

// Copied on the SIP thread, printed on the admin thread.
CommandHandler printed(const OperatorSources& sources, SipTransport transport,
                       std::function<std::string(const ConnectionTableView&)> print) {
    return on_sip(sources, [sources, transport, print = std::move(print)](const Arguments&,
                                                                          const Respond& respond) {
        const auto view = std::make_shared<ConnectionTableView>(view_of(sources, transport));
        respond({true, "", [view, print, &live = sources.live] {
                     view->arrivals = dialplan::Arrivals(*live.plan()->config());
                     return print(*view);
                 }});
    });
}

void add_connections(config::CommandTable& table, const OperatorSources& sources) {
    for (const auto& [words, transport] :
         {std::pair{"udp", SipTransport::udp}, std::pair{"tcp", SipTransport::tcp},
          std::pair{"tcp tls", SipTransport::tls}, std::pair{"tls", SipTransport::tls}}) {
        const auto command = [&, transport = transport](auto print) {
            return printed(sources, transport, print);
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

// Which connections; what is not set does not count.
struct Closing {
    std::optional<std::uint64_t> id;
    std::optional<Endpoint> target;
};

// "ipv4:192.0.2.20:5060", "ipv6:[2001:db8::1]:5060".
Result<Endpoint> target_in(const std::string& typed) {
    for (const std::string_view family : {"ipv4:", "ipv6:"}) {
        if (!typed.starts_with(family)) continue;
        const auto target = Endpoint::parse(typed.substr(family.size()), 0);
        if (target && target->port != 0) return *target;
    }
    return fail(ErrorCode::invalid,
                "A target is ipv4:ADDRESS:PORT or ipv6:[ADDRESS]:PORT, as show sip-ua connections "
                "tells the peer");
}

template <typename Stack>
std::size_t close_connections(Stack& stack, const Closing& closing) {
    std::size_t closed = 0;
    for (const StreamConnection& row : stack.connections())
        if ((!closing.id || row.id == *closing.id) &&
            (!closing.target || row.remote == *closing.target) && stack.close_connection(row.id))
            ++closed;
    return closed;
}

CommandHandler closer(const OperatorSources& sources, bool tls,
                      std::function<Result<Closing>(const Arguments&)> which) {
    return on_sip(sources, [sources, tls, which = std::move(which)](const Arguments& typed,
                                                                    const Respond& respond) {
        const auto closing = which(typed);
        if (!closing) return respond({false, "% " + closing.error().context + "\n"});
        const auto closed = tls ? close_connections(sources.secure, *closing)
                                : close_connections(sources.plain, *closing);
        if (closed == 0) return respond({false, "% There is no such connection\n"});
        respond({true, ""});
    });
}

Result<Closing> closing_of(const Arguments& typed, bool with_id, bool with_target) {
    Closing closing;
    if (with_id) {
        const auto id = text::number(typed.front());
        if (!id) return fail(ErrorCode::invalid, "An id is the number in the column Conn-Id");
        closing.id = *id;
    }
    if (with_target) {
        const auto target = target_in(typed.back());
        if (!target) return fail(target.error());
        closing.target = *target;
    }
    return closing;
}

void add_closers(config::CommandTable& table, const OperatorSources& sources) {
    for (const auto& [kind, tls] :
         {std::pair{"tcp", false}, std::pair{"tcp tls", true}, std::pair{"tls", true}}) {
        const std::string words = fmt::format("clear sip-ua {} connection ", kind);
        const auto add = [&, tls = tls](const char* behind, bool with_id, bool with_target) {
            table.add({words + behind, "Closes it; its peer may open another",
                       closer(sources, tls,
                              [with_id, with_target](const Arguments& typed) {
                                  return closing_of(typed, with_id, with_target);
                              }),
                       Access::admin});
        };
        add("id <id>", true, false);
        add("id <id> target <target>", true, true);
        add("target <target>", false, true);
    }
}

}  // namespace

void add_connection_commands(config::CommandTable& table, const OperatorSources& sources) {
    add_connections(table, sources);
    add_closers(table, sources);
}

}  // namespace weir::apps
