// SPDX-License-Identifier: Apache-2.0
// The settings whose levels are not one optional each.
#include "config/model/resolve.hpp"

#include "config/model/sip_ua_words.hpp"

namespace weir::config {
namespace {

// Asks the three levels in turn; `ask` gives an optional.
template <typename Value, typename Ask>
Resolved<Value> first_of(const Config& config, const DialPeer& peer, Value built_in, Ask ask) {
    if (const auto own = ask(peer.sip)) return {Value(*own), Level::dial_peer};
    if (const Tenant* tenant = tenant_of(config, peer))
        if (const auto theirs = ask(tenant->sip)) return {Value(*theirs), Level::tenant};
    if (const auto everyones = ask(config.voice.sip)) return {Value(*everyones), Level::global};
    return {built_in, Level::built_in};
}

constexpr std::uint16_t kServiceUnavailable = 503;
constexpr std::uint16_t kNotAcceptableHere = 488;

}  // namespace

const SipOptions& built_in_sip_options() {
    static const SipOptions defaults = [] {
        SipOptions options;
        options.rel1xx = Rel1xx{};
        options.early_offer = EarlyOffer::off;
        options.midcall_signaling = MidcallSignaling::passthru;
        options.call_hold = CallHold::direction_attr;
        options.timer = SessionTimer{};
        options.update_callerid = true;
        options.redirection = true;
        options.remote_party_id = true;
        options.url = UrlScheme::sip;
        options.max_forwards = 70;
        options.session_transport = Transport::udp;
        return options;
    }();
    return defaults;
}

const Tenant* tenant_of(const Config& config, const DialPeer& peer) {
    if (!peer.tenant) return nullptr;
    const auto found = config.tenants.find(*peer.tenant);
    return found == config.tenants.end() ? nullptr : &found->second;
}

Resolved<std::string> resolve_bind(const Config& config, const DialPeer& peer,
                                   std::string Bind::*which) {
    return first_of<std::string>(config, peer, "", [which](const SipOptions& options) {
        const std::string& interface = options.bind.*which;
        return interface.empty() ? std::nullopt : std::optional(interface);
    });
}

Resolved<std::uint32_t> resolve_profile(const Config& config, const DialPeer& peer,
                                        std::optional<std::uint32_t> SipProfileChoice::*which) {
    return first_of<std::uint32_t>(
        config, peer, 0, [which](const SipOptions& options) { return options.profiles.*which; });
}

Resolved<BlockWhen> resolve_block(const Config& config, const DialPeer& peer, std::uint16_t code) {
    return first_of<BlockWhen>(config, peer, BlockWhen::never,
                               [code](const SipOptions& options) -> std::optional<BlockWhen> {
                                   const auto found = options.block.find(code);
                                   if (found == options.block.end()) return std::nullopt;
                                   return found->second;
                               });
}

Resolved<std::uint16_t> resolve_error_code(const Config& config, const DialPeer& peer,
                                           std::string_view failure) {
    const auto built_in =
        failure == "cac-bandwidth failure" ? kNotAcceptableHere : kServiceUnavailable;
    return first_of<std::uint16_t>(
        config, peer, built_in,
        [failure](const SipOptions& options) -> std::optional<std::uint16_t> {
            const auto found = options.error_code_override.find(std::string(failure));
            if (found == options.error_code_override.end()) return std::nullopt;
            return found->second;
        });
}

Resolved<PeerTransport> resolve_transport(const Config& config, const DialPeer& peer) {
    if (peer.transport != Transport::system)
        return {{peer.transport, peer.transport_tls}, Level::dial_peer};
    if (const Tenant* tenant = tenant_of(config, peer))
        if (const auto& theirs = tenant->sip.session_transport;
            theirs && *theirs != Transport::system)
            return {{*theirs, tenant->sip.session_transport_tls}, Level::tenant};
    const SipOptions& everyones = config.voice.sip;
    if (config.voice.session_transport != VoiceService{}.session_transport)
        return {{config.voice.session_transport, everyones.session_transport_tls}, Level::global};
    return {{Transport::udp, false}, Level::built_in};
}

// The more specific line decides; of one level it is the one that says more.
bool switches_large_requests(const Config& config, const DialPeer& peer) {
    const auto wanted = resolve(config, peer, &SipOptions::transport_switch);
    return wanted.value && wanted.level <= resolve_transport(config, peer).level;
}

Resolved<SrtpMode> resolve_srtp(const Config& config, const DialPeer& peer) {
    if (peer.srtp) return {*peer.srtp, Level::dial_peer};
    if (config.voice.srtp != SrtpMode::off) return {config.voice.srtp, Level::global};
    return {SrtpMode::off, Level::built_in};
}

Resolved<MediaFlow> resolve_media_flow(const Config& config, const DialPeer& peer) {
    if (peer.media_flow) return {*peer.media_flow, Level::dial_peer};
    if (peer.media_settings_class)
        if (const auto found = config.media_settings_classes.find(*peer.media_settings_class);
            found != config.media_settings_classes.end() && found->second.flow)
            return {*found->second.flow, Level::dial_peer};
    return {config.voice.media_flow, Level::global};
}

namespace {

using Numbers = std::map<std::string, std::uint32_t>;

std::optional<std::uint32_t> of_tenant(const Config& config, const DialPeer& peer,
                                       Numbers SipOptions::*which, std::string_view words) {
    const Tenant* tenant = tenant_of(config, peer);
    if (tenant == nullptr) return std::nullopt;
    const Numbers& numbers = tenant->sip.*which;
    const auto found = numbers.find(std::string(words));
    return found == numbers.end() ? std::nullopt : std::optional(found->second);
}

Resolved<std::uint32_t> of_sip_ua(std::uint32_t value, std::uint32_t built_in) {
    return {value, value == built_in ? Level::built_in : Level::global};
}

}  // namespace

std::optional<Resolved<std::uint32_t>> resolve_timer(const Config& config, const DialPeer& peer,
                                                     std::string_view words) {
    for (const TimerWords& timer : kTimerWords) {
        if (timer.words != words) continue;
        if (const auto own = of_tenant(config, peer, &SipOptions::timers, words))
            return Resolved<std::uint32_t>{*own, Level::tenant};
        return of_sip_ua(timer.global(config.sip_ua), timer.global(SipUa{}));
    }
    return std::nullopt;
}

std::optional<Resolved<std::uint32_t>> resolve_retry(const Config& config, const DialPeer& peer,
                                                     std::string_view words) {
    for (const RetryWords& retry : kRetryWords) {
        if (retry.words != words) continue;
        if (const auto own = of_tenant(config, peer, &SipOptions::retries, words))
            return Resolved<std::uint32_t>{*own, Level::tenant};
        return of_sip_ua(config.sip_ua.*retry.global, SipUa{}.*retry.global);
    }
    return std::nullopt;
}

std::string level_text(Level level, const DialPeer& peer) {
    switch (level) {
        case Level::dial_peer:
            return "(dial-peer)";
        case Level::tenant:
            return "(tenant " + std::to_string(peer.tenant.value_or(0)) + ")";
        case Level::global:
            return "(global)";
        case Level::built_in:
            return "(default)";
    }
    return "";
}

}  // namespace weir::config
