// SPDX-License-Identifier: Apache-2.0
// The tables of dial-peer voice TAG voip and pots (spec A.2 to A.11).
#include <algorithm>
#include <array>
#include <utility>

#include "config/base/limits.hpp"
#include "config/language/fields.hpp"
#include "config/language/tables.hpp"

namespace weir::config::language {
namespace {

DialPeer& dial_peer(Config& config, const Scope& scope) {
    return config.dial_peers.at(DialPeerTag{scope.number});
}

constexpr std::array<std::pair<const char*, UriHeader>, 4> kUriHeaders{{
    {"via", UriHeader::via},
    {"request", UriHeader::request},
    {"to", UriHeader::to},
    {"from", UriHeader::from},
}};

constexpr std::array<std::pair<const char*, DtmfRelay>, 7> kDtmfRelays{{
    {"cisco-rtp", DtmfRelay::cisco_rtp},
    {"h245-alphanumeric", DtmfRelay::h245_alphanumeric},
    {"h245-signal", DtmfRelay::h245_signal},
    {"rtp-nte", DtmfRelay::rtp_nte},
    {"sip-notify", DtmfRelay::sip_notify},
    {"sip-info", DtmfRelay::sip_info},
    {"sip-kpml", DtmfRelay::sip_kpml},
}};

constexpr std::array<std::pair<const char*, Transport>, 3> kTransports{{
    {"system", Transport::system},
    {"udp", Transport::udp},
    {"tcp", Transport::tcp},
}};

// ---- session target (spec A.6) -----------------------------------------------------------------

Result<void> read_target(const Words& words, DialPeer& peer) {
    SessionTarget target;
    if (words.given("v4") || words.given("v6")) {
        const Endpoint endpoint = words.endpoint(words.given("v4") ? "v4" : "v6");
        if (endpoint.address.is_unspecified())
            return fail(ErrorCode::invalid,
                        "a call cannot be sent to " + endpoint.address.to_string());
        target.kind = SessionTarget::Kind::address;
        target.address = endpoint.address;
        target.port = endpoint.port;
    } else {
        const std::string host = words.text("dns");
        const auto colon = host.rfind(':');
        target.kind = SessionTarget::Kind::dns;
        target.host = host.substr(0, colon);
        if (colon != std::string::npos)
            target.port = static_cast<std::uint16_t>(std::stoul(host.substr(colon + 1)));
    }
    peer.target = target;
    return {};
}

void print_target(const DialPeer& peer, Printer& out) {
    const auto& target = peer.target;
    const std::string port = target.port == 0 ? "" : ":" + std::to_string(target.port);
    switch (target.kind) {
        case SessionTarget::Kind::none:
            return;
        case SessionTarget::Kind::dns:
            out.line("session target dns:" + target.host + port);
            return;
        case SessionTarget::Kind::address: {
            const bool v4 = target.address.family == Family::v4;
            out.line("session target " + std::string(v4 ? "ipv4:" : "ipv6:") +
                     uri_host(target.address) + port);
            return;
        }
        default:
            return;
    }
}

Command<DialPeer> session_transport() {
    return {"session transport {system | udp | tcp}", "Transport protocol of this peer",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                for (const auto& [keyword, transport] : kTransports)
                    if (words.has(keyword)) peer.transport = transport;
                return {};
            },
            [](const Words&, DialPeer& peer) { peer.transport = DialPeer{}.transport; },
            [](const DialPeer& peer, Printer& out) {
                for (const auto& [keyword, transport] : kTransports)
                    if (peer.transport == transport && transport != DialPeer{}.transport)
                        out.line(std::string("session transport ") + keyword);
            }};
}

// "session protocol sipv2" is a flag whose word is the value.
Command<DialPeer> session_protocol() {
    auto row = flag("session protocol sipv2", "Signalling protocol of this peer",
                    &DialPeer::session_protocol_sip);
    row.key_words = 2;
    return row;
}

// ---- incoming uri (spec A.4) -------------------------------------------------------------------

Command<DialPeer> incoming_uri() {
    Command<DialPeer> row{
        "incoming uri {via | request | to | from} <class=name>",
        "Match inbound calls by a URI of the request",
        [](const Words& words, DialPeer& peer) -> Result<void> {
            for (const auto& [keyword, header] : kUriHeaders)
                if (words.has(keyword)) peer.incoming_uri[header] = words.text("class");
            return {};
        },
        [](const Words& words, DialPeer& peer) {
            for (const auto& [keyword, header] : kUriHeaders)
                if (words.has(keyword)) peer.incoming_uri.erase(header);
        },
        [](const DialPeer& peer, Printer& out) {
            for (const auto& [keyword, header] : kUriHeaders)
                if (const auto found = peer.incoming_uri.find(header);
                    found != peer.incoming_uri.end())
                    out.line("incoming uri " + std::string(keyword) + " " + found->second);
        }};
    row.key_words = 3;
    return row;
}

// ---- codecs (spec A.10) ------------------------------------------------------------------------

Command<DialPeer> codec() {
    return {"codec " + codec_syntax(), "The only codec of this peer",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                peer.codec = codec_preference_of(words);
                return {};
            },
            [](const Words&, DialPeer& peer) { peer.codec.reset(); },
            [](const DialPeer& peer, Printer& out) {
                if (peer.codec) out.line("codec " + codec_text(*peer.codec));
            }};
}

