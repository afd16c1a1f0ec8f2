// SPDX-License-Identifier: Apache-2.0
// Blocks of the router around the calls that are kept without effect: redundancy (spec J.1), VRFs,
// classes and policies, access lists, the control plane.
#include "config/language/kept.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

using Lines = std::vector<Command<KeptLines>>;

Command<KeptLines> one(const std::string& syntax, const std::string& help) {
    return kept_line<KeptLines>(syntax, help);
}
Command<KeptLines> many(const std::string& syntax, const std::string& help) {
    return kept_lines<KeptLines>(syntax, help);
}
// A second line with the same `words` words in front takes the place of the first.
Command<KeptLines> keyed(const std::string& syntax, const std::string& help, std::size_t words) {
    return kept_line<KeptLines>(syntax, help, words);
}

// ---- redundancy (spec J.1)

Mode redundancy() {
    Mode mode = kept_mode({ModeId::redundancy, ModeId::global, "redundancy", "config-red"},
                          {one("mode <mode=word>", "Redundancy of the chassis"),
                           one("scheme standby <name>", "HSRP group that is followed")});
    mode.rows.push_back(kept_block_row("application redundancy", "Redundancy of applications",
                                       ModeId::redundancy_application, kept_block));
    mode.rows.push_back(kept_block_row("inter-device", "Redundancy between two routers by HSRP",
                                       ModeId::redundancy_interdevice, kept_block));
    return mode;
}

Mode redundancy_application() {
    Mode mode = kept_mode({ModeId::redundancy_application, ModeId::redundancy,
                           "application redundancy", "config-red-app"},
                          {});
    mode.rows.push_back(
        kept_block_row("group <1-2>", "A redundancy group", ModeId::redundancy_group, kept_block));
    mode.rows.push_back(kept_block_row("protocol <1-8>", "Timers of the protocol",
                                       ModeId::redundancy_protocol, kept_block));
    return mode;
}

Mode redundancy_group() {
    const Lines lines{
        one("name <name>", "Name of the group"),
        one("priority <1-255> [failover threshold <threshold=0-255>]",
            "Priority of this node, and below which it hands over"),
        one("preempt", "Take over from a node of lower priority"),
        one("timers delay <0-10000> [reload <reload=0-10000>]",
            "Seconds to wait before taking a role"),
        keyed("control <interface=word> [<unit=word>] protocol <1-8>",
              "Interface between the two nodes", 1),
        keyed("data <interface=word> [<unit=word>]", "Interface that mirrors the calls", 1),
        keyed("track <1-1000> {shutdown | decrement <value=1-255>}",
              "What a tracked object that goes down does", 2),
        keyed("asymmetric-routing {interface <name=word> | always-divert enable}",
              "Way of packets that reach the standby node", 2),
        one("shutdown", "Take the group out of service"),
    };
    return kept_mode({ModeId::redundancy_group, ModeId::redundancy_application,
                      "group of application redundancy", "config-red-app-grp"},
                     lines);
}

Mode redundancy_protocol() {
    const Lines lines{
        one("name <name>", "Name of the protocol instance"),
        one("timers hellotime {<1-254> | msec <milliseconds=250-999>} [holdtime {<hold=1-255> | "
            "msec <hold-milliseconds=750-999>}]",
            "How often a node says that it is there"),
        one("authentication {text <text=word> | md5 <text=line>}", "Proof of the other node"),
        one("bfd", "Detect failures by BFD"),
    };
    return kept_mode({ModeId::redundancy_protocol, ModeId::redundancy_application,
                      "protocol of application redundancy", "config-red-app-prtcl"},
                     lines);
}

Mode redundancy_interdevice() {
    return kept_mode({ModeId::redundancy_interdevice, ModeId::redundancy, "redundancy inter-device",
                      "config-red-interdevice"},
                     {one("scheme standby <name>", "HSRP group that is followed"),
                      one("security ipsec <name>", "Protection of the connection")});
}

std::vector<Mode> ipc_modes() {
    Mode zone =
        kept_mode({ModeId::ipc_zone, ModeId::global, "ipc zone default", "config-ipczone"}, {});
    zone.rows.push_back(kept_block_row("association <1-255>", "A connection of the two routers",
                                       ModeId::ipc_association, kept_block));
    Mode association = kept_mode({ModeId::ipc_association, ModeId::ipc_zone,
                                  "association of ipc zone default", "config-ipczone-assoc"},
                                 {one("shutdown", "Take the association out of service")});
    association.rows.push_back(kept_block_row("protocol sctp", "Transport of the association",
                                              ModeId::ipc_protocol, kept_block));
    Mode protocol = kept_mode({ModeId::ipc_protocol, ModeId::ipc_association,
                               "protocol sctp of ipc zone default", "config-ipc-protocol-sctp"},
                              {});
    protocol.rows.push_back(kept_block_row("{local-port | remote-port} <1-65535>",
                                           "Port of one end", ModeId::ipc_port, kept_block));
    Mode port = kept_mode(
        {ModeId::ipc_port, ModeId::ipc_protocol, "port of ipc zone default", "config-ipc-port"},
        {many("{local-ip | remote-ip} <address=ipv4> [<other=ipv4>]", "Addresses of one end"),
         keyed("{retransmit-timeout | path-retransmit | assoc-retransmit | init-timeout | "
               "keepalive} <line>",
               "Timer of the association", 1)});
    return {std::move(zone), std::move(association), std::move(protocol), std::move(port)};
}

