// SPDX-License-Identifier: Apache-2.0
// FuzzSettings: what decides how a call goes, at the global level and at the peers.
#include "tests/sim/fuzz_settings.hpp"

#include <string>
#include <utility>

#include "config/base/result.hpp"
#include "tests/support/voip_peer.hpp"

namespace weir::signaling {
namespace {

using config::SipOptions;

class Drawer {
public:
    explicit Drawer(std::uint64_t seed) : dice_(seed) {}

    config::Config config() {
        config::Config made;
        made.voice.border_element = true;
        made.voice.allow_sip_to_sip = true;
        made.voice.trusted.prefixes = {*Prefix::parse("203.0.113.0/24")};
        add_peer(made, 10, "", ".T", "");
        add_peer(made, 20, "2..", "", "192.0.2.20");
        add_peer(made, 21, "2..", "", "192.0.2.21").preference = 1;
        add_peer(made, 30, "3..", "", "192.0.2.30");
        add_loop(made);
        made.voice.address_hiding = chance(3);
        draw_sip(made.voice.sip);
        for (auto& [tag, peer] : made.dial_peers)
            if (chance(2)) draw_sip(peer.sip);
        for (const char* service : {"refer", "moved-temporarily", "handle-replaces"}) {
            const std::string line = "supplementary-service sip " + std::string(service);
            if (chance(3)) made.voice.kept.push_back({line, "no " + line});
        }
        if (chance(4)) made.sip_ua.cause_map_rfc3398 = true;
        if (chance(6)) made.voice_hunt.all = true;
        draw_waits(made.sip_ua);
        return made;
    }

private:
    bool chance(unsigned one_in) { return dice_.below(one_in) == 0; }
    template <typename Value>
    Value any(const std::vector<Value>& values) {
        return one_of(dice_, values);
    }
    config::DialPeer& add_peer(config::Config& config, std::uint32_t tag, const char* destination,
                               const char* incoming, const char* target) {
        config::DialPeer peer = tests::voip_peer(tag, destination, incoming, target);
        peer.dtmf_relay = {
            any<config::DtmfRelay>({config::DtmfRelay::rtp_nte, config::DtmfRelay::sip_info,
                                    config::DtmfRelay::sip_notify})};
        if (*target != '\0' && chance(2))
            peer.sip.authentication = {{"weir", *config::secret_of(0, "secret"), "r", false}};
        draw_peer(peer);
        return config.dial_peers[peer.tag] = peer;
    }
    // 4.. goes to ourselves as 74.., and from there to 192.0.2.20 (spec G).
    void add_loop(config::Config& config) {
        const auto translate = [&](std::uint32_t tag, const char* name, const char* match,
                                   const char* replace) {
            config::TranslationRule rule;
            rule.match = match;
            rule.replace = replace;
            config.translation_rules[tag] = {tag, {{1, rule}}, {}};
            config::TranslationProfile profile;
            profile.name = name;
            profile.steps[static_cast<std::size_t>(config::TranslatedNumber::called)].rule_set =
                tag;
            config.translation_profiles[name] = profile;
        };
        translate(1, "MARK", "^4", "74");
        translate(2, "UNMARK", "^74", "2");
        add_peer(config, 40, "4..", "", "198.51.100.1").translation_outgoing = "MARK";
        add_peer(config, 41, "4..", "", "192.0.2.21").preference = 1;
        add_peer(config, 42, "", "74..", "");
        add_peer(config, 43, "74..", "", "192.0.2.20").translation_outgoing = "UNMARK";
        if (chance(6)) {
            const std::string line = "tdm-forking separate-media";
            config.voice.kept.push_back({line, line});
        }
    }
    void draw_peer(config::DialPeer& peer) {
        if (chance(8)) peer.codec->codec = config::Codec::transparent;
        if (chance(8)) peer.codec_offer_all = true;
        if (chance(6)) {
            const std::string number = any<std::string>({"96", "101", "110"});
            peer.kept.push_back({"rtp payload-type nte", "rtp payload-type nte " + number});
        }
        if (chance(4)) peer.vad = false;
        if (chance(8)) peer.max_conn = 1;
        if (chance(8)) peer.max_bandwidth = any<std::uint32_t>({80, 200});
        if (chance(2)) peer.max_bandwidth_midcall_exceed = true;
        if (chance(4)) peer.max_redirects = 3;
        if (chance(8)) peer.huntstop = true;
        if (chance(6)) peer.transport = config::Transport::tcp;
    }
    void draw_sip(SipOptions& sip) {
        draw_early(sip);
        draw_midcall(sip);
        draw_headers(sip);
        draw_identity(sip);
    }
    void draw_early(SipOptions& sip) {
        using Mode = config::Rel1xx::Mode;
        if (chance(2)) {
            sip.rel1xx = config::Rel1xx{any<Mode>({Mode::supported, Mode::require, Mode::disable}),
                                        "100rel"};
            if (sip.rel1xx->mode == Mode::disable) sip.rel1xx->option_tag.clear();
            sip.rel1xx->strict = sip.rel1xx->mode == Mode::require && chance(3);
        }
        for (const std::uint16_t code : {180, 181, 183})
            if (chance(8))
                sip.block[code] = any<config::BlockWhen>({config::BlockWhen::always,
                                                          config::BlockWhen::sdp_absent,
                                                          config::BlockWhen::sdp_present});
        if (chance(4)) sip.send_180_sdp = true;
        if (chance(4)) sip.map_181_to_183 = true;
        if (chance(4)) sip.disable_early_media_180 = true;
        if (chance(6)) sip.early_media_gate = true;
        if (chance(4))
            sip.early_media_update = any<config::EarlyMediaUpdate>(
                {config::EarlyMediaUpdate::block, config::EarlyMediaUpdate::block_renegotiate});
        if (chance(3))
            sip.early_offer = any<config::EarlyOffer>({config::EarlyOffer::forced,
                                                       config::EarlyOffer::renegotiate,
                                                       config::EarlyOffer::renegotiate_always});
    }
    void draw_midcall(SipOptions& sip) {
        if (chance(3))
            sip.midcall_signaling = any<config::MidcallSignaling>(
                {config::MidcallSignaling::passthru_media_change, config::MidcallSignaling::block,
                 config::MidcallSignaling::preserve_codec});
        if (chance(4)) sip.call_hold = config::CallHold::conn_addr;
        if (chance(3)) sip.session_refresh = true;
        if (chance(4)) sip.timer = config::SessionTimer{90, 90};
        if (chance(4)) sip.handle_replaces = true;
        if (chance(4)) sip.update_callerid = true;
        if (chance(3)) sip.options_ping = any<std::uint16_t>({60, 1200});
        if (chance(3)) sip.redirection = chance(2);
        if (chance(3))
            sip.asymmetric_payload = any<config::AsymmetricPayload>(
                {config::AsymmetricPayload::dtmf, config::AsymmetricPayload::dynamic_codecs,
                 config::AsymmetricPayload::full});
        if (chance(6)) sip.g729_annexb_all = true;
    }
    void draw_headers(SipOptions& sip) {
        if (chance(4)) sip.error_passthru = true;
        if (chance(4)) sip.pass_unsupported_headers = true;
        if (chance(4)) sip.reason_header_override = true;
        if (chance(4)) sip.warn_header = true;
        if (chance(6)) sip.pass_sdp = true;
        if (chance(6)) sip.contact_passing = true;
        if (chance(6)) sip.referto_passing = true;
        if (chance(6)) sip.pass_unsupported_content = true;
        if (chance(6)) sip.pass_custom_sdp = true;
        if (chance(6)) sip.header_passing = true;
        if (chance(6)) sip.max_forwards = any<std::uint8_t>({1, 2, 70});
        if (chance(6)) sip.requri_passing = true;
        if (chance(4)) sip.reset_timer_183 = true;
        if (chance(6)) sip.error_code_override["cac-bandwidth failure"] = 503;
    }
    void draw_identity(SipOptions& sip) {
        if (chance(4))
            sip.asserted_id = any<config::AssertedId>(
                {config::AssertedId::none, config::AssertedId::pai, config::AssertedId::ppi});
        if (chance(6)) sip.privacy = any<std::string>({"pstn", "id", "id critical"});
        if (chance(4)) sip.remote_party_id = chance(2);
        if (chance(6)) sip.history_info = true;
        if (chance(6))
            sip.url = any<config::UrlScheme>({config::UrlScheme::sip, config::UrlScheme::sips,
                                              config::UrlScheme::tel,
                                              config::UrlScheme::tel_phone_context});
        if (chance(6)) {
            sip.localhost = "pbx.example.org";
            sip.localhost_preferred = chance(2);
        }
    }
    void draw_waits(config::SipUa& sip_ua) {
        if (chance(4)) sip_ua.timer_expires = std::chrono::seconds(60);
        if (chance(4)) sip_ua.timer_rel1xx = std::chrono::milliseconds(100);
        if (chance(8)) sip_ua.timer_hold = std::chrono::minutes(15);
        if (chance(4)) sip_ua.retry_invite = 1;
        if (chance(4)) sip_ua.retry_rel1xx = 1;
    }

    SeededRandom dice_;
};

}  // namespace

FuzzSettings::FuzzSettings(std::uint64_t seed, std::size_t count) {
    Drawer drawer(seed);
    plans_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        auto plan =
            dialplan::DialPlan::compile(std::make_shared<const config::Config>(drawer.config()));
        WEIR_ASSERT(plan.has_value());
        plans_.push_back(*std::move(plan));
    }
}

}  // namespace weir::signaling
