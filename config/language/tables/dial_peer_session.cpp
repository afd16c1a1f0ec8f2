// SPDX-License-Identifier: Apache-2.0
// Dial-peer commands that say where calls are sent (spec A.2, A.6, A.9).
#include <array>
#include <string_view>
#include <utility>

#include "config/language/fields.hpp"
#include "config/language/tables/dial_peer_rows.hpp"

namespace weir::config::language {
namespace {

using Target = SessionTarget::Kind;

// dns:$s$.HOST and the like: the name of the argument, and what stands before the host.
constexpr std::array<std::pair<const char*, const char*>, 5> kDnsForms{{
    {"dns", ""},
    {"dns-s", "$s$."},
    {"dns-d", "$d$."},
    {"dns-e", "$e$."},
    {"dns-u", "$u$."},
}};

constexpr std::array<std::pair<const char*, Target>, 7> kTargetWords{{
    {"dhcp", Target::dhcp},
    {"loopback:rtp", Target::loopback_rtp},
    {"sip-server", Target::sip_server},
    {"registrar", Target::registrar},
    {"sip-uri", Target::sip_uri},
    {"settlement", Target::settlement},
    {"ras", Target::ras},
}};

constexpr const char* kTargetSyntax =
    "session target {ipv4:<v4=ipv4-port> | ipv6:<v6=ipv6-port> | dns:<dns=host-port> | "
    "dns:$s$.<dns-s=host-port> | dns:$d$.<dns-d=host-port> | dns:$e$.<dns-e=host-port> | "
    "dns:$u$.<dns-u=host-port> | enum:<table=1-15> | dhcp | loopback:rtp | sip-server | "
    "registrar | sip-uri | settlement [<provider=0-2147483647>] | ras}";

Result<SessionTarget> address_target(const Endpoint& endpoint) {
    if (endpoint.address.is_unspecified())
        return fail(ErrorCode::invalid, "a call cannot be sent to " + endpoint.address.to_string());
    SessionTarget target;
    target.kind = Target::address;
    target.address = endpoint.address;
    target.port = endpoint.port;
    return target;
}

SessionTarget dns_target(const std::string& prefix, const std::string& host) {
    const auto colon = host.rfind(':');
    SessionTarget target;
    target.kind = Target::dns;
    target.host = prefix + host.substr(0, colon);
    if (colon != std::string::npos)
        target.port = static_cast<std::uint16_t>(std::stoul(host.substr(colon + 1)));
    return target;
}

Result<SessionTarget> target_of(const Words& words) {
    if (words.given("v4")) return address_target(words.endpoint("v4"));
    if (words.given("v6")) return address_target(words.endpoint("v6"));
    for (const auto& [name, prefix] : kDnsForms)
        if (words.given(name)) return dns_target(prefix, words.text(name));
    SessionTarget target;
    if (words.given("table")) {
        target.kind = Target::enum_table;
        target.number = static_cast<std::uint32_t>(words.number("table"));
    }
    for (const auto& [keyword, kind] : kTargetWords)
        if (words.has(keyword)) target.kind = kind;
    if (words.given("provider"))
        target.number = static_cast<std::uint32_t>(words.number("provider"));
    return target;
}

Command<DialPeer> session_target() {
    return {kTargetSyntax, "Where calls by this peer are sent",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                if (peer.server_group)
                    return fail(ErrorCode::exists,
                                "session server-group " + std::to_string(*peer.server_group) +
                                    " says where calls go: remove it first with 'no session "
                                    "server-group'");
                const auto target = target_of(words);
                if (!target) return fail(target.error());
                peer.target = *target;
                return {};
            },
            [](const Words&, DialPeer& peer) { peer.target = {}; },
            [](const DialPeer& peer, Printer& out) {
                if (peer.target.kind != Target::none)
                    out.line("session target " + to_words(peer.target));
            }};
}

Command<DialPeer> server_group() {
    return {"session server-group <1-10000>", "Group of servers that calls are sent to",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                if (peer.target.kind != Target::none)
                    return fail(ErrorCode::exists,
                                "session target " + to_words(peer.target) +
                                    " says where calls go: remove it first with 'no session "
                                    "target'");
                peer.server_group = static_cast<std::uint32_t>(words.number());
                return {};
            },
            [](const Words&, DialPeer& peer) { peer.server_group.reset(); },
            [](const DialPeer& peer, Printer& out) {
                if (peer.server_group)
                    out.line("session server-group " + std::to_string(*peer.server_group));
            }};
}

Command<DialPeer> peer_session_transport() {
    return {
        "session transport {system | udp | tcp [tls]}", "Transport protocol of this peer",
        [](const Words& words, DialPeer& peer) -> Result<void> {
            peer.transport = words.has("tcp")   ? Transport::tcp
                             : words.has("udp") ? Transport::udp
                                                : Transport::system;
            peer.transport_tls = words.has("tls");
            return {};
        },
        [](const Words&, DialPeer& peer) {
            peer.transport = Transport::system;
            peer.transport_tls = false;
        },
        [](const DialPeer& peer, Printer& out) {
            if (peer.transport == Transport::udp) out.line("session transport udp");
            if (peer.transport == Transport::tcp)
                out.line(std::string("session transport tcp") + (peer.transport_tls ? " tls" : ""));
        }};
}

// "session protocol sipv2" is a flag whose word is the value. Its default on a CUBE is cisco, that
// is H.323 (spec A.2), which Weir does not speak: such a peer takes part in no call.
Command<DialPeer> session_protocol() {
    Command<DialPeer> row{"session protocol {sipv2 | cisco}", "Signalling protocol of this peer",
                          [](const Words& words, DialPeer& peer) -> Result<void> {
                              peer.session_protocol_sip = words.has("sipv2");
                              return {};
                          },
                          [](const Words&, DialPeer& peer) { peer.session_protocol_sip = false; },
                          [](const DialPeer& peer, Printer& out) {
                              if (peer.session_protocol_sip) out.line("session protocol sipv2");
                          }};
    row.key_words = 2;
    return row;
}

}  // namespace

PeerRows peer_session_rows() {
    return {session_protocol(), session_target(), server_group(), peer_session_transport()};
}

}  // namespace weir::config::language