Mode track() {
    return kept_mode(
        {ModeId::track, ModeId::global, "track", "config-track"},
        {keyed("delay {up <up=0-180> | down <down=0-180>}+", "Seconds before a change counts", 1),
         many("object <1-1000> [not]", "An object of the list"),
         one("threshold <line>", "Limits of the list"),
         one("default-state {up | down}", "State before it is known"),
         one("carrier-delay", "Count the delay of the interface")});
}

// ---- routing and filtering

std::vector<Mode> vrf_modes() {
    Mode vrf = kept_mode(
        {ModeId::vrf, ModeId::global, "vrf definition", "config-vrf"},
        {one("rd <rd=word>", "Route distinguisher"), one("description <line>", "Text for people"),
         many("route-target {export | import | both} <target=word>", "Extended community")});
    vrf.rows.push_back(kept_block_row("address-family {ipv4 | ipv6}", "Address family of the VRF",
                                      ModeId::vrf_family, kept_block));
    Mode family = kept_mode(
        {ModeId::vrf_family, ModeId::vrf, "address-family of vrf definition", "config-vrf-af"},
        {many("route-target {export | import | both} <target=word>", "Extended community")});
    family.rows.push_back(
        kept_end_row("exit-address-family", "End of the address family", ModeId::vrf));
    return {std::move(vrf), std::move(family)};
}

Mode class_map() {
    return kept_mode({ModeId::class_map, ModeId::global, "class-map", "config-cmap"},
                     {one("description <line>", "Text for people"),
                      many("match <line>", "What belongs to the class")});
}

std::vector<Mode> policy_modes() {
    Mode policy = kept_mode({ModeId::policy_map, ModeId::global, "policy-map", "config-pmap"},
                            {one("description <line>", "Text for people")});
    policy.rows.push_back(kept_block_row("class <name=word> [insert-before <other=word>]",
                                         "What happens to a class", ModeId::policy_class,
                                         kept_block));
    Mode entry = kept_mode(
        {ModeId::policy_class, ModeId::policy_map, "class of policy-map", "config-pmap-c"},
        {many("{bandwidth | priority | police | set | shape | queue-limit | random-detect | "
              "service-policy} [<line>]",
              "Treatment of the class"),
         one("fair-queue [<line>]", "Share among flows")});
    return {std::move(policy), std::move(entry)};
}

Mode access_list() {
    return kept_mode(
        {ModeId::access_list, ModeId::global, "ip access-list", "config-ext-nacl"},
        {many("{permit | deny | remark} <line>", "An entry"),
         many("<1-2147483647> {permit | deny | remark} <line>", "An entry with its number")});
}

Mode control_plane() {
    return kept_mode(
        {ModeId::control_plane, ModeId::global, "control-plane", "config-cp"},
        {many("service-policy {input | output} <name=word>", "Policy of the control plane")});
}

}  // namespace

std::vector<Mode> kept_network_modes() {
    std::vector<Mode> modes{redundancy(),
                            redundancy_application(),
                            redundancy_group(),
                            redundancy_protocol(),
                            redundancy_interdevice(),
                            track(),
                            class_map(),
                            access_list(),
                            control_plane()};
    for (auto* const more : {ipc_modes, vrf_modes, policy_modes})
        for (Mode& mode : more())
            modes.push_back(std::move(mode));
    return modes;
}

std::vector<CommandRow> kept_network_openers() {
    return {
        kept_block_row("vrf definition <name=word>", "A routing table of its own", ModeId::vrf),
        kept_block_row("redundancy", "Two routers that take over from each other",
                       ModeId::redundancy),
        kept_block_row("ipc zone default", "Connection of the two routers", ModeId::ipc_zone),
        kept_block_row("track <1-1000> [<line>]", "Watch an interface or a route", ModeId::track,
                       kept_global, 2),
        kept_block_row("class-map [type <type=word>] [match-any | match-all] <name=word>",
                       "A class of packets", ModeId::class_map),
        kept_block_row("policy-map [type <type=word>] <name=word>", "Treatment of classes",
                       ModeId::policy_map),
        kept_block_row("ip access-list {standard | extended} <name=word>",
                       "A list of filters with a name", ModeId::access_list),
        kept_block_row("control-plane [host]", "Traffic to the router itself",
                       ModeId::control_plane),
    };
}

}  // namespace weir::config::language