Command<DialPeer> voice_class_codec() {
    return {"voice-class codec <1-10000> [offer-all]", "List of codecs of this peer",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                peer.codec_class = static_cast<std::uint32_t>(words.number());
                peer.codec_offer_all = words.has("offer-all");
                return {};
            },
            [](const Words&, DialPeer& peer) {
                peer.codec_class.reset();
                peer.codec_offer_all = false;
            },
            [](const DialPeer& peer, Printer& out) {
                if (!peer.codec_class) return;
                out.line("voice-class codec " + std::to_string(*peer.codec_class) +
                         (peer.codec_offer_all ? " offer-all" : ""));
            }};
}

// ---- dtmf-relay (spec A.11) --------------------------------------------------------------------

Result<void> read_dtmf(const Words& words, DialPeer& peer) {
    std::vector<DtmfRelay> relays;
    for (const auto& binding : words.all()) {
        if (binding.value == "digit-drop") relays.back() = DtmfRelay::rtp_nte_digit_drop;
        for (const auto& [keyword, relay] : kDtmfRelays) {
            if (binding.value != keyword) continue;
            const bool nte = relay == DtmfRelay::rtp_nte;
            if (std::count(relays.begin(), relays.end(), relay) > 0 ||
                (nte &&
                 std::count(relays.begin(), relays.end(), DtmfRelay::rtp_nte_digit_drop) > 0))
                return fail(ErrorCode::exists, std::string(keyword) + " is named twice");
            relays.push_back(relay);
        }
    }
    peer.dtmf_relay = relays;
    return {};
}

void print_dtmf(const DialPeer& peer, Printer& out) {
    std::string line = "dtmf-relay";
    for (const auto chosen : peer.dtmf_relay) {
        if (chosen == DtmfRelay::rtp_nte_digit_drop) line += " rtp-nte digit-drop";
        for (const auto& [keyword, relay] : kDtmfRelays)
            if (relay == chosen) line += std::string(" ") + keyword;
    }
    if (!peer.dtmf_relay.empty()) out.line(line);
}

// ---- the tables
// ----------------------------------------------------------------------------------

// What voip and pots peers share, in the order of printing.
std::vector<Command<DialPeer>> selection_commands() {
    return {
        text_field("description <line>", "Text for people", &DialPeer::description),
        flag("huntstop", "End the hunt when a call by this peer fails", &DialPeer::huntstop),
        number("preference <0-10>", "Order among peers that match equally well, 0 first",
               &DialPeer::preference),
        optional_number("max-conn <1-2147483647>", "Calls at once by this peer",
                        &DialPeer::max_conn),
        text_field("destination-pattern <pattern>", "Called numbers that go out by this peer",
                   &DialPeer::destination_pattern),
    };
}

std::vector<Command<DialPeer>> inbound_commands() {
    return {
        text_field("incoming called-number <pattern>", "Match inbound calls by the called number",
                   &DialPeer::incoming_called_number),
        text_field("answer-address <pattern>", "Match inbound calls by the calling number",
                   &DialPeer::answer_address),
    };
}

