// SPDX-License-Identifier: Apache-2.0
// Rows as lists of objects.
#include "deploy/apps/edge_json.hpp"

#include <boost/json.hpp>

#include "config/base/text.hpp"

namespace weir::apps {
namespace {

namespace json = boost::json;

json::object spike_object(const json::value& peer, const signaling::SpikeWindow& window,
                          std::uint64_t now) {
    return {{"dial_peer", peer},
            {"limit", window.limit().calls},
            {"steps", window.limit().steps},
            {"size_ms", window.limit().size.count()},
            {"in_window", now},
            {"refused", window.refused()}};
}

}  // namespace

std::string register_rows_json(const std::vector<signaling::RegisterRow>& rows,
                               std::uint32_t tenant) {
    json::array all;
    for (const signaling::RegisterRow& row : rows)
        if (tenant == 0 || row.tenant == tenant)
            all.push_back(json::object{{"tenant", row.tenant},
                                       {"line", text::printable(row.line, row.line.size())},
                                       {"registrar", row.peer},
                                       {"registrar_index", row.index},
                                       {"expires_in", row.left.count()},
                                       {"registered", row.registered},
                                       {"last_status", row.last_status}});
    return json::serialize(all) + "\n";
}

std::string thresholds_json(const std::vector<signaling::ThresholdState>& rows) {
    json::array all;
    for (const signaling::ThresholdState& row : rows)
        all.push_back(json::object{{"interface", row.interface},
                                   {"type", row.type},
                                   {"value", row.value},
                                   {"low", row.limit.low},
                                   {"high", row.limit.high},
                                   {"available", row.available},
                                   {"built_in", row.built_in},
                                   {"busyout", row.limit.busyout},
                                   {"treatment", row.limit.treatment},
                                   {"refused", row.refused}});
    return json::serialize(all) + "\n";
}

std::string spike_json(signaling::CallGate& gate, MonoTime now) {
    json::array all;
    if (signaling::SpikeWindow* window = gate.spike())
        all.push_back(spike_object(nullptr, *window, window->count(now)));
    for (const auto& [tag, window] : gate.peer_spikes()) {
        signaling::SpikeWindow copy = window;
        all.push_back(spike_object(tag.value(), copy, copy.count(now)));
    }
    return json::serialize(all) + "\n";
}

std::string keepalive_json(const std::vector<signaling::PingRow>& rows) {
    json::array all;
    for (const signaling::PingRow& row : rows) {
        json::array sessions;
        for (const auto& session : row.sessions)
            sessions.push_back(json::object{{"id", session.id},
                                            {"address", session.endpoint.to_string()},
                                            {"health", signaling::to_text(session.health)}});
        json::array peers;
        for (const config::DialPeerTag tag : row.use.peers)
            peers.push_back(tag.value());
        all.push_back(json::object{{"dial_peers", std::move(peers)},
                                   {"health", signaling::to_text(row.health)},
                                   {"sessions", std::move(sessions)}});
    }
    return json::serialize(all) + "\n";
}

}  // namespace weir::apps
