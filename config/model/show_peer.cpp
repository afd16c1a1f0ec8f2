// SPDX-License-Identifier: Apache-2.0
// The block of `show dial-peer voice N`, in the order and the words of the router.
#include "config/model/show_peer.hpp"

#include "config/model/release_cause.hpp"
#include "config/model/sip_words.hpp"

namespace weir::config {
namespace {

constexpr const char* kIndent = "        ";

// Lines of the block.
class Block {
public:
    void head(const std::string& text) { text_ += text + "\n"; }
    void line(const std::string& text) { text_ += kIndent + text + "\n"; }
    void inner(const std::string& text) { text_ += std::string(kIndent) + "    " + text + "\n"; }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

std::string quoted(const std::string& text) {
    return "`" + text + "'";
}
std::string switched(bool value) {
    return value ? "enabled" : "disabled";
}
std::string number_or(const std::optional<std::uint32_t>& number, const std::string& none) {
    return number ? std::to_string(*number) : none;
}

std::string dtmf_text(const DialPeer& peer) {
    if (peer.dtmf_relay.empty()) return "disabled";
    std::string text = "enabled";
    for (const DtmfRelay relay : peer.dtmf_relay)
        switch (relay) {
            case DtmfRelay::cisco_rtp:
                text += " cisco-rtp";
                break;
            case DtmfRelay::h245_alphanumeric:
                text += " h245-alphanumeric";
                break;
            case DtmfRelay::h245_signal:
                text += " h245-signal";
                break;
            case DtmfRelay::rtp_nte:
                text += " rtp-nte";
                break;
            case DtmfRelay::rtp_nte_digit_drop:
                text += " rtp-nte digit-drop";
                break;
            case DtmfRelay::sip_notify:
                text += " sip-notify";
                break;
            case DtmfRelay::sip_info:
                text += " sip-info";
                break;
            case DtmfRelay::sip_kpml:
                text += " sip-kpml";
                break;
        }
    return text;
}

std::string uri_class(const DialPeer& peer, UriHeader header) {
    const auto found = peer.incoming_uri.find(header);
    return found == peer.incoming_uri.end() ? "" : found->second;
}

std::string permission_text(Permission permission) {
    switch (permission) {
        case Permission::both:
            return "both";
        case Permission::none:
            return "none";
        case Permission::orig:
            return "orig";
        case Permission::term:
            return "term";
    }
    return "";
}

// "af31 (dial-peer)" or the default of the class (spec B.14).
std::string dscp_text(const std::optional<std::uint8_t>& own, const char* built_in) {
    return own ? std::to_string(*own) + " (dial-peer)" : std::string(built_in) + " (default)";
}

std::string transport_text(const PeerTransport& transport) {
    if (transport.transport == Transport::udp) return "udp";
    return transport.tls ? "tcp tls" : "tcp";
}

std::string srtp_text(SrtpMode mode) {
    switch (mode) {
        case SrtpMode::off:
            return "disabled";
        case SrtpMode::on:
            return "enabled";
        case SrtpMode::fallback:
            return "fallback";
        case SrtpMode::pass_through:
            return "pass-thru";
    }
    return "";
}

void add_identity(const DialPeer& peer, Block& out) {
    const bool voip = peer.type == DialPeer::Type::voip;
    out.head((voip ? "VoiceOverIpPeer" : "VoiceEncapPeer") + std::to_string(peer.tag.value()));
    out.line(std::string("peer type = voice, system default peer = ") +
             (peer.tag == DialPeerTag{0} ? "TRUE" : "FALSE") + ", information type = voice,");
    out.line("description = " + quoted(peer.description) + ",");
    out.line("tag = " + std::to_string(peer.tag.value()) +
             ", destination-pattern = " + quoted(peer.destination_pattern) + ",");
    out.line("answer-address = " + quoted(peer.answer_address) +
             ", preference=" + std::to_string(peer.preference) + ",");
    out.line("source carrier-id = " + quoted(peer.carrier_source) +
             ", target carrier-id = " + quoted(peer.carrier_target) + ",");
    out.line("source trunk-group-label = " + quoted(peer.trunkgroup) + ",");
    const std::string why = why_down(peer);
    out.line(std::string("Admin state is ") + (peer.shutdown ? "down" : "up") +
             ", Operation state is " + (peer.oper_up() ? "up" : "down") +
             (why.empty() ? "," : " (" + why + "),"));
    out.line("incoming called-number = " + quoted(peer.incoming_called_number) +
             ", connections/maximum = " + number_or(peer.max_conn, "unlimited") + ",");
    out.line("bandwidth/maximum = " + number_or(peer.max_bandwidth, "unlimited") + ",");
}

void add_selection(const DialPeer& peer, Block& out) {
    out.line("URI classes:");
    out.inner("Incoming (Request) = " + uri_class(peer, UriHeader::request));
    out.inner("Incoming (Via) = " + uri_class(peer, UriHeader::via));
    out.inner("Incoming (To) = " + uri_class(peer, UriHeader::to));
    out.inner("Incoming (From) = " + uri_class(peer, UriHeader::from));
    out.inner("Destination = " + peer.destination_uri);
    out.line("incoming called e164-pattern-map tag = " + number_or(peer.incoming_called_map, "") +
             ",");
    out.line("incoming calling e164-pattern-map tag = " + number_or(peer.incoming_calling_map, "") +
             ",");
    out.line("destination e164-pattern-map tag = " + number_or(peer.destination_map, "") + ",");
    out.line("destination calling e164-pattern-map tag = " +
             number_or(peer.destination_calling_map, "") + ",");
    out.line("destination provision-policy tag = " + number_or(peer.provision_policy, "") + ",");
    out.line("destination route-string tag = " + number_or(peer.route_string, "") + ",");
    out.line("huntstop = " + switched(peer.huntstop) + ",");
    out.line("dnis-map = " + peer.dnis_map);
    out.line("permission :" + permission_text(peer.permission));
    out.line("incoming COR list:" +
             (peer.corlist_incoming.empty() ? "maximum capability" : peer.corlist_incoming));
    out.line("outgoing COR list:" +
             (peer.corlist_outgoing.empty() ? "minimum requirement" : peer.corlist_outgoing));
    out.line("Translation profile (Incoming): " + peer.translation_incoming);
    out.line("Translation profile (Outgoing): " + peer.translation_outgoing);
    out.line("incoming call blocking:");
    out.line("translation-profile = " + quoted(peer.call_block_profile));
    out.line("disconnect-cause = " + quoted(peer.call_block_cause
                                                ? release_cause_text(*peer.call_block_cause)
                                                : "no-service"));
}

// Spec A.8: how the router says whether the group can be used.
void add_group(const Config& config, const DialPeer& peer, Block& out) {
    if (!peer.dpg) return;
    const auto found = config.dial_peer_groups.find(*peer.dpg);
    const bool valid = found != config.dial_peer_groups.end() && !found->second.shutdown;
    out.line("destination dpg tag = " + std::to_string(*peer.dpg) +
             " status = " + (valid ? "valid" : "invalid") + ",");
}

void add_session(const Config& config, const DialPeer& peer, Block& out) {
    out.line("type = voip, session-target = " + quoted(to_words(peer.target)) + ",");
    out.line("session server-group = " + number_or(peer.server_group, "") + ",");
    out.line("ip media DSCP = " + dscp_text(peer.dscp.media, "ef") +
             ", ip signaling DSCP = " + dscp_text(peer.dscp.signaling, "af31") + ",");
    out.line("ip video rsvp-none DSCP = " + dscp_text(peer.dscp.video, "af41") + ",");
    const auto transport = resolve_transport(config, peer);
    out.line(std::string("session-protocol = ") + (peer.session_protocol_sip ? "sipv2" : "cisco") +
             ", session-transport = " + transport_text(transport.value) + " " +
             level_text(transport.level, peer) + ",");
}

void add_media(const Config& config, const DialPeer& peer, Block& out) {
    out.line("DTMF Relay = " + dtmf_text(peer) + ",");
    // Spec A.10: without codec and class it is g729r8.
    const CodecInfo& codec = codec_info(peer.codec ? peer.codec->codec : Codec::g729r8);
    const auto bytes = peer.codec && peer.codec->bytes ? *peer.codec->bytes : codec.default_bytes;
    if (!peer.codec_class)
        out.line(std::string("codec = ") + codec.keyword +
                 ", payload size = " + std::to_string(bytes) + " bytes,");
    out.line("voice class codec = " + quoted(number_or(peer.codec_class, "")) +
             (peer.codec_offer_all ? " offer-all" : ""));
    out.line("media class = " + quoted(number_or(peer.media_class, "")));
    const auto flow = resolve_media_flow(config, peer);
    out.line(std::string("Media Setting = ") +
             (flow.value == MediaFlow::flow_around ? "flow-around " : "flow-through ") +
             level_text(flow.level, peer));
    out.line("Max Redirects = " + std::to_string(peer.max_redirects) + ",");
    out.line("VAD = " + switched(peer.vad) + ",");
}

void add_keepalive(const DialPeer& peer, Block& out) {
    const auto& keepalive = peer.keepalive;
    std::string text = "disabled";
    if (keepalive.enabled)
        text = keepalive.profile ? "profile " + std::to_string(*keepalive.profile)
                                 : "up-interval " + std::to_string(keepalive.up_interval) +
                                       " down-interval " + std::to_string(keepalive.down_interval) +
                                       " retry " + std::to_string(keepalive.retry);
    out.line("voice class sip options-keepalive = " + text + ",");
}

void add_pots(const DialPeer& peer, Block& out) {
    const auto& forward = peer.forward_digits;
    std::string digits = "default";
    if (forward.kind == ForwardDigits::Kind::all) digits = "all";
    if (forward.kind == ForwardDigits::Kind::extra) digits = "extra";
    if (forward.kind == ForwardDigits::Kind::count) digits = std::to_string(forward.count);
    out.line("type = pots, prefix = " + quoted(peer.prefix) + ",");
    out.line("forward-digits " + digits);
    out.line("session-target = `', voice-port = " + quoted(peer.port) + ",");
    out.line("direct-inward-dial = " + switched(peer.direct_inward_dial) + ",");
    out.line("digit_strip = " + switched(peer.digit_strip) + ",");
}

}  // namespace

std::string why_down(const DialPeer& peer) {
    if (peer.oper_up()) return "";
    if (peer.shutdown) return "shutdown";
    if (!peer.has_inbound_matcher() && !peer.has_outbound_matcher())
        return "nothing says which calls it takes";
    if (peer.type == DialPeer::Type::pots) return "no port";
    if (!peer.session_protocol_sip) return "no session protocol sipv2";
    if (peer.target.kind == SessionTarget::Kind::none && !peer.server_group)
        return "no session target or server-group";
    return "no command says which calls it takes in or out";
}

std::string show_dial_peer_voice(const Config& config, const DialPeer& peer) {
    Block out;
    add_identity(peer, out);
    add_selection(peer, out);
    add_group(config, peer, out);
    if (peer.type == DialPeer::Type::pots) {
        add_pots(peer, out);
        return out.take();
    }
    add_session(config, peer, out);
    add_media(config, peer, out);
    out.line("voice class sip tenant = " + number_or(peer.tenant, "none") + ",");
    add_keepalive(peer, out);
    for (const PeerSetting& setting : sip_settings_of(config, peer))
        out.line("voice class sip " + std::string(setting.name) + " = " + setting.value + " " +
                 level_text(setting.level, peer) + ",");
    const auto srtp = resolve_srtp(config, peer);
    out.line("Secure RTP: " +
             (peer.srtp ? srtp_text(srtp.value) + " (dial-peer)"
                        : "system (use the global setting: " + srtp_text(srtp.value) + ")"));
    return out.take();
}

}  // namespace weir::config
