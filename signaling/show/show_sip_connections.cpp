// SPDX-License-Identifier: Apache-2.0
// Connections by their peer, then the listen sockets. UDP has none: its section says so by zeros
// and shows the sockets.
#include "signaling/show/show_sip_connections.hpp"

#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace weir::signaling {
namespace {

std::string detail_of(const ConnectionTableView& view) {
    const bool tls = view.transport == SipTransport::tls;
    std::map<IpAddress, std::vector<const StreamConnection*>> agents;
    for (const StreamConnection& row : view.rows)
        agents[row.remote.address].push_back(&row);
    std::string text = "---------Printing Detailed Connection Report---------\n";
    for (const auto& [agent, rows] : agents) {
        text += fmt::format("\nRemote-Agent:{}, Connections-Count:{}\n", agent.to_string(),
                            rows.size());
        text += fmt::format("  {:<12}{:<10}{:<13}{:<13}{:<28}{}Tenant\n", "Remote-Port", "Conn-Id",
                            "Conn-State", "WriteQ-Size", "Local-Address",
                            tls ? fmt::format("{:<40}", "TLS-Version Cipher") : "");
        for (const StreamConnection* row : rows)
            text +=
                fmt::format("  {:<12}{:<10}{:<13}{:<13}{:<28}{}{}\n", row->remote.port, row->id,
                            row->established ? "Established" : "Connecting", row->queued,
                            row->local.to_string(), tls ? fmt::format("{:<40}", row->cipher) : "",
                            view.tenant_of(row->local));
    }
    return text + "\n";
}

}  // namespace

std::string show_sip_ua_connections(const ConnectionTableView& view, bool detail) {
    std::string text = fmt::format(
        "Total active connections      : {}\nNo. of send failures          : {}\n"
        "No. of remote closures        : {}\nNo. of conn. failures         : {}\n"
        "No. of inactive conn. ageouts : {}\n",
        view.rows.size(), view.send_failures, view.remote_closures, view.connection_failures,
        view.aged);
    if (view.transport == SipTransport::tls)
        text += fmt::format("TLS client handshake failures : {}\n", view.handshake_failures);
    text += "\n";
    if (detail) text += detail_of(view);
    text += "-------------- SIP Transport Layer Listen Sockets ---------------\n";
    text += fmt::format("  {:<10}{:<28}Tenant\n", "Conn-Id", "Local-Address");
    std::size_t id = 0;
    for (const Endpoint& listener : view.listeners)
        text +=
            fmt::format("  {:<10}{:<28}{}\n", id++, listener.to_string(), view.tenant_of(listener));
    return text;
}

std::string sip_ua_connections_json(const ConnectionTableView& view) {
    boost::json::array connections;
    for (const StreamConnection& row : view.rows)
        connections.push_back(boost::json::object{{"id", row.id},
                                                  {"remote", row.remote.to_string()},
                                                  {"local", row.local.to_string()},
                                                  {"established", row.established},
                                                  {"queued", row.queued},
                                                  {"tls", row.cipher},
                                                  {"tenant", view.tenant_of(row.local)}});
    boost::json::array listeners;
    for (const Endpoint& listener : view.listeners)
        listeners.push_back(boost::json::string(listener.to_string()));
    return boost::json::serialize(
               boost::json::object{{"transport", to_string(view.transport)},
                                   {"connections", std::move(connections)},
                                   {"listeners", std::move(listeners)},
                                   {"send_failures", view.send_failures},
                                   {"aged", view.aged},
                                   {"handshake_failures", view.handshake_failures}}) +
           "\n";
}

}  // namespace weir::signaling
