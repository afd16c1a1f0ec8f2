// SPDX-License-Identifier: Apache-2.0
// FuzzSettings: what decides how a call goes, at the global level and at the peers.
#include "tests/sim/fuzz_settings.hpp"

#include <string>
#include <utility>

#include "config/base/result.hpp"

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
        made.voice.address_hiding = chance(3);
        draw_sip(made.voice.sip);
        for (auto& [tag, peer] : made.dial_peers)
            if (chance(2)) draw_sip(peer.sip);
        for (const char* service : {"refer", "moved-temporarily", "handle-replaces"}) {
            const std::string line = "supplementary-service sip " + std::string(service);
            if (chance(3)) made.voice.kept.push_back({line, "no " + line});
        }
        if (chance(4)) made.sip_ua.cause_map_rfc3398 = true;
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
        config::DialPeer peer;
        peer.tag = config::DialPeerTag{tag};
        peer.session_protocol_sip = true;
        peer.destination_pattern = destination;
        peer.incoming_called_number = incoming;
        peer.codec = config::CodecPreference{1, config::Codec::g711ulaw, {}};
        peer.dtmf_relay = {
            any<config::DtmfRelay>({config::DtmfRelay::rtp_nte, config::DtmfRelay::sip_info,
                                    config::DtmfRelay::sip_notify})};
        if (*target != '\0') {
            peer.target.kind = config::SessionTarget::Kind::address;
            peer.target.address = *IpAddress::parse(target);
            if (chance(2))
                peer.sip.authentication = {{"weir", *config::secret_of(0, "secret"), "r", false}};
        }
        return config.dial_peers[peer.tag] = peer;
    }
    void draw_sip(SipOptions& sip) {
        draw_early(sip);
        draw_midcall(sip);
        draw_headers(sip);
    }
    void draw_early(SipOptions& sip) {
        using Mode = config::Rel1xx::Mode;
        if (chance(2)) {
            sip.rel1xx = config::Rel1xx{any<Mode>({Mode::supported, Mode::require, Mode::disable}),
                                        "100rel"};
            if (sip.rel1xx->mode == Mode::disable) sip.rel1xx->option_tag.clear();
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
    }
    void draw_headers(SipOptions& sip) {
        if (chance(4)) sip.error_passthru = true;
        if (chance(4)) sip.pass_unsupported_headers = true;
        if (chance(4)) sip.reason_header_override = true;
        if (chance(4)) sip.warn_header = true;
        if (chance(6)) sip.pass_sdp = true;
        if (chance(6)) sip.contact_passing = true;
        if (chance(6)) sip.referto_passing = true;
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
