// SPDX-License-Identifier: Apache-2.0
// Dial-peer commands about codecs, digits and media (spec A.10, A.11, B.4, B.13, B.14, B.17, F.1).
#include <algorithm>
#include <array>
#include <utility>

#include "config/language/fields.hpp"
#include "config/language/kept.hpp"
#include "config/language/tables.hpp"
#include "config/language/tables/dial_peer_rows.hpp"

namespace weir::config::language {
namespace {

constexpr std::array<std::pair<const char*, DtmfRelay>, 7> kDtmfRelays{{
    {"cisco-rtp", DtmfRelay::cisco_rtp},
    {"h245-alphanumeric", DtmfRelay::h245_alphanumeric},
    {"h245-signal", DtmfRelay::h245_signal},
    {"rtp-nte", DtmfRelay::rtp_nte},
    {"sip-notify", DtmfRelay::sip_notify},
    {"sip-info", DtmfRelay::sip_info},
    {"sip-kpml", DtmfRelay::sip_kpml},
}};

// Names of code points: RFC 2474 (cs), RFC 2597 (af), RFC 3246 (ef).
constexpr std::array<std::pair<const char*, std::uint8_t>, 21> kDscpNames{{
    {"default", 0}, {"af11", 10}, {"af12", 12}, {"af13", 14}, {"af21", 18}, {"af22", 20},
    {"af23", 22},   {"af31", 26}, {"af32", 28}, {"af33", 30}, {"af41", 34}, {"af42", 36},
    {"af43", 38},   {"cs1", 8},   {"cs2", 16},  {"cs3", 24},  {"cs4", 32},  {"cs5", 40},
    {"cs6", 48},    {"cs7", 56},  {"ef", 46},
}};

struct DscpClass {
    const char* word;
    std::optional<std::uint8_t> PeerDscp::*field;
};
constexpr std::array<DscpClass, 3> kDscpClasses{{
    {"signaling", &PeerDscp::signaling},
    {"media", &PeerDscp::media},
    {"video", &PeerDscp::video},
}};

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

Command<DialPeer> dtmf_relay() {
    return {
        "dtmf-relay {cisco-rtp | h245-alphanumeric | h245-signal | rtp-nte [digit-drop] | "
        "sip-notify | sip-info | sip-kpml}+",
        "How digits are carried", read_dtmf,
        [](const Words&, DialPeer& peer) { peer.dtmf_relay.clear(); }, print_dtmf};
}

Command<DialPeer> vad() {
    return {"vad [aggressive]",
            "Offer comfort noise",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                peer.vad = true;
                peer.vad_aggressive = words.has("aggressive");
                return {};
            },
            [](const Words&, DialPeer& peer) {
                peer.vad = false;
                peer.vad_aggressive = false;
            },
            [](const DialPeer& peer, Printer& out) {
                if (!peer.vad) out.line("no vad");
                if (peer.vad_aggressive) out.line("vad aggressive");
            },
            [](const Words&, DialPeer& peer) {
                peer.vad = DialPeer{}.vad;
                peer.vad_aggressive = false;
            }};
}

// ---- srtp, media (spec B.4, B.13) --------------------------------------------------------------

// `no srtp` is off whatever the global level says; `srtp system` asks it.
Command<DialPeer> srtp() {
    Command<DialPeer> row;
    row.syntax = "srtp [fallback | pass-thru | system]";
    row.help = "Secure RTP";
    row.read = [](const Words& words, DialPeer& peer) -> Result<void> {
        peer.srtp = SrtpMode::on;
        if (words.has("fallback")) peer.srtp = SrtpMode::fallback;
        if (words.has("pass-thru")) peer.srtp = SrtpMode::pass_through;
        if (words.has("system")) peer.srtp.reset();
        return {};
    };
    row.no = [](const Words&, DialPeer& peer) { peer.srtp = SrtpMode::off; };
    row.restore = [](const Words&, DialPeer& peer) { peer.srtp.reset(); };
    row.print = [](const DialPeer& peer, Printer& out) {
        if (!peer.srtp) return;
        switch (*peer.srtp) {
            case SrtpMode::off:
                return out.line("no srtp");
            case SrtpMode::on:
                return out.line("srtp");
            case SrtpMode::fallback:
                return out.line("srtp fallback");
            case SrtpMode::pass_through:
                return out.line("srtp pass-thru");
        }
    };
    return row;
}

Command<DialPeer> media_flow() {
    return {"media {flow-around | flow-through}", "Way of the media of this peer",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                peer.media_flow =
                    words.has("flow-around") ? MediaFlow::flow_around : MediaFlow::flow_through;
                return {};
            },
            [](const Words&, DialPeer& peer) { peer.media_flow.reset(); },
            [](const DialPeer& peer, Printer& out) {
                if (peer.media_flow)
                    out.line(*peer.media_flow == MediaFlow::flow_around ? "media flow-around"
                                                                        : "media flow-through");
            }};
}

// ---- ip qos dscp (spec B.14) -------------------------------------------------------------------

std::string dscp_syntax(const std::string& classes) {
    std::string names;
    for (const auto& [name, value] : kDscpNames)
        names += std::string(name) + " | ";
    return "ip qos dscp {" + names + "<0-63>} {" + classes + "}";
}

std::string dscp_text(std::uint8_t value) {
    for (const auto& [name, code] : kDscpNames)
        if (code == value) return name;
    return std::to_string(value);
}

Command<DialPeer> dscp() {
    Command<DialPeer> row;
    row.syntax = dscp_syntax("signaling | media | video [rsvp-none]");
    row.help = "Code point of the packets of this peer";
    row.read = [](const Words& words, DialPeer& peer) -> Result<void> {
        auto value = static_cast<std::uint8_t>(words.number());
        for (const auto& [name, code] : kDscpNames)
            if (words.has(name)) value = code;
        for (const auto& [word, field] : kDscpClasses)
            if (words.has(word)) peer.dscp.*field = value;
        return {};
    };
    row.no = [](const Words& words, DialPeer& peer) {
        const bool one = std::any_of(kDscpClasses.begin(), kDscpClasses.end(),
                                     [&](const auto& c) { return words.has(c.word); });
        for (const auto& [word, field] : kDscpClasses)
            if (!one || words.has(word)) (peer.dscp.*field).reset();
    };
    row.print = [](const DialPeer& peer, Printer& out) {
        for (const auto& [word, field] : kDscpClasses)
            if (const auto& value = peer.dscp.*field)
                out.line("ip qos dscp " + dscp_text(*value) + " " + word);
    };
    return row;
}

}  // namespace

PeerRows peer_media_rows() {
    return {
        optional_number("media-class <1-10000>", "Media class, for recording",
                        &DialPeer::media_class),
        optional_number("voice-class media <1-10000>", "Media settings of this peer",
                        &DialPeer::media_settings_class),
        media_flow(),
        voice_class_codec(),
    };
}

PeerRows peer_codec_rows() {
    return {
        srtp(), codec(), dtmf_relay(), dscp(),
        // For reservations of bandwidth, which are not made.
        kept_lines<DialPeer>(
            dscp_syntax("media {rsvp-pass | rsvp-fail} | video {rsvp-pass | rsvp-fail}"),
            "Code point of packets with a reservation"),
        number("max-redirects <1-10>", "3xx responses that are followed", &DialPeer::max_redirects),
        vad()};
}

}  // namespace weir::config::language
