// SPDX-License-Identifier: Apache-2.0
// The SIP settings of a peer in words, each with its level.
#include <concepts>
#include <utility>

#include "config/model/show_peer.hpp"
#include "config/model/sip_words.hpp"

namespace weir::config {
namespace {

constexpr std::string_view kNone = "none";

std::string in_words(bool value) {
    return value ? "enabled" : "disabled";
}
std::string in_words(const std::string& value) {
    return value.empty() ? std::string(kNone) : value;
}
std::string in_words(const Rel1xx& value) {
    return to_words(value);
}
std::string in_words(const SessionTimer& value) {
    return to_words(value);
}
std::string in_words(const SipHop& value) {
    return in_words(to_words(value));
}
// Numbers name a list or an interval; 0 means that there is none.
template <std::unsigned_integral Number>
std::string in_words(Number value) {
    return value == 0 ? std::string(kNone) : std::to_string(value);
}

class Collector {
public:
    Collector(const Config& config, const DialPeer& peer) : config_(config), peer_(peer) {}

    template <typename Value>
    void add(std::string_view name, std::optional<Value> SipOptions::*field) {
        const auto answer = resolve(config_, peer_, field);
        push(name, in_words(answer.value), answer.level);
    }
    template <typename Value, std::size_t count>
    void add(std::string_view name, std::optional<Value> SipOptions::*field,
             const std::array<Choice<Value>, count>& choices) {
        const auto answer = resolve(config_, peer_, field);
        const std::string words = words_of(choices, answer.value);
        push(name, words.empty() ? "disabled" : words, answer.level);
    }
    void push(std::string_view name, std::string value, Level level) {
        settings_.push_back({name, std::move(value), level});
    }
    template <typename Value>
    void push(std::string_view name, const Resolved<Value>& answer) {
        push(name, in_words(answer.value), answer.level);
    }
    std::vector<PeerSetting> take() { return std::move(settings_); }

private:
    const Config& config_;
    const DialPeer& peer_;
    std::vector<PeerSetting> settings_;
};

void add_responses(Collector& all, const Config& config, const DialPeer& peer) {
    all.add("rel1xx", &SipOptions::rel1xx);
    all.add("send 180 sdp", &SipOptions::send_180_sdp);
    for (const auto& [code, name] :
         {std::pair<std::uint16_t, std::string_view>{std::uint16_t{180}, "block 180"},
          {std::uint16_t{181}, "block 181"},
          {std::uint16_t{183}, "block 183"}}) {
        const auto answer = resolve_block(config, peer, code);
        const std::string words = words_of(kBlockWhens, answer.value);
        all.push(name,
                 answer.value == BlockWhen::never ? "never"
                 : words.empty()                  ? "always"
                                                  : words,
                 answer.level);
    }
    all.add("map resp-code 181 to 183", &SipOptions::map_181_to_183);
    all.add("early-media update", &SipOptions::early_media_update, kEarlyMediaUpdates);
    all.add("disable-early-media 180", &SipOptions::disable_early_media_180);
    all.add("reset timer expires 183", &SipOptions::reset_timer_183);
    all.add("p-early-media gate", &SipOptions::early_media_gate);
}

void add_offers(Collector& all) {
    all.add("early-offer", &SipOptions::early_offer, kEarlyOffers);
    all.add("midcall-signaling", &SipOptions::midcall_signaling, kMidcallSignalings);
    all.add("offer call-hold", &SipOptions::call_hold, kCallHolds);
    all.add("session refresh", &SipOptions::session_refresh);
    all.add("min-se", &SipOptions::timer);
    all.add("handle-replaces", &SipOptions::handle_replaces);
    all.add("update-callerid", &SipOptions::update_callerid);
    all.add("contact-passing", &SipOptions::contact_passing);
    all.add("referto-passing", &SipOptions::referto_passing);
    all.add("redirection", &SipOptions::redirection);
    all.add("asymmetric payload", &SipOptions::asymmetric_payload, kAsymmetricPayloads);
    all.add("g729 annexb-all", &SipOptions::g729_annexb_all);
}

void add_headers(Collector& all) {
    all.add("asserted-id", &SipOptions::asserted_id, kAssertedIds);
    all.add("privacy", &SipOptions::privacy);
    all.add("privacy-policy passthru", &SipOptions::privacy_passthru);
    all.add("privacy-policy send-always", &SipOptions::privacy_send_always);
    all.add("privacy-policy strip diversion", &SipOptions::privacy_strip_diversion);
    all.add("privacy-policy strip history-info", &SipOptions::privacy_strip_history_info);
    all.add("remote-party-id", &SipOptions::remote_party_id);
    all.add("history-info", &SipOptions::history_info);
    all.add("url", &SipOptions::url, kUrlSchemes);
    all.add("localhost", &SipOptions::localhost);
    all.add("copy-list", &SipOptions::copy_list);
    all.add("pass-thru headers", &SipOptions::pass_headers);
    all.add("pass-thru headers unsupp", &SipOptions::pass_unsupported_headers);
    all.add("pass-thru content sdp", &SipOptions::pass_sdp);
    all.add("pass-thru content unsupp", &SipOptions::pass_unsupported_content);
    all.add("pass-thru content custom-sdp", &SipOptions::pass_custom_sdp);
    all.add("header-passing", &SipOptions::header_passing);
    all.add("warn-header", &SipOptions::warn_header);
}

void add_routing(Collector& all, const Config& config, const DialPeer& peer) {
    all.push("profiles", resolve_profile(config, peer, &SipProfileChoice::outbound));
    all.push("profiles inbound", resolve_profile(config, peer, &SipProfileChoice::inbound));
    all.add("call-route url", &SipOptions::call_route_url);
    all.add("call-route dest-route-string", &SipOptions::call_route_dest_route_string);
    all.add("call-route history-info", &SipOptions::call_route_history_info);
    all.add("call-route p-called-party-id", &SipOptions::call_route_p_called_party_id);
    all.add("requri-passing", &SipOptions::requri_passing);
    all.add("outbound-proxy", &SipOptions::outbound_proxy);
    all.add("sip-server", &SipOptions::sip_server);
    all.add("error-passthru", &SipOptions::error_passthru);
    all.add("reason-header override", &SipOptions::reason_header_override);
    for (const auto failure : kOverridableFailures) {
        const auto answer = resolve_error_code(config, peer, failure);
        all.push(failure, std::to_string(answer.value), answer.level);
    }
}

void add_transport(Collector& all, const Config& config, const DialPeer& peer) {
    all.push("bind control", resolve_bind(config, peer, &Bind::control));
    all.push("bind media", resolve_bind(config, peer, &Bind::media));
    all.add("srtp-crypto", &SipOptions::srtp_crypto);
    all.add("srtp negotiate cisco", &SipOptions::srtp_negotiate_cisco);
    all.add("tls-profile", &SipOptions::tls_profile);
    all.add("options-ping", &SipOptions::options_ping);
    all.add("nat media-keepalive", &SipOptions::nat_keepalive);
    all.add("nat symmetric role", &SipOptions::nat_role, kNatRoles);
    all.add("nat symmetric check-media-src", &SipOptions::nat_check_media_source);
}

}  // namespace

std::vector<PeerSetting> sip_settings_of(const Config& config, const DialPeer& peer) {
    Collector all(config, peer);
    add_responses(all, config, peer);
    add_offers(all);
    add_headers(all);
    add_routing(all, config, peer);
    add_transport(all, config, peer);
    return all.take();
}

std::string_view to_text(Level level) {
    switch (level) {
        case Level::dial_peer:
            return "dial-peer";
        case Level::tenant:
            return "tenant";
        case Level::global:
            return "global";
        case Level::built_in:
            return "default";
    }
    return "";
}

}  // namespace weir::config
