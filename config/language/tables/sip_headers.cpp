// SPDX-License-Identifier: Apache-2.0
// SIP settings about identity, privacy and the headers that pass (spec B.2, B.8, B.10, D.3).
#include <algorithm>

#include "config/language/tables/sip_limits.hpp"
#include "config/language/tables/sip_setting.hpp"

namespace weir::config::language {
namespace {

// privacy {disable | pstn | id | header | session | user | history [critical]} (spec B.10): any of
// the values of RFC 3323 together.
SipSetting privacy() {
    SipSetting setting{
        .syntax = "privacy {disable | pstn | {id | header | session | user | history | critical}+}",
        .help = "Value of the Privacy header",
        .places = kGlobalAndTenant};
    setting.places.peer = true;
    setting.places.sip_ua = false;
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        options.privacy = words_behind(words, "privacy");
        return {};
    };
    setting.ask_above = [](const Words&, SipOptions& options) { options.privacy.reset(); };
    setting.print = [](const SipOptions& options, SipLines& out) {
        if (options.privacy) out.line("privacy " + *options.privacy);
    };
    return setting;
}

SipSetting localhost() {
    SipSetting setting{.syntax = "localhost dns:<host> [preferred]",
                       .help = "Name in place of our address in From, Call-ID and Remote-Party-ID",
                       .places = kEverywhere};
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        options.localhost = words.text("host");
        options.localhost_preferred = words.has("preferred");
        return {};
    };
    setting.ask_above = [](const Words&, SipOptions& options) {
        options.localhost.reset();
        options.localhost_preferred = false;
    };
    setting.print = [](const SipOptions& options, SipLines& out) {
        if (options.localhost)
            out.line("localhost dns:" + *options.localhost +
                     (options.localhost_preferred ? " preferred" : ""));
    };
    return setting;
}

// `sip-profiles` at the global level and in a tenant, `voice-class sip profiles` at a peer.
SipSetting profiles(const std::string& fixed, const SipPlaces& places) {
    SipSetting setting{.syntax = fixed + " <1-10000> [inbound]",
                       .help = "SIP profile of outgoing messages, or of received ones",
                       .places = places};
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        const auto tag = static_cast<std::uint32_t>(words.number());
        (words.has("inbound") ? options.profiles.inbound : options.profiles.outbound) = tag;
        return {};
    };
    // Without a number both are meant.
    setting.ask_above = [](const Words& words, SipOptions& options) {
        if (!words.has("inbound")) options.profiles.outbound.reset();
        if (words.has("inbound") || !words.given("number")) options.profiles.inbound.reset();
    };
    setting.print = [fixed](const SipOptions& options, SipLines& out) {
        const auto& [outbound, inbound] = options.profiles;
        if (outbound) out.line(fixed + " " + std::to_string(*outbound));
        if (inbound) out.line(fixed + " " + std::to_string(*inbound) + " inbound");
    };
    return setting;
}

SipSetting permit_hostname() {
    SipSetting setting{.syntax = "permit hostname dns:<host>",
                       .help = "Name that the Request-URI of a received INVITE may have",
                       .places = kUaAndTenant};
    setting.has_system = false;
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        auto& names = options.permit_hostname;
        const std::string name = words.text("host");
        if (std::find(names.begin(), names.end(), name) != names.end()) return {};
        if (names.size() >= kMaxPermittedHostnames)
            return fail(ErrorCode::exhausted, "there are " +
                                                  std::to_string(kMaxPermittedHostnames) +
                                                  " permitted host names already");
        names.push_back(name);
        return {};
    };
    setting.ask_above = [](const Words& words, SipOptions& options) {
        auto& names = options.permit_hostname;
        if (words.given("host"))
            std::erase(names, words.text("host"));
        else
            names.clear();
    };
    setting.print = [](const SipOptions& options, SipLines& out) {
        for (const auto& name : options.permit_hostname)
            out.line("permit hostname dns:" + name);
    };
    return setting;
}

SipSetting max_forwards() {
    auto setting = sip_number("max-forwards <1-70>", "Max-Forwards of a new request", kUaAndTenant,
                              &SipOptions::max_forwards);
    setting.print = [](const SipOptions& options, SipLines& out) {
        const auto& value = options.max_forwards;
        if (value && !(out.is_global() && value == built_in_sip_options().max_forwards))
            out.line("max-forwards " + std::to_string(*value));
    };
    return setting;
}

}  // namespace

std::vector<SipSetting> sip_header_settings() {
    return {
        sip_choice("asserted-id", "Header that says who calls, in place of Remote-Party-ID",
                   kEverywhere, kAssertedIds, &SipOptions::asserted_id,
                   std::optional(SipOff<AssertedId>{AssertedId::none, "asserted-id"})),
        privacy(),
        sip_flag("privacy-policy passthru", "Pass a received Privacy header", kEverywhere,
                 &SipOptions::privacy_passthru),
        sip_flag("privacy-policy send-always", "Send Privacy: none where there is no privacy",
                 kEverywhere, &SipOptions::privacy_send_always),
        sip_flag("privacy-policy strip diversion", "Send no Diversion to the next leg",
                 kEverywhere, &SipOptions::privacy_strip_diversion),
        sip_flag("privacy-policy strip history-info", "Send no History-Info to the next leg",
                 kEverywhere, &SipOptions::privacy_strip_history_info),
        sip_flag("remote-party-id", "Send Remote-Party-ID", kUaTenantPeer,
                 &SipOptions::remote_party_id),
        sip_flag("history-info", "Send History-Info", kEverywhere, &SipOptions::history_info),
        sip_choice("url", "Scheme of the Request-URI", kEverywhere, kUrlSchemes, &SipOptions::url),
        localhost(),
        sip_number("copy-list <1-10000>", "Headers of the received request that rules may copy",
                   kEverywhere, &SipOptions::copy_list),
        sip_flag("pass-thru headers unsupp", "Pass headers that we do not know", kEverywhere,
                 &SipOptions::pass_unsupported_headers),
        sip_number("pass-thru headers <1-10000>", "Pass the headers of a list", kEverywhere,
                   &SipOptions::pass_headers),
        sip_flag("pass-thru content sdp", "Pass SDP without a change", kEverywhere,
                 &SipOptions::pass_sdp),
        sip_flag("pass-thru content unsupp", "Pass bodies that we do not know", kEverywhere,
                 &SipOptions::pass_unsupported_content),
        sip_flag("pass-thru content custom-sdp", "Let SIP profiles copy out of the SDP",
                 kEverywhere, &SipOptions::pass_custom_sdp),
        sip_flag("header-passing", "Show headers to applications of the router", kEverywhere,
                 &SipOptions::header_passing),
        sip_flag("warn-header", "Send Warning headers", kEverywhere, &SipOptions::warn_header),
        max_forwards(),
        permit_hostname(),
        profiles("sip-profiles", kSipAndTenant),
        profiles("profiles", kPeerOnly),
    };
}

}  // namespace weir::config::language
