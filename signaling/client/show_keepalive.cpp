// SPDX-License-Identifier: Apache-2.0
// Tables of pinged targets.
#include "signaling/client/show_keepalive.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace weir::signaling {
namespace {

constexpr const char* kStatusRow = "{:<10} {:<8} {:<34} {:<12} {:<4} {:<4} {}\n";

std::string state_word(PingHealth health) {
    switch (health) {
        case PingHealth::busy:
            return "Busy";
        case PingHealth::partial:
            return "Partial";
        case PingHealth::active:
        case PingHealth::unresolved:
            break;
    }
    return "Active";
}

std::string summary_word(PingHealth health) {
    return health == PingHealth::busy ? "busyout" : std::string(to_text(health));
}

bool has(const std::vector<config::DialPeerTag>& peers, config::DialPeerTag tag) {
    return std::find(peers.begin(), peers.end(), tag) != peers.end();
}

PingHealth joined(const std::vector<const PingRow*>& rows) {
    PingHealth health = rows.front()->health;
    for (const PingRow* row : rows)
        if (row->health != health) return PingHealth::partial;
    return health;
}

// Preference of a server of the peer's group; "" for other targets.
std::string preference_of(const config::Config& config, const config::DialPeer& peer,
                          const PingRow& row) {
    const auto group = config.server_groups.find(peer.server_group.value_or(0));
    if (group == config.server_groups.end()) return "";
    for (const auto& [tag, index] : row.use.servers)
        if (tag == group->first) return std::to_string(group->second.servers[index].preference);
    return "";
}

void print_peer(const config::Config& config, const config::DialPeer& peer,
                const std::vector<const PingRow*>& rows, std::string& text) {
    const std::string tag = std::to_string(peer.tag.value());
    const std::string tenant = peer.tenant ? std::to_string(*peer.tenant) : "NA";
    if (!peer.server_group && rows.front()->sessions.size() <= 1) {
        const PingRow& row = *rows.front();
        // A name without an address is marked as the router marks it.
        const std::string mark = row.sessions.empty() ? "*" : "";
        const std::string id = row.sessions.empty() ? "" : std::to_string(row.sessions[0].id);
        text += fmt::format(kStatusRow, tag, tenant, to_words(row.target) + mark, id, "", "",
                            summary_word(row.health));
        return;
    }
    const std::string destination = peer.server_group
                                        ? "SESS-SVR-GRP: " + std::to_string(*peer.server_group)
                                        : to_words(rows.front()->target);
    text +=
        fmt::format(kStatusRow, tag, tenant, destination, "", "", "", summary_word(joined(rows)));
    for (const PingRow* row : rows)
        for (const PingRow::Session& session : row->sessions)
            text +=
                fmt::format(kStatusRow, "", "", session.endpoint.to_string(), session.id,
                            preference_of(config, peer, *row), "", summary_word(session.health));
}

}  // namespace

std::string show_keepalive_status(const config::Config& config, const std::vector<PingRow>& rows,
                                  const KeepaliveFilter& filter) {
    std::string text = fmt::format(kStatusRow, "TAG", "TENANT", "DESTINATION", "OOD-SessID", "PRI",
                                   "WT", "STATUS");
    for (const auto& [tag, peer] : config.dial_peers) {
        if (filter.peer && tag != *filter.peer) continue;
        if (filter.tenant && peer.tenant != filter.tenant) continue;
        std::vector<const PingRow*> own;
        for (const PingRow& row : rows)
            if (has(row.use.peers, tag)) own.push_back(&row);
        if (!own.empty()) print_peer(config, peer, own, text);
    }
    return text;
}

Result<std::string> show_keepalive_profile(const config::Config& config,
                                           const std::vector<PingRow>& rows,
                                           std::uint32_t profile) {
    const auto found = config.keepalive_profiles.find(profile);
    if (found == config.keepalive_profiles.end())
        return fail(ErrorCode::not_found,
                    fmt::format("There is no voice class sip-options-keepalive {}", profile));
    const config::KeepaliveProfile& of = found->second;
    const std::string transport = of.transport == config::Transport::udp   ? "udp"
                                  : of.transport == config::Transport::tcp ? "tcp"
                                                                           : "system";
    const std::string profiles = of.sip_profiles ? std::to_string(*of.sip_profiles) : "0";
    std::string text = fmt::format(
        "Voice class sip-options-keepalive: {}  AdminStat: {}\nDescription: {}\nTransport: {}{}  "
        "Sip Profiles: {}\nInterval(seconds) Up: {}  Down: {}\nRetry: {}\n\n",
        profile, of.shutdown ? "Down" : "Up", of.description, transport, of.tls ? " tls" : "",
        profiles, of.up_interval, of.down_interval, of.retry);
    text += "Peer Tag    Server Group    OOD SessID      OOD Stat        IfIndex\n";
    for (const auto& [tag, peer] : config.dial_peers) {
        std::vector<const PingRow*> own;
        for (const PingRow& row : rows)
            if (row.target.profile == profile && has(row.use.peers, tag)) own.push_back(&row);
        if (own.empty()) continue;
        const bool one = !peer.server_group && own.front()->sessions.size() == 1;
        text += fmt::format("{:<11} {:<15} {:<15} {:<15} {}\n", tag.value(),
                            peer.server_group ? std::to_string(*peer.server_group) : "",
                            one ? std::to_string(own.front()->sessions[0].id) : "",
                            state_word(joined(own)), "NA");
    }
    std::map<std::uint32_t, std::vector<const PingRow*>> groups;
    for (const PingRow& row : rows)
        if (row.target.profile == profile)
            for (const auto& [group, index] : row.use.servers)
                groups[group].push_back(&row);
    for (const auto& [group, own] : groups) {
        text += fmt::format("\nServer Group: {}  OOD Stat: {}\nOOD SessID  OOD Stat\n", group,
                            state_word(joined(own)));
        for (const PingRow* row : own)
            for (const PingRow::Session& session : row->sessions)
                text += fmt::format("{:<11} {}\n", session.id, state_word(session.health));
    }
    for (const PingRow& row : rows)
        for (const PingRow::Session& session : row.sessions)
            if (row.target.profile == profile)
                text += fmt::format(
                    "\nOOD SessID: {}  OOD Stat: {}\n Target: {}\n Transport: {}  Sip Profiles: "
                    "{}\n",
                    session.id, state_word(session.health), to_words(row.target), transport,
                    profiles);
    return text;
}

}  // namespace weir::signaling
