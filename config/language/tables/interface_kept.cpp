// SPDX-License-Identifier: Apache-2.0
// What an interface of a router says that the operating system or platform.yaml decides here.
#include "config/language/kept.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

using If = Interface;

Command<If> one(const std::string& syntax, const std::string& help, std::size_t words = 0) {
    return kept_line<If>(syntax, help, words);
}
Command<If> many(const std::string& syntax, const std::string& help) {
    return kept_lines<If>(syntax, help);
}
Command<If> either(const std::string& syntax, const std::string& help, std::size_t words = 0) {
    return kept_either<If>(syntax, help, words);
}

std::vector<Command<If>> redundancy_commands() {
    return {
        one("redundancy rii <1-65535> [decrement <by=0-255>]", "Number of the pair of interfaces"),
        one("redundancy group <group=1-2> ip <address=ipv4> [exclusive] [decrement <by=0-255>]",
            "Address that the active node has", 4),
        one("redundancy group <group=1-2> ipv6 <address=word> [exclusive] [decrement <by=0-255>]",
            "Address that the active node has", 4),
        many("standby <line>", "HSRP"),
        many("vrrp <line>", "VRRP"),
    };
}

std::vector<Command<If>> link_commands() {
    return {
        either("negotiation auto", "Negotiate speed and duplex"),
        one("duplex {auto | full | half}", "Duplex of the link"),
        one("speed {auto | 10 | 100 | 1000 | 10000}", "Speed of the link"),
        one("media-type <type=word>", "Connector of the link"),
        one("mtu <64-9216>", "Bytes of a frame"),
        one("ip mtu <68-9216>", "Bytes of a packet"),
        one("bandwidth <line>", "Bandwidth for routing"),
        one("delay <1-16777215>", "Delay for routing"),
        one("load-interval <30-600>", "Seconds of the average load"),
        one("carrier-delay <line>", "Delay before a change counts"),
        either("keepalive [<line>]", "Keepalive of the link", 1),
        one("encapsulation <line>", "VLAN or protocol of the link"),
        one("channel-group <1-256> [<line>]", "Member of a bundle"),
        either("switchport [<line>]", "Port of a switch", kWholeLine),
        one("spanning-tree <line>", "Spanning tree", 2),
        either("cdp enable", "Discovery of neighbours"),
        either("cdp tlv <line>", "Discovery of neighbours", kWholeLine),
        either("lldp {transmit | receive}", "Discovery of neighbours", 2),
        either("mop {enabled | sysid}", "Maintenance protocol", 2),
        one("arp timeout <0-2147483>", "Seconds of an entry"),
        either("snmp trap link-status", "Notify of the link"),
        one("tunnel <line>", "Tunnel", 2),
        one("priority-queue out", "Queue of priority"),
        one("hold-queue <0-240000> {in | out}", "Length of a queue", 3),
    };
}

std::vector<Command<If>> packet_commands() {
    return {
        either("ip address {dhcp | negotiated}", "Address from others", 2),
        either("ip {redirects | unreachables | proxy-arp | route-cache | directed-broadcast | "
               "mask-reply | split-horizon | virtual-reassembly | mroute-cache} [<line>]",
               "Packets of the interface", 2),
        many("ip {access-group | helper-address | nat | pim | ospf | igmp | rsvp | tcp | rtp | "
             "policy | flow | nbar | dhcp | inspect | verify | wccp | rip | bandwidth-percent | "
             "summary-address | authentication | hello-interval | hold-time} <line>",
             "Packets of the interface"),
        one("ip unnumbered <interface=word> [<unit=word>]", "Address of another interface", 2),
        many("ipv6 address {autoconfig [default] | dhcp | <address=ipv6> link-local | "
             "<prefix=ipv6-prefix> {eui-64 | anycast}}",
             "Further addresses"),
        either("ipv6 {enable | redirects | unreachables}", "IPv6 on the interface", 2),
        many("ipv6 {nd | dhcp | traffic-filter | ospf | mtu | rip} <line>",
             "IPv6 of the interface"),
        many("service-policy [type <type=word>] {input | output} <name=word>",
             "Treatment of packets"),
        many("h323-gateway voip <line>", "H.323 on the interface"),
        many("crypto map <line>", "Tunnel"),
        many("zone-member security <name=word>", "Zone of the firewall"),
    };
}

std::vector<Command<If>> serial_commands() {
    return {
        one("isdn switch-type <type=word>", "Switch of the line"),
        one("isdn incoming-voice {voice | modem | data [<number=56-64>]}", "Calls of the line"),
        many("isdn {timer | map | bind-l3 | outgoing | send-alerting | sending-complete | "
             "protocol-emulate | supp-service | negotiate-bchan | bchan-number-order | "
             "outgoing-voice | guard-timer | spoofing | t306 | t310 | overlap-receiving | "
             "not-end-to-end | reject | outgoing-sync | network-failure-cause | calling-number | "
             "tei | contiguous-bchan} [<line>]",
             "ISDN of the line"),
        one("trunk-group <name=word> [<line>]", "Trunk group of the line"),
        one("dialer-group <1-128>", "Packets that dial"),
        many("ppp <line>", "Point to point"),
        many("dialer <line>", "Dialling"),
    };
}

}  // namespace

std::vector<Command<Interface>> kept_interface_commands() {
    std::vector<Command<Interface>> all;
    for (auto* const part : {redundancy_commands, link_commands, packet_commands, serial_commands})
        for (auto& command : part())
            all.push_back(std::move(command));
    return all;
}

}  // namespace weir::config::language