void append(std::vector<Command<DialPeer>>& to, std::vector<Command<DialPeer>> more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

Result<Scope> open(const Words& words, Config& config, const Place& place) {
    const DialPeerTag tag{static_cast<std::uint32_t>(words.number("tag"))};
    const auto type = words.has("voip") ? DialPeer::Type::voip : DialPeer::Type::pots;
    const auto known = config.dial_peers.find(tag);
    if (known == config.dial_peers.end()) {
        if (config.dial_peers.size() >= kMaxDialPeers)
            return fail(ErrorCode::exhausted,
                        "there are " + std::to_string(kMaxDialPeers) + " dial-peers already");
        DialPeer& peer = config.dial_peers[tag];
        peer.tag = tag;
        peer.type = type;
        peer.place = place;
    } else if (known->second.type != type) {
        return fail(ErrorCode::exists, "dial-peer " + std::to_string(tag.value()) +
                                           " exists already as " +
                                           (type == DialPeer::Type::voip ? "pots" : "voip") +
                                           " (line " + std::to_string(known->second.place.line) +
                                           "): delete it first with 'no dial-peer voice " +
                                           std::to_string(tag.value()) + "'");
    }
    const auto mode =
        type == DialPeer::Type::voip ? ModeId::dial_peer_voip : ModeId::dial_peer_pots;
    return Scope{mode, tag.value(), "", "dial-peer voice " + std::to_string(tag.value())};
}

void print_all(const Config& config, Printer& out) {
    for (const auto& [tag, peer] : config.dial_peers) {
        const bool voip = peer.type == DialPeer::Type::voip;
        const std::string title = "dial-peer voice " + std::to_string(tag.value());
        out.block(title + (voip ? " voip" : " pots"),
                  {voip ? ModeId::dial_peer_voip : ModeId::dial_peer_pots, tag.value(), "", title});
    }
}

}  // namespace

static Mode dial_peer_voip_mode() {
    auto commands = selection_commands();
    commands.push_back(session_protocol());
    commands.push_back(
        {"session target {ipv4:<v4=ipv4-port> | ipv6:<v6=ipv6-port> | dns:<dns=host-port>}",
         "Where calls by this peer are sent", read_target,
         [](const Words&, DialPeer& peer) { peer.target = {}; }, print_target});
    commands.push_back(session_transport());
    append(commands, inbound_commands());
    commands.push_back(incoming_uri());
    commands.push_back(voice_class_codec());
    commands.push_back(codec());
    commands.push_back(optional_number("media-class <1-10000>", "Media class, for recording",
                                       &DialPeer::media_class));
    commands.push_back(
        {"dtmf-relay {cisco-rtp | h245-alphanumeric | h245-signal | rtp-nte [digit-drop] | "
         "sip-notify | "
         "sip-info | sip-kpml}+",
         "How digits are carried", read_dtmf,
         [](const Words&, DialPeer& peer) { peer.dtmf_relay.clear(); }, print_dtmf});
    commands.push_back(flag("vad", "Offer comfort noise", &DialPeer::vad));
    commands.push_back(flag("shutdown", "Take the peer out of service", &DialPeer::shutdown));
    return {ModeId::dial_peer_voip, ModeId::global, "dial-peer voice TAG voip", "config-dial-peer",
            make_rows(commands, dial_peer)};
}

static Mode dial_peer_pots_mode() {
    auto commands = selection_commands();
    append(commands, inbound_commands());
    commands.push_back(flag("shutdown", "Take the peer out of service", &DialPeer::shutdown));
    return {ModeId::dial_peer_pots, ModeId::global, "dial-peer voice TAG pots", "config-dial-peer",
            make_rows(commands, dial_peer)};
}

Command<Config> dial_peer_opener() {
    Command<Config> command{
        "dial-peer voice <tag=1-1073741823> {voip | pots}", "A dial-peer", nullptr,
        [](const Words& words, Config& config) {
            config.dial_peers.erase(DialPeerTag{static_cast<std::uint32_t>(words.number("tag"))});
        },
        print_all};
    command.open = open;
    command.key_words = 3;
    return command;
}

std::vector<Mode> dial_peer_modes() {
    return {dial_peer_voip_mode(), dial_peer_pots_mode()};
}

}  // namespace weir::config::language
