// SPDX-License-Identifier: Apache-2.0
// SIP settings about offer and answer, mid-call signalling and transfer (spec B.5 to B.7, A.10).
#include "config/language/tables/sip_setting.hpp"

namespace weir::config::language {
namespace {

SipSetting session_timer() {
    SipSetting setting{.syntax = "min-se <min=90-86400> [session-expires <expires=90-86400>]",
                       .help = "Shortest session timer that is accepted, in seconds",
                       .places = kEverywhere};
    setting.read = [](const Words& words, SipOptions& options) -> Result<void> {
        SessionTimer timer;
        timer.min_se = static_cast<std::uint32_t>(words.number("min"));
        if (words.given("expires"))
            timer.session_expires = static_cast<std::uint32_t>(words.number("expires"));
        // RFC 4028 section 5: Session-Expires must not be below Min-SE.
        else if (timer.session_expires < timer.min_se)
            timer.session_expires = timer.min_se;
        if (timer.session_expires < timer.min_se)
            return fail(ErrorCode::invalid, "session-expires " +
                                                std::to_string(timer.session_expires) +
                                                " is below min-se " + std::to_string(timer.min_se));
        options.timer = timer;
        return {};
    };
    setting.ask_above = [](const Words&, SipOptions& options) { options.timer.reset(); };
    setting.print = [](const SipOptions& options, SipLines& out) {
        if (options.timer && !(out.is_global() && *options.timer == SessionTimer{}))
            out.line("min-se " + to_words(*options.timer));
    };
    return setting;
}

}  // namespace

std::vector<SipSetting> sip_offer_settings() {
    return {
        sip_choice("early-offer", "Send an offer although none was received", kEverywhere,
                   kEarlyOffers, &SipOptions::early_offer,
                   std::optional(SipOff<EarlyOffer>{EarlyOffer::off, "early-offer forced"})),
        sip_choice("midcall-signaling", "What becomes of re-INVITE and UPDATE", kEverywhere,
                   kMidcallSignalings, &SipOptions::midcall_signaling),
        sip_choice("offer call-hold", "How hold is written into an offer", kUaAndTenant, kCallHolds,
                   &SipOptions::call_hold),
        sip_flag("session refresh", "Refresh sessions, RFC 4028", kEverywhere,
                 &SipOptions::session_refresh),
        session_timer(),
        sip_flag("handle-replaces", "Take INVITE with Replaces for ourselves", kUaAndTenant,
                 &SipOptions::handle_replaces),
        sip_flag("update-callerid", "Tell a changed caller by UPDATE", kEverywhere,
                 &SipOptions::update_callerid),
        sip_flag("contact-passing", "Pass the Contact of a 302 without looking for a peer",
                 kEverywhere, &SipOptions::contact_passing),
        sip_flag("referto-passing", "Pass Refer-To without looking for a peer", kEverywhere,
                 &SipOptions::referto_passing),
        sip_flag("redirection", "Follow 3xx responses", kUaAndTenant, &SipOptions::redirection),
        sip_choice(
            "asymmetric payload", "Payload types that differ between the legs", kEverywhere,
            kAsymmetricPayloads, &SipOptions::asymmetric_payload,
            std::optional(SipOff<AsymmetricPayload>{AsymmetricPayload::off, "asymmetric payload"})),
        sip_flag("g729 annexb-all", "Take G.729 with and without annex B for the same", kEverywhere,
                 &SipOptions::g729_annexb_all),
    };
}

}  // namespace weir::config::language
