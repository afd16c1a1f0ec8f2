// SPDX-License-Identifier: Apache-2.0
// Global commands that are kept without effect: what the running configuration of a router holds
// around its calls, before and after what decides about them.
#include "config/language/kept.hpp"
#include "config/language/tables/kept_tables.hpp"

namespace weir::config::language {
namespace {

using Lines = std::vector<Command<Config>>;

Command<Config> one(const std::string& syntax, const std::string& help, std::size_t words = 0) {
    return kept_line<Config>(syntax, help, words);
}
Command<Config> many(const std::string& syntax, const std::string& help) {
    return kept_lines<Config>(syntax, help);
}
// `no X` is kept as X is: the router prints one of both.
Command<Config> either(const std::string& syntax, const std::string& help, std::size_t words = 0) {
    return kept_either<Config>(syntax, help, words);
}

}  // namespace

Lines kept_service_commands() {
    return {
        either("service timestamps {debug | log} [<line>]", "Time stamps of messages", 3),
        either("service password-encryption", "Disguise passwords"),
        either("service <name=word> [<line>]", "A service of the router", 2),
        either("platform <line>", "Settings of the platform", kWholeLine),
    };
}

Lines kept_boot_commands() {
    return {
        one("boot-start-marker", "Begin of the boot commands"),
        many("boot {system | host | network | config | bootstrap} <line>",
             "What is loaded at the start"),
        one("boot-end-marker", "End of the boot commands"),
        either("logging {buffered | console | monitor | trap | facility | rate-limit | "
               "source-interface | userinfo | on | count | origin-id | history | "
               "persistent | discriminator} [<line>]",
               "Where messages go", 2),
        many("logging [host] <address=ipv4> [<line>]", "A syslog server"),
        one("enable {secret | password} <line>", "Password of the privileged mode", 2),
        either("aaa new-model", "Authentication, authorization and accounting"),
        many("aaa {authentication | authorization | accounting} <line>", "A method list"),
        one("aaa session-id {common | unique}", "Session ids of the accounting"),
        many("aaa server radius <line>", "Changes ordered by a server"),
        one("clock timezone <name=word> <hours=word> [<minutes=0-59>]", "Time zone"),
        one("clock summer-time <line>", "Summer time"),
        one("clock calendar-valid", "The clock of the hardware is right"),
        either("network-clock <line>", "Clock of the digital lines", kWholeLine),
        many("network-clock-participate <line>", "A card takes part in the common clock"),
        many("network-clock-select <line>", "A source of the common clock"),
        either("ip {cef | source-route | bootp server | finger | gratuitous-arps | routing | "
               "subnet-zero | classless | multicast-routing}",
               "A service of the router", 3),
        either("ipv6 {unicast-routing | cef}", "A service of the router", 2),
        either("ip domain {lookup | round-robin}", "Names are asked for", 3),
        either("ip domain-lookup", "Names are asked for"),
        one("{ip domain name | ip domain-name} <name=host>", "Domain of the node"),
        many("{ip domain list | ip domain-list} <name=host>", "Domains that names are tried in"),
        many("ip name-server [vrf <vrf=word>] <address=word>+", "Servers of names"),
        many("ip host <name=word> <line>", "Address of a name"),
        many("ip vrf <name=word>", "A routing table of its own"),
        many("ip dhcp {excluded-address | pool | snooping} <line>", "DHCP"),
        either("login {on-success | on-failure | block-for | quiet-mode} [<line>]",
               "Log and delay of logins", 2),
        either("multilink bundle-name {authenticated | endpoint | both}", "Name of bundles"),
        either("subscriber {templating | <line>}", "Subscribers", 2),
        many("crypto pki {token | server | profile | certificate map | export | import} <line>",
             "Certificates"),
        many("crypto {key | isakmp | ipsec | map | ikev2 | engine} <line>", "Keys and tunnels"),
    };
}

Lines kept_licence_commands() {
    return {
        one("card type {e1 | t1} <slot=0-9> [<bay=0-9>]", "Kind of a card", 2),
        one("isdn switch-type <type=word>", "Switch of the ISDN lines"),
        either("isdn <line>", "ISDN lines", kWholeLine),
        many("license {udi | boot | accept | smart | feature | solution | throughput} [<line>]",
             "Licences"),
        either("diagnostic bootup level <level=word>", "Tests at the start"),
        one("memory free low-watermark {processor | io} <line>", "Memory below which is warned", 4),
        one("spanning-tree <line>", "Spanning tree", 2),
        many("username <name=word> <line>", "A user of the router"),
        either("vtp <line>", "VLAN trunking", kWholeLine),
        either("lldp run", "Discovery of neighbours"),
        either("cdp run", "Discovery of neighbours"),
    };
}

Lines kept_address_commands() {
    return {
        either("ip http {server | secure-server}", "Web server of the router", 3),
        one("ip http max-connections <1-100>", "Connections at once"),
        one("ip http max-connection <1-100>", "Connections at once"),
        one("ip http {port | secure-port} <0-65535>", "Port of the web server", 3),
        either("ip http {authentication | access-class | path | timeout-policy | "
               "active-session-modules | "
               "secure-active-session-modules | secure-ciphersuite | secure-trustpoint | "
               "secure-client-auth | client | tls-version | session-idle-timeout | "
               "session-module-list | "
               "banner} [<line>]",
               "Setting of the web server", 3),
        one("http client {cache | connection | cookie | response | secure-ciphersuite | "
            "secure-trustpoint} <line>",
            "Web client of the router", 4),
        either("ip forward-protocol <line>", "Broadcasts that are forwarded", kWholeLine),
        either("ip {tftp | ftp | ssh | telnet | radius | tacacs | scp} <line>",
               "Servers and clients of the router", kWholeLine),
        one("ip default-gateway <address=ipv4>", "Gateway without routing"),
        many("ip route [vrf <vrf=word>] <address=ipv4> <mask=ipv4> <line>", "A static route"),
        many("ipv6 route [vrf <vrf=word>] <prefix=ipv6-prefix> <line>", "A static route"),
        many("ip nat <line>", "Translation of addresses"),
        many("ip prefix-list <line>", "A list of prefixes"),
        many("ip sla <line>", "Measurement of the network"),
        many("access-list <1-2799> <line>", "A filter"),
        one("dialer-list <1-256> <line>", "Packets that dial", 2),
        many("tacacs-server <line>", "A TACACS+ server"),
        many("radius-server {attribute | dead-criteria | deadtime | host | key | retransmit | "
             "timeout | vsa | load-balance | directed-request | source-ports | unique-ident} "
             "[<line>]",
             "RADIUS servers"),
        many("snmp-server <line>", "Network management"),
        one("snmp ifmib ifindex persist", "Numbers of interfaces stay"),
    };
}

Lines kept_voice_commands() {
    return {
        either("mgcp [<line>]", "Media Gateway Control Protocol", kWholeLine),
        either("ccm-manager <line>", "Control by a call manager", kWholeLine),
        either("sccp [<line>]", "Skinny protocol", kWholeLine),
        many("trunk group <name=word>", "A group of trunks"),
        acting(one("dial-control-mib {max-size <0-500> | retain-timer <0-35791>}",
                   "How many ended calls are shown, and how many minutes", 2)),
        either("call rsvp-sync [<line>]", "Calls wait for reservations"),
        one("call fallback <line>", "Calls by the quality of the network", 3),
        acting(one("call history-mib {max-size <0-500> | retain-timer <0-500>}",
                   "How many ended calls are shown, and how many minutes", 3)),
        one("ip rtcp report interval <1-65535>",
            "Milliseconds between reports of reception, default 5000"),
        one("ip rtcp sub-rtcp message-type <0-204>", "Kind of the messages"),
        many("signaling forward <line>", "Signalling that is carried through"),
        many("application {global | service | package} <line>", "Applications"),
    };
}

Lines kept_admission_commands() {
    return {
        acting(one("call threshold global {total-calls | cpu-avg | cpu-5sec | io-mem | proc-mem | "
                   "total-mem} low <low=1-10000> high <high=1-10000> [busyout] [treatment]",
                   "Refuse calls above a limit, until a lower one", 4)),
        acting(one("call threshold interface <interface=word> [<unit=word>] int-calls low "
                   "<low=1-10000> high <high=1-10000> [midcall-exceed]",
                   "Calls of an interface", 4)),
        acting(one("call threshold interface <interface=word> [<unit=word>] int-bandwidth "
                   "{class-map <name=word> [l2-overhead <percent=0-100>] | low "
                   "<low=0-4294967295> high <high=0-4294967295>} [midcall-exceed]",
                   "Bandwidth of an interface, kbit/s", 4)),
        acting(
            one("call threshold poll-interval {cpu-average <cpu=10-300> | memory <memory=1-300>}",
                "Seconds between looks, default 60 and 5", 4)),
        acting(either("call treatment on", "Apply the limits of call threshold")),
        acting(one("call treatment action {hairpin | playmsg <url=word> | reject}",
                   "What happens to a call above the limits")),
        acting(one("call treatment cause-code {busy | no-qos | no-resource}",
                   "Cause of the refusal: 17, 49 or 47")),
        one("call treatment isdn-reject <34-127>", "Cause of the refusal on ISDN"),
        acting(one("call spike <1-2147483647> [steps <steps=3-10> size <size=100-250>]",
                   "New calls in a sliding window")),
        one("call denial <1-2147483647>", "Calls that are refused at once"),
        one("gw-accounting syslog", "Records of calls to syslog"),
        one("gw-accounting h323 [vsa | syslog]", "Records of calls, the old form"),
    };
}

Lines kept_last_commands() {
    return {
        either("scheduler <line>", "Share of the processor", kWholeLine),
        many("ntp <line>", "Network time"),
        many("sntp <line>", "Network time"),
        many("event manager <line>", "Scripts of the router"),
        many("alias <mode=word> <line>", "An abbreviation of one's own"),
        many("privilege <mode=word> <line>", "Rights of a command"),
        either("netconf-yang [<line>]", "Management by NETCONF", kWholeLine),
        either("restconf", "Management by RESTCONF"),
        many("monitor <line>", "Copies of packets"),
    };
}

}  // namespace weir::config::language
