// SPDX-License-Identifier: Apache-2.0
// The closed list of commands without effect: dial-peers and tenants, and the SIP settings of the
// three levels, whose reason is written once and holds in every mode where the setting stands.
#include <array>
#include <deque>
#include <string>

#include "config/language/command.hpp"
#include "config/language/tables/sip_setting.hpp"
#include "config/language/whole_words.hpp"
#include "config/language/without_effect.hpp"

namespace weir::config::language {
namespace {

struct Reason {
    std::string_view words;  // of the command, without `voice-class sip`
    NoEffect reason = NoEffect::later;
    std::string_view work{};
};

constexpr std::string_view kSignalling = "mid-call signalling";
constexpr std::string_view kHeaders = "headers, identity and privacy";
constexpr std::string_view kSecurity = "SRTP and TLS";
constexpr std::string_view kRegistration = "registration and digest";
constexpr std::string_view kAdmission = "admission control";
constexpr std::string_view kTransactions = "transactions of SIP";

constexpr NoEffect kLater = NoEffect::later;

// SIP settings of sip, sip-ua, tenants and dial-peers.
constexpr std::array kSipReasons{
    Reason{"refer-ood", kLater, kSignalling},
    Reason{"encap", kLater, "payload types"},
    Reason{"calling-info", kLater, kHeaders},
    Reason{"pass-thru subscribe-notify-events", NoEffect::always_so},
    Reason{"pass-thru content unsupp", kLater, "bodies of the other side"},
    Reason{"header-passing", NoEffect::inert, "for applications of the router"},
    Reason{"content", kLater, kHeaders},
    Reason{"interop-handling", kLater, kHeaders},
    Reason{"random-contact", kLater, kHeaders},
    Reason{"random-request-uri", kLater, kHeaders},
    Reason{"tel-config", kLater, kHeaders},
    Reason{"srtp-crypto", kLater, kSecurity},
    Reason{"srtp-auth", kLater, kSecurity},
    Reason{"srtp", kLater, kSecurity},
    Reason{"nat", kLater, "NAT traversal"},
    Reason{"authenticate", kLater, kRegistration},
    Reason{"host-registrar", kLater, kRegistration},
    Reason{"preloaded-route", kLater, kRegistration},
    Reason{"associate", kLater, kRegistration},
    Reason{"aaa", kLater, "accounting"},
    Reason{"anat", kLater, "IPv6 beside IPv4 in one offer"},
    Reason{"bandwidth", kLater, kAdmission},
    Reason{"conn-reuse", NoEffect::always_so},
    Reason{"connection-reuse", NoEffect::always_so},
    Reason{"dns-a-override", NoEffect::always_so},
    Reason{"dscp-profile", kLater, "marking and policing of media"},
    Reason{"notify", kLater, "digits out of band"},
    Reason{"video", kLater, "video"},
    Reason{"session-id", NoEffect::always_so},
    Reason{"calltype-video", kLater, "video"},
};

// Of a tenant alone.
constexpr std::array kTenantReasons{
    Reason{"description", NoEffect::inert},
    Reason{"timers connect", kLater, kTransactions},
    Reason{"timers register", kLater, kTransactions},
    Reason{"timers options", kLater, kTransactions},
    Reason{"timers register-dns-cache", kLater, kTransactions},
    Reason{"timers buffer-invite", kLater, kTransactions},
    Reason{"timers connection", kLater, kTransactions},
    Reason{"retry response", kLater, kTransactions},
    Reason{"retry cancel", kLater, kTransactions},
    Reason{"retry register", kLater, kTransactions},
    Reason{"retry options", kLater, kTransactions},
    Reason{"retry keepalive", kLater, kTransactions},
};

// Of dial-peers, voip and pots.
constexpr std::array kPeerReasons{
    Reason{"session target loopback:rtp", kLater, "test peers"},
    Reason{"session target dhcp", NoEffect::platform},
    Reason{"session target ras", NoEffect::h323},
    Reason{"session target settlement", NoEffect::h323},
    Reason{"call fallback", kLater, kAdmission},
    Reason{"srtp", kLater, kSecurity},
    Reason{"ip qos", kLater, "marking and policing of media"},
    Reason{"ip precedence", kLater, "marking and policing of media"},
    Reason{"media", kLater, "ways of media"},
    Reason{"voice-class media", kLater, "ways of media"},
    Reason{"trunkgroup", NoEffect::tdm_hardware},
    Reason{"direct-inward-dial", NoEffect::tdm_hardware},
    Reason{"group", NoEffect::inert, "for SNMP"},
    Reason{"application", NoEffect::hardware, "TCL and VXML of the router"},
    Reason{"service", NoEffect::hardware, "TCL and VXML of the router"},
    Reason{"paramspace", NoEffect::hardware, "TCL and VXML of the router"},
    Reason{"info-digits", NoEffect::tdm_hardware},
    Reason{"clid", kLater, kHeaders},
    Reason{"progress_ind", NoEffect::tdm_hardware},
    Reason{"translate-incoming", kLater, "the older form of translation profiles"},
    Reason{"settle-call", NoEffect::h323},
    Reason{"signal-type", NoEffect::tdm_hardware},
    Reason{"snmp", NoEffect::platform},
    Reason{"tone", NoEffect::tdm_hardware},
    Reason{"voice-class aaa", kLater, "accounting"},
    Reason{"voice-class permanent", NoEffect::tdm_hardware},
    Reason{"voice-class h323", NoEffect::h323},
    Reason{"voice-class qos-profile", kLater, "marking and policing of media"},
    Reason{"voice-class stun-usage", kLater, "NAT traversal"},
    Reason{"voice-class called-number", NoEffect::tdm_hardware},
    Reason{"acc-qos", NoEffect::h323},
    Reason{"req-qos", NoEffect::h323},
    Reason{"icpif", NoEffect::inert},
    Reason{"expect-factor", NoEffect::inert},
    Reason{"playout-delay", NoEffect::tdm_hardware, "no jitter buffer between two IP legs"},
    Reason{"fax", kLater, "fax"},
    Reason{"fax-relay", NoEffect::tdm_hardware},
    Reason{"modem", kLater, "fax"},
    Reason{"rtcp keepalive", kLater, "NAT traversal"},
    Reason{"dtmf-relay sip-kpml", kLater, "sip-kpml; the other words of the line act"},
    Reason{"dtmf-interworking", kLater, "digits out of band"},
    Reason{"notify redirect", kLater, kSignalling},
    Reason{"supplementary-service pass-through", kLater, kSignalling},
    Reason{"supplementary-service media-renegotiate", kLater, kSignalling},
    Reason{"supplementary-service h450.2", NoEffect::h323},
    Reason{"supplementary-service h450.3", NoEffect::h323},
    Reason{"signaling forward", NoEffect::tdm_hardware},
    Reason{"tech-prefix", NoEffect::h323},
    Reason{"register e164", kLater, kRegistration},
};

// Collects entries; the texts that are put together here live as long as the list.
class List {
public:
    // One entry for each reason that one of these commands can have.
    template <typename Rows, std::size_t count>
    void add(ModeId mode, const Rows& rows, const std::string& prefix,
             const std::array<Reason, count>& reasons) {
        for (const Reason& reason : reasons) {
            const std::string words = prefix + std::string(reason.words);
            for (const auto& row : rows) {
                const std::string fixed = grammar_of_row(row.syntax).fixed_text();
                if (!begins_with_words(fixed, words) && !begins_with_words(words, fixed)) continue;
                texts_.push_back(words);
                entries_.push_back({mode, texts_.back(), reason.reason, reason.work});
                break;
            }
        }
    }
    [[nodiscard]] std::span<const WithoutEffect> entries() const { return entries_; }

private:
    std::deque<std::string> texts_;
    std::vector<WithoutEffect> entries_;
};

List make_list() {
    List list;
    list.add(ModeId::voice_service_sip, sip_rows(SipPlace::sip), "", kSipReasons);
    list.add(ModeId::sip_ua, sip_rows(SipPlace::sip_ua), "", kSipReasons);
    list.add(ModeId::tenant, sip_rows(SipPlace::tenant), "", kSipReasons);
    list.add(ModeId::tenant, mode_of(ModeId::tenant).rows, "", kTenantReasons);
    const auto& voip = mode_of(ModeId::dial_peer_voip).rows;
    list.add(ModeId::dial_peer_voip, voip, "voice-class sip ", kSipReasons);
    list.add(ModeId::dial_peer_voip, voip, "", kPeerReasons);
    list.add(ModeId::dial_peer_pots, mode_of(ModeId::dial_peer_pots).rows, "", kPeerReasons);
    return list;
}

}  // namespace

std::span<const WithoutEffect> peer_without_effect() {
    static const List list = make_list();
    return list.entries();
}

}  // namespace weir::config::language
