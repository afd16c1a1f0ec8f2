// SPDX-License-Identifier: Apache-2.0
// The tables of voice class server-group and voice class sip-options-keepalive (spec A.9, A.12).
#include <algorithm>
#include <array>

#include "config/language/class_limits.hpp"
#include "config/language/classes.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables/class_tables.hpp"

namespace weir::config::language {
namespace {

// ---- voice class server-group

ServerGroup::Server server_of(const Words& words) {
    return {words.address(words.given("v4") ? "v4" : "v6"),
            static_cast<std::uint16_t>(words.number("port")),
            static_cast<std::uint8_t>(words.number("preference"))};
}

// One address with one port is one server; a second line of it changes the preference.
bool same_server(const ServerGroup::Server& a, const ServerGroup::Server& b) {
    return a.address == b.address && a.port == b.port;
}

Result<void> read_server(const Words& words, ServerGroup& group) {
    const auto server = server_of(words);
    const auto known = std::find_if(group.servers.begin(), group.servers.end(),
                                    [&](const auto& other) { return same_server(other, server); });
    if (known != group.servers.end()) {
        *known = server;
        return {};
    }
    if (group.servers.size() >= kMaxServers)
        return fail(ErrorCode::exhausted,
                    "a server-group has at most " + std::to_string(kMaxServers) + " servers");
    group.servers.push_back(server);
    return {};
}

// `no ipv4 192.0.2.1` takes out every port of the address, with a port that one.
void no_server(const Words& words, ServerGroup& group) {
    const auto server = server_of(words);
    std::erase_if(group.servers, [&](const auto& other) {
        return other.address == server.address &&
               (!words.given("port") || other.port == server.port);
    });
}

// The rows of both families share the list, and its order: the first row prints it.
void print_servers(const ServerGroup& group, Printer& out) {
    for (const auto& server : group.servers) {
        const bool v4 = server.address.family == Family::v4;
        out.line((v4 ? "ipv4 " : "ipv6 ") + server.address.to_string() +
                 (server.port > 0 ? " port " + std::to_string(server.port) : "") +
                 (server.preference > 0 ? " preference " + std::to_string(server.preference) : ""));
    }
}

Command<ServerGroup> server_row(const std::string& address, const std::string& help,
                                void (*print)(const ServerGroup&, Printer&)) {
    Command<ServerGroup> row{address + " [port <port=1-65535>] [preference <preference=0-5>]", help,
                             read_server, no_server, print};
    row.key_words = 2;
    return row;
}

// Spec A.9: these never stop the hunt.
constexpr std::array<std::uint16_t, 9> kNeverStop{401, 407, 415, 417, 422, 480, 485, 486, 488};

Result<void> read_huntstop(const Words& words, ServerGroup& group) {
    ServerGroup::HuntStop stop{static_cast<std::uint16_t>(words.number("tag")),
                               static_cast<std::uint16_t>(words.number("from")),
                               static_cast<std::uint16_t>(words.number("from"))};
    if (words.given("to")) stop.last = static_cast<std::uint16_t>(words.number("to"));
    if (stop.first == stop.last &&
        std::find(kNeverStop.begin(), kNeverStop.end(), stop.first) != kNeverStop.end()) {
        words.blame("from");
        return fail(ErrorCode::invalid,
                    "Error: The specified response code cannot be used with Huntstop.");
    }
    if (stop.last < stop.first) {
        words.blame("to");
        return fail(ErrorCode::invalid, "the range of response codes must ascend");
    }
    std::erase_if(group.huntstops, [&](const auto& other) { return other.tag == stop.tag; });
    if (group.huntstops.size() >= kMaxHuntStops)
        return fail(ErrorCode::exhausted, "a server-group has at most " +
                                              std::to_string(kMaxHuntStops) + " huntstop lines");
    group.huntstops.push_back(stop);
    std::sort(group.huntstops.begin(), group.huntstops.end(),
              [](const auto& a, const auto& b) { return a.tag < b.tag; });
    return {};
}

Command<ServerGroup> huntstop_row() {
    Command<ServerGroup> row{
        "huntstop <tag=1-1000> resp-code <from=400-599> [to <to=400-599>]",
        "Response codes after which no further server is tried", read_huntstop,
        [](const Words& words, ServerGroup& group) {
            std::erase_if(group.huntstops,
                          [&](const auto& other) { return other.tag == words.number("tag"); });
        },
        [](const ServerGroup& group, Printer& out) {
            for (const auto& stop : group.huntstops)
                out.line("huntstop " + std::to_string(stop.tag) + " resp-code " +
                         std::to_string(stop.first) +
                         (stop.last != stop.first ? " to " + std::to_string(stop.last) : ""));
        }};
    row.key_words = 2;
    return row;
}

Command<ServerGroup> hunt_scheme_row() {
    // The router knows round-robin alone; the default has a name here as well.
    return {"hunt-scheme {round-robin | preference}", "Order in which servers are tried",
            [](const Words& words, ServerGroup& group) -> Result<void> {
                group.round_robin = words.has("round-robin");
                return {};
            },
            [](const Words&, ServerGroup& group) { group.round_robin = false; },
            [](const ServerGroup& group, Printer& out) {
                if (group.round_robin) out.line("hunt-scheme round-robin");
            }};
}

Mode server_group_mode() {
    const std::vector<Command<ServerGroup>> commands{
        text_field("description <line>", "Text for people", &ServerGroup::description),
        server_row("ipv4 <v4=ipv4>", "A server by its IPv4 address", print_servers),
        server_row("ipv6 <v6=ipv6-host>", "A server by its IPv6 address",
                   [](const ServerGroup&, Printer&) {}),
        hunt_scheme_row(),
        huntstop_row(),
        flag("shutdown", "Peers that use the group are out of service", &ServerGroup::shutdown),
    };
    return {ModeId::server_group, ModeId::global, "voice class server-group", "config-class",
            make_rows(commands, tagged<&Config::server_groups>)};
}

// ---- voice class sip-options-keepalive

Command<KeepaliveProfile> transport_row() {
    return {"transport {tcp [tls] | udp | system}", "Transport of the OPTIONS",
            [](const Words& words, KeepaliveProfile& profile) -> Result<void> {
                profile.transport = words.has("tcp")   ? Transport::tcp
                                    : words.has("udp") ? Transport::udp
                                                       : Transport::system;
                profile.tls = words.has("tls");
                return {};
            },
            [](const Words&, KeepaliveProfile& profile) {
                profile.transport = Transport::system;
                profile.tls = false;
            },
            [](const KeepaliveProfile& profile, Printer& out) {
                if (profile.transport == Transport::udp) out.line("transport udp");
                if (profile.transport == Transport::tcp)
                    out.line(profile.tls ? "transport tcp tls" : "transport tcp");
            }};
}

Mode keepalive_mode() {
    const std::vector<Command<KeepaliveProfile>> commands{
        text_field("description <line>", "Text for people", &KeepaliveProfile::description),
        transport_row(),
        optional_number("sip-profiles <1-10000>", "SIP profile of the OPTIONS",
                        &KeepaliveProfile::sip_profiles),
        number("up-interval <5-1200>", "Seconds between OPTIONS to a target that answers",
               &KeepaliveProfile::up_interval),
        number("down-interval <5-1200>", "Seconds between OPTIONS to a target that does not",
               &KeepaliveProfile::down_interval),
        number("retry <1-10>", "OPTIONS without answer until the target counts as down",
               &KeepaliveProfile::retry),
        flag("shutdown", "No OPTIONS are sent", &KeepaliveProfile::shutdown),
    };
    return {ModeId::keepalive_profile, ModeId::global, "voice class sip-options-keepalive",
            "config-class", make_rows(commands, tagged<&Config::keepalive_profiles>)};
}

}  // namespace

std::vector<Command<Config>> server_class_openers() {
    return {
        class_opener("voice class server-group <1-10000>", "Servers that are one destination",
                     &Config::server_groups, ModeId::server_group),
        class_opener("voice class sip-options-keepalive <1-10000>",
                     "How OPTIONS find out whether a target is alive", &Config::keepalive_profiles,
                     ModeId::keepalive_profile),
    };
}

std::vector<Mode> server_class_modes() {
    return {server_group_mode(), keepalive_mode()};
}

}  // namespace weir::config::language
