// SPDX-License-Identifier: Apache-2.0
// The table of foreign commands.
#include "config/import/foreign.hpp"

#include <array>

#include "config/base/text.hpp"

namespace weir::config {
namespace {

constexpr auto kNot = Verdict::not_supported;
constexpr auto kNothing = Verdict::without_effect;
constexpr auto kOther = Verdict::different;

constexpr std::string_view kClock = "the host's clock: set the time zone and chrony or timesyncd";
constexpr std::string_view kLogs =
    "Weir logs to standard error or paths.log: journald and rsyslog of the host pass it on";
constexpr std::string_view kSnmp =
    "there is no SNMP agent: /metrics of http.listen has the counters";
constexpr std::string_view kLogin = "logins are the host's: sshd, PAM and sudo";
constexpr std::string_view kAaa = "logins are the host's: PAM with its RADIUS or TACACS+ module";
constexpr std::string_view kRoutes = "routing is the host's: ip route, or FRR for protocols";
constexpr std::string_view kFilter = "packet filters are the host's: nftables";
constexpr std::string_view kQos = "queueing is the host's: tc; DSCP of calls is set by dial-peers";
constexpr std::string_view kLayer2 = "VLANs, bonds and bridges are the host's: ip link";
constexpr std::string_view kVpn = "tunnels are the host's: strongSwan, WireGuard";
constexpr std::string_view kPhones =
    "phones are not registered here: point them to a PBX, and a dial-peer to that PBX";
constexpr std::string_view kSccp =
    "SCCP is not spoken: transcoding and conferencing belong to the PBX or to a media server";
constexpr std::string_view kHardware = "a server does not have this hardware";
constexpr std::string_view kTdm =
    "there is no TDM port: a gateway with this port sends its calls by SIP; give its address to a "
    "dial-peer";
constexpr std::string_view kH323 = "H.323 is not spoken: reach this peer by SIP";
constexpr std::string_view kMgcp = "MGCP is not spoken: the call agent reaches Weir by a SIP trunk";
constexpr std::string_view kFiles = "configurations are kept by the store: commit, rollback";
constexpr std::string_view kScripts =
    "scripts run on the host: systemd timers; TCL and VXML are "
    "not run in calls";
constexpr std::string_view kLicence = "Weir has no licences";
constexpr std::string_view kName = "names are resolved by the host: /etc/resolv.conf, /etc/hosts";
constexpr std::string_view kKeys = "keys and certificates are files of the host";
constexpr std::string_view kVirtual =
    "an address that moves between two nodes is ha.shared of platform.yaml (no effect yet) or "
    "keepalived of the host";

constexpr std::array kTable = {
    // The router itself
    Foreign{"", "version", kNothing, "names the release that wrote the file"},
    Foreign{"", "service", kNothing, kLogs},
    Foreign{"", "boot-start-marker", kNothing, kHardware},
    Foreign{"", "boot-end-marker", kNothing, kHardware},
    Foreign{"", "boot", kNothing, kHardware},
    Foreign{"", "platform", kNothing, kHardware},
    Foreign{"", "license", kNothing, kLicence},
    Foreign{"", "diagnostic", kNothing, kHardware},
    Foreign{"", "memory-size", kNothing, kHardware},
    Foreign{"", "memory", kNothing, kHardware},
    Foreign{"", "spanning-tree", kNothing, kLayer2},
    Foreign{"", "memory free", kNothing, kHardware},
    Foreign{"", "subscriber", kNothing, kHardware},
    Foreign{"", "multilink", kNothing, kHardware},
    Foreign{"", "mmi", kNothing, kHardware},
    Foreign{"", "hw-module", kNothing, kHardware},
    Foreign{"", "parser", kNothing, kFiles},
    Foreign{"", "transceiver", kNothing, kHardware, true},
    Foreign{"", "network-clock-participate", kNot, kTdm},
    Foreign{"", "network-clock-select", kNot, kTdm},
    Foreign{"", "network-clock", kNot, kTdm},
    Foreign{"", "scheduler", kNothing, "the kernel schedules; media.cores pins the workers"},
    Foreign{"", "process", kNothing, kHardware},
    Foreign{"", "buffers", kNothing, "media.memory_mib of platform.yaml"},
    Foreign{"", "exception", kNothing, "core dumps are the host's: systemd-coredump"},
    Foreign{"", "warm-reboot", kNothing, kHardware},
    Foreign{"", "config-register", kNothing, kHardware},
    Foreign{"", "upgrade", kNothing, kHardware},
    Foreign{"", "netconf", kNothing, kFiles},
    Foreign{"", "netconf-yang", kNothing, kFiles},
    Foreign{"", "restconf", kNothing, kFiles},
    Foreign{"", "call-home", kNothing, "Weir calls nobody", true},
    Foreign{"", "cdp", kNothing, "neighbour discovery is the host's: lldpd"},
    Foreign{"", "lldp", kNothing, "neighbour discovery is the host's: lldpd"},
    Foreign{"", "file", kNothing, kFiles},
    Foreign{"", "archive", kNothing, kFiles, true},
    Foreign{"", "alias", kNothing, "the shell takes unique abbreviations"},
    Foreign{"", "macro", kNothing, kScripts},
    Foreign{"", "privilege", kOther, "users of platform.yaml have the role admin or read-only"},
    Foreign{"", "kron", kNot, kScripts, true},
    Foreign{"", "event manager", kNot, kScripts, true},
    Foreign{"", "application", kNot, kScripts, true},
    Foreign{"", "call application", kNot, kScripts, true},
    Foreign{"", "ip sla", kNot, "reachability of peers: voice-class sip options-keepalive", true},
    Foreign{"", "track", kNothing, kVirtual, true},
    Foreign{"", "ip http", kOther, "http.enabled and http.listen of platform.yaml"},
    Foreign{"", "banner", kNothing, "text at the login: /etc/motd of the host"},
    // Time, names, logs, logins
    Foreign{"", "clock", kNothing, kClock},
    Foreign{"", "ntp", kNothing, kClock},
    Foreign{"", "sntp", kNothing, kClock},
    Foreign{"", "logging", kNothing, kLogs},
    Foreign{"", "snmp-server", kNot, kSnmp},
    Foreign{"", "snmp", kNot, kSnmp},
    Foreign{"", "ip domain", kNothing, kName},
    Foreign{"", "ip domain-name", kNothing, kName},
    Foreign{"", "ip domain-lookup", kNothing, kName},
    Foreign{"", "ip name-server", kNothing, kName},
    Foreign{"", "ip host", kNothing, kName},
    Foreign{"", "aaa", kNothing, kAaa},
    Foreign{"", "radius", kNothing, kAaa, true},
    Foreign{"", "radius-server", kNothing, kAaa},
    Foreign{"", "tacacs", kNothing, kAaa, true},
    Foreign{"", "tacacs-server", kNothing, kAaa},
    Foreign{"", "enable", kNothing, kLogin},
    Foreign{"", "username", kOther,
            "operators log in to the host; users of platform.yaml says "
            "what they may do"},
    Foreign{"", "login", kNothing, kLogin},
    Foreign{"", "security", kNothing, kLogin},
    Foreign{"", "line", kNothing, kLogin, true},
    Foreign{"", "ip ssh", kNothing, kLogin},
    Foreign{"", "ip scp", kNothing, kLogin},
    Foreign{"", "crypto key", kNothing, kKeys},
    Foreign{"", "crypto pki", kNothing, kKeys, true},
    Foreign{"", "crypto ca", kNothing, kKeys, true},
    Foreign{"", "crypto", kNot, kVpn, true},
    Foreign{"", "key chain", kNothing, kRoutes, true},
    Foreign{"", "key config-key", kNothing, "passwords of type 6 cannot be read without this key"},
    // Network
    Foreign{"", "ip vrf", kOther, "VRFs are the host's: ip link add NAME type vrf", true},
    Foreign{"", "vrf", kOther, "VRFs are the host's: ip link add NAME type vrf", true},
    Foreign{"", "ip route", kNothing, kRoutes},
    Foreign{"", "ipv6 route", kNothing, kRoutes},
    Foreign{"", "ip default-gateway", kNothing, kRoutes},
    Foreign{"", "ip default-network", kNothing, kRoutes},
    Foreign{"", "ip routing", kNothing, kRoutes},
    Foreign{"", "ip cef", kNothing, kRoutes},
    Foreign{"", "ipv6 unicast-routing", kNothing, kRoutes},
    Foreign{"", "ipv6 cef", kNothing, kRoutes},
    Foreign{"", "ip subnet-zero", kNothing, kRoutes},
    Foreign{"", "ip classless", kNothing, kRoutes},
    Foreign{"", "ip forward-protocol", kNothing, kRoutes},
    Foreign{"", "ip source-route", kNothing, kFilter},
    Foreign{"", "ip bootp", kNothing, kRoutes},
    Foreign{"", "ip tftp", kNothing, kFiles},
    Foreign{"", "ip ftp", kNothing, kFiles},
    Foreign{"", "ip tcp", kNothing, "sysctl net.ipv4 of the host"},
    Foreign{"", "ip multicast-routing", kNot, kRoutes},
    Foreign{"", "ip pim", kNot, kRoutes},
    Foreign{"", "ip prefix-list", kNothing, kRoutes},
    Foreign{"", "ip as-path", kNothing, kRoutes},
    Foreign{"", "ip local policy", kNothing, kRoutes},
    Foreign{"", "router", kNothing, kRoutes, true},
    Foreign{"", "route-map", kNothing, kRoutes, true},
    Foreign{"", "ip access-list", kNot, kFilter, true},
    Foreign{"", "ipv6 access-list", kNot, kFilter, true},
    Foreign{"", "access-list", kNot, kFilter},
    Foreign{"", "ip inspect", kNot, kFilter},
    Foreign{"", "zone", kNot, kFilter, true},
    Foreign{"", "zone-pair", kNot, kFilter, true},
    Foreign{"", "parameter-map", kNot, kFilter, true},
    Foreign{"", "class-map", kNothing, kQos, true},
    Foreign{"", "policy-map", kNothing, kQos, true},
    Foreign{"", "control-plane", kNothing, kFilter, true},
    Foreign{"", "ip nat", kNot,
            "address translation is the host's: nftables; realms[].advertised of platform.yaml "
            "where NAT stands before Weir"},
    Foreign{"", "ip dhcp", kNot, "DHCP is the host's: Kea or dnsmasq", true},
    Foreign{"", "ip flow-export", kNothing, "flow export is the host's: softflowd"},
    Foreign{"", "ip flow-cache", kNothing, "flow export is the host's: softflowd"},
    Foreign{"", "flow", kNothing, "flow export is the host's: softflowd", true},
    Foreign{"", "vlan", kNothing, kLayer2, true},
    Foreign{"", "vtp", kNothing, kLayer2},
    Foreign{"", "bridge", kNothing, kLayer2},
    Foreign{"", "l2vpn", kNothing, kLayer2, true},
    Foreign{"", "redundancy", kNothing, kVirtual, true},
    Foreign{"", "nat64", kNot, "address translation between families is the host's"},
    // Voice that is not SIP
    Foreign{"", "sccp", kNot, kSccp, true},
    Foreign{"", "dspfarm", kNot, kSccp, true},
    Foreign{"", "voice-card", kNot, kHardware, true},
    Foreign{"", "card", kNot, kHardware},
    Foreign{"", "controller", kNot, kTdm, true},
    Foreign{"", "isdn", kNot, kTdm},
    Foreign{"", "trunk group", kNot, kTdm, true},
    Foreign{"", "voice-port", kNot, kTdm, true},
    Foreign{"", "voice call", kNothing, kTdm},
    Foreign{"", "voice rtp", kNothing, "sequence numbers and time stamps are kept as they come"},
    Foreign{"", "voice vad-time", kNothing, kHardware},
    Foreign{"", "voice cause-code", kNothing, kTdm},
    Foreign{"", "voice class custom-cptone", kNot, kTdm, true},
    Foreign{"", "voice class dualtone", kNot, kTdm, true},
    Foreign{"", "voice class busyout", kNot, kTdm, true},
    Foreign{"", "voice class permanent", kNot, kTdm, true},
    Foreign{"", "voice class h323", kNot, kH323, true},
    Foreign{"", "voice class aaa", kNot, "accounting is the CDR file: paths.cdr", true},
    Foreign{"", "voice class resource-group", kNot, kHardware, true},
    Foreign{"", "voice register", kNot, kPhones, true},
    Foreign{"", "voice hunt-group", kNot, kPhones, true},
    Foreign{"", "voice moh-group", kNot, kPhones, true},
    Foreign{"", "voice user-profile", kNot, kPhones, true},
    Foreign{"", "voice logout-profile", kNot, kPhones, true},
    Foreign{"", "voice source-group", kNot,
            "calls are told apart by incoming uri of dial-peers and the trusted list", true},
    Foreign{"", "voice enum-match-table", kNot, "ENUM is not asked: use an e164-pattern-map", true},
    Foreign{"", "telephony-service", kNot, kPhones, true},
    Foreign{"", "ephone", kNot, kPhones, true},
    Foreign{"", "ephone-dn", kNot, kPhones, true},
    Foreign{"", "ephone-template", kNot, kPhones, true},
    Foreign{"", "ephone-dn-template", kNot, kPhones, true},
    Foreign{"", "ephone-hunt", kNot, kPhones, true},
    Foreign{"", "ephone-type", kNot, kPhones, true},
    Foreign{"", "call-manager-fallback", kNot, kPhones, true},
    Foreign{"", "credentials", kNot, kPhones, true},
    Foreign{"", "presence", kNot, kPhones, true},
    Foreign{"", "ccm-manager", kNot, kMgcp},
    Foreign{"", "mgcp", kNot, kMgcp, true},
    Foreign{"", "gatekeeper", kNot, kH323, true},
    Foreign{"", "modem", kNot, kHardware},
    Foreign{"", "fax", kNot, "fax is passed through as T.38 or G.711 by its dial-peers"},
    Foreign{"", "mta", kNot, "fax to mail is not done", true},
    Foreign{"", "ivr", kNot, kScripts},
    Foreign{"", "wsma", kNot, kFiles, true},
    Foreign{"", "gw-accounting", kNothing, "accounting is the CDR file: paths.cdr", true},
    Foreign{"voice service voip", "allow-connections h323", kNot, kH323},
    Foreign{"voice service voip", "allow-connections sip to h323", kNot, kH323},
    Foreign{"voice service voip", "h323", kNot, kH323, true},
    Foreign{"", "virtual-service", kNothing, kHardware, true},
    Foreign{"", "framing", kNot, kTdm},
    Foreign{"", "pri-group", kNot, kTdm},
    // Interfaces
    Foreign{"interface", "ip address dhcp", kOther,
            "write the address that the host got: ip address A.B.C.D MASK here and in realms"},
    Foreign{"interface", "ip address negotiated", kOther,
            "write the address that was given; the host dials"},
    Foreign{"interface", "ip unnumbered", kOther, "write the address of the other interface"},
    Foreign{"interface", "ip vrf", kOther, "VRFs are the host's: ip link set DEVICE master VRF"},
    Foreign{"interface", "vrf", kOther, "VRFs are the host's: ip link set DEVICE master VRF"},
    Foreign{"interface", "encapsulation dot1q", kOther,
            "VLANs are the host's: ip link add link eth0 name eth0.N type vlan id N; on ports of "
            "DPDK realms[].vlan"},
    Foreign{"interface", "standby", kOther, kVirtual},
    Foreign{"interface", "vrrp", kOther, kVirtual, true},
    Foreign{"interface", "redundancy", kNothing, kVirtual},
    Foreign{"interface", "ip access-group", kNot, kFilter},
    Foreign{"interface", "ip nat", kNot,
            "address translation is the host's; realms[].advertised where NAT stands before Weir"},
    Foreign{"interface", "service-policy", kNothing, kQos},
    Foreign{"interface", "bandwidth", kNothing, kQos},
    Foreign{"interface", "h323-gateway", kNot, kH323},
    Foreign{"interface", "isdn", kNot, kTdm},
    Foreign{"interface", "crypto", kNot, kVpn},
    Foreign{"interface", "tunnel", kNot, kVpn},
    Foreign{"interface", "ip helper-address", kNot, "DHCP is the host's"},
    Foreign{"interface", "ip ospf", kNothing, kRoutes},
    Foreign{"interface", "switchport", kNothing, kLayer2},
    Foreign{"interface", "channel-group", kNothing, kLayer2},
    Foreign{"interface", "ip", kNothing, "the network of the machine is the host's"},
    Foreign{"interface", "ipv6", kNothing, "the network of the machine is the host's"},
    Foreign{"interface", "", kNothing, "the network of the machine is the host's"},
    // Dial-peers
    Foreign{"dial-peer voice", "session target ras", kNot, kH323},
    Foreign{"dial-peer voice", "session protocol cisco", kNot, kH323},
    Foreign{"dial-peer voice", "session protocol multicast", kNot, "hoot and holler is not done"},
    Foreign{"dial-peer voice", "tech-prefix", kNot, kH323},
    Foreign{"dial-peer voice", "voice-class h323", kNot, kH323},
    Foreign{"dial-peer voice", "service", kNot, kScripts},
    Foreign{"dial-peer voice", "application", kNot, kScripts},
    Foreign{"dial-peer voice", "fax rate", kNothing, "rates of T.38 are the parties'"},
    Foreign{"dial-peer voice", "playout-delay", kNothing, "packets pass; there is no play-out"},
    Foreign{"dial-peer voice", "acc-qos", kNothing, "RSVP is not spoken"},
    Foreign{"dial-peer voice", "req-qos", kNothing, "RSVP is not spoken"},
    Foreign{"dial-peer voice", "ip qos", kNothing, kQos},
    Foreign{"dial-peer voice", "port", kNot, kTdm},
};

// Whether the text begins with the words of the entry, in any case.
bool begins_with(std::string_view text, std::string_view words) {
    return words.empty() || (text::istarts_with(text, words) &&
                             (text.size() == words.size() || text[words.size()] == ' '));
}

}  // namespace

const Foreign* foreign(std::string_view block, std::string_view line) {
    line = text::trim(line);
    if (begins_with(line, "no")) line = text::trim(line.substr(2));
    const Foreign* best = nullptr;
    for (const Foreign& entry : kTable) {
        if (entry.block.empty() ? !block.empty() : !begins_with(block, entry.block)) continue;
        if (!begins_with(line, entry.words)) continue;
        if (best == nullptr || entry.words.size() >= best->words.size()) best = &entry;
    }
    return best;
}

}  // namespace weir::config
