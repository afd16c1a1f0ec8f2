// SPDX-License-Identifier: Apache-2.0
// The SIP settings that exist at three levels: dial-peer, tenant, global (spec A.13, B, E).
//
// The same struct stands at each level. An optional that is not set asks the next level up, as
// `system` does; config/model/resolve.hpp answers with the value and the level it came from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/model/secret.hpp"
#include "config/model/vocabulary.hpp"

namespace weir::config {

// rel1xx {supported TAG | require TAG [strict] | disable} (spec E.1)
struct Rel1xx {
    enum class Mode : std::uint8_t { supported, require, disable };
    Mode mode = Mode::supported;
    std::string option_tag = "100rel";  // "" for disable
    bool strict = false;  // a caller that has not announced it gets 421 instead of unreliable 18x
    bool operator==(const Rel1xx&) const = default;
};

// block {180 | 181 | 183} (spec E.5); `never` is what `no ... block CODE` says against an upper
// level
enum class BlockWhen : std::uint8_t { never, always, sdp_absent, sdp_present };
enum class MidcallSignaling : std::uint8_t {
    passthru,
    passthru_media_change,
    block,
    preserve_codec
};
enum class EarlyOffer : std::uint8_t { off, forced, renegotiate, renegotiate_always };  // B.5
enum class EarlyMediaUpdate : std::uint8_t { pass, block, block_renegotiate };          // E.6
enum class AssertedId : std::uint8_t { none, pai, ppi };
enum class UrlScheme : std::uint8_t { sip, sips, tel, tel_phone_context };
enum class AsymmetricPayload : std::uint8_t { off, dtmf, dynamic_codecs, full };  // A.10
enum class CallHold : std::uint8_t { direction_attr, conn_addr };                 // B.5
enum class NatRole : std::uint8_t { off, passive, active };                       // B.4

// bind {control | media | all} source-interface IF [ipv4-address A] [ipv6-address A]
struct Bind {
    std::string control;  // interface name, "" = the next level up
    std::string media;
    std::optional<IpAddress> control_v4;  // which address of the interface; none = its first
    std::optional<IpAddress> control_v6;
    std::optional<IpAddress> media_v4;
    std::optional<IpAddress> media_v6;
    bool operator==(const Bind&) const = default;
};

// sip-profiles N [inbound]
struct SipProfileChoice {
    std::optional<std::uint32_t> outbound;
    std::optional<std::uint32_t> inbound;
    bool operator==(const SipProfileChoice&) const = default;
};

// min-se S [session-expires S] (spec B.7), seconds, 90..86400
struct SessionTimer {
    std::uint32_t min_se = 1800;
    std::uint32_t session_expires = 1800;
    bool operator==(const SessionTimer&) const = default;
};

// outbound-proxy, sip-server: {ipv4: | ipv6: | dns:}X[:port] | dhcp (spec A.6)
struct SipHop {
    enum class Kind : std::uint8_t { none, address, dns, dhcp };
    Kind kind = Kind::none;  // none = `no outbound-proxy`: the session target, whatever is above
    IpAddress address;
    std::string host;
    std::uint16_t port = 0;  // 0 = the default of the transport
    bool operator==(const SipHop&) const = default;
};

// authentication username USER password {0|6|7} PW [realm R [challenge]] (spec B.11)
struct Authentication {
    std::string user;
    Secret password;
    std::string realm;  // "" = any
    bool challenge = false;
    bool operator==(const Authentication&) const = default;
};

// credentials number NUM username USER password {0|6|7} PW realm R (spec B.11)
struct Credential {
    std::string number;  // "" = none
    std::string user;
    Secret password;
    std::string realm;
    bool operator==(const Credential&) const = default;
};

struct SipOptions {
    Bind bind;
    SipProfileChoice profiles;

    // -- provisional responses and early media (spec E)
    std::optional<Rel1xx> rel1xx;
    std::map<std::uint16_t, BlockWhen> block;     // 180, 181, 183; not here = the next level up
    std::optional<bool> map_181_to_183;           // map resp-code 181 to 183
    std::optional<bool> send_180_sdp;             // send 180 sdp
    std::optional<bool> disable_early_media_180;  // disable-early-media 180
    std::optional<EarlyMediaUpdate> early_media_update;
    std::optional<bool> reset_timer_183;   // reset timer expires 183
    std::optional<bool> early_media_gate;  // p-early-media gate (RFC 5009, spec E.7)

    // -- offer and answer, mid-call signalling (spec B.5, B.6, B.7)
    std::optional<EarlyOffer> early_offer;
    std::optional<MidcallSignaling> midcall_signaling;
    std::optional<CallHold> call_hold;    // offer call-hold
    std::optional<bool> session_refresh;  // session refresh
    std::optional<SessionTimer> timer;    // min-se
    std::optional<bool> handle_replaces;  // handle-replaces
    std::optional<bool> update_callerid;  // update-callerid
    std::optional<bool> contact_passing;  // contact-passing
    std::optional<bool> referto_passing;  // referto-passing
    std::optional<bool> redirection;      // redirection
    std::optional<AsymmetricPayload> asymmetric_payload;
    std::optional<bool> g729_annexb_all;

    // -- headers (spec B.2, B.8, B.9, B.10)
    std::optional<AssertedId> asserted_id;
    std::optional<std::string> privacy;  // "pstn", "id critical"
    std::optional<bool> privacy_passthru;
    std::optional<bool> privacy_send_always;
    std::optional<bool> privacy_strip_diversion;
    std::optional<bool> privacy_strip_history_info;
    std::optional<bool> remote_party_id;
    std::optional<bool> history_info;
    std::optional<UrlScheme> url;
    std::optional<std::string> localhost;          // localhost dns:NAME [preferred]
    bool localhost_preferred = false;              // of `localhost`
    std::optional<std::uint32_t> copy_list;        // voice class sip-copylist
    std::optional<std::uint32_t> pass_headers;     // pass-thru headers LIST
    std::optional<bool> pass_unsupported_headers;  // pass-thru headers unsupp
    std::optional<bool> pass_sdp;                  // pass-thru content sdp
    std::optional<bool> pass_unsupported_content;  // pass-thru content unsupp
    std::optional<bool> pass_custom_sdp;           // pass-thru content custom-sdp
    std::optional<bool> header_passing;
    std::optional<bool> warn_header;
    std::optional<std::uint8_t> max_forwards;  // 1..70
    std::vector<std::string> permit_hostname;  // permit hostname dns:NAME, at most 10

    // -- errors
    std::optional<bool> error_passthru;
    std::optional<bool> reason_header_override;
    std::map<std::string, std::uint16_t>
        error_code_override;  // "options-keepalive failure" -> code

    // -- routing (spec A.4, A.6, A.8)
    std::optional<bool> call_route_url;  // call-route url: destination uri is looked at
    std::optional<bool> call_route_dest_route_string;
    std::optional<bool> call_route_history_info;
    std::optional<bool> call_route_p_called_party_id;
    std::optional<bool> requri_passing;
    std::optional<SipHop> outbound_proxy;
    std::optional<SipHop> sip_server;

    // -- transport and security (spec A.13, B.12, B.13)
    std::optional<Transport> session_transport;       // of a tenant
    bool session_transport_tls = false;               // ... tcp tls
    std::optional<bool> transport_switch;             // transport switch udp tcp
    std::optional<std::uint16_t> listen_port;         // listen-port non-secure, 5000..5500
    std::optional<std::uint16_t> listen_port_secure;  // 1..65535
    std::optional<std::uint32_t> srtp_crypto;
    std::optional<bool> srtp_negotiate_cisco;
    std::optional<std::uint32_t> tls_profile;
    std::optional<std::uint16_t> options_ping;   // seconds, 60..1200
    std::optional<std::uint8_t> nat_keepalive;   // nat media-keepalive, seconds, 1..50
    std::optional<NatRole> nat_role;             // nat symmetric role
    std::optional<bool> nat_check_media_source;  // nat symmetric check-media-src

    // -- timers and retries of a tenant by their words, in the unit of the command: "trying" ->
    // 500,
    //    "connection aging tcp" -> 5; the global level of them is SipUa
    std::map<std::string, std::uint32_t> timers;
    std::map<std::string, std::uint32_t> retries;

    // -- registration and digest (spec B.11)
    std::vector<Authentication> authentication;  // in the order of writing, one for each realm
    std::vector<Credential> credentials;

    KeptLines kept;
};

}  // namespace weir::config
