// SPDX-License-Identifier: Apache-2.0
// The modes of the language.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::config::language {

enum class ModeId : std::uint8_t {
    global,               // host(config)#
    voice_service,        // voice service voip
    trusted_list,         // voice service voip / ip address trusted list
    voice_service_sip,    // voice service voip / sip
    codec_class,          // voice class codec N
    uri_class_sip,        // voice class uri TAG sip
    uri_class_tel,        // voice class uri TAG tel
    recorder_profile,     // media profile recorder N
    media_class,          // media class N
    recorder_parameter,   // media class N / recorder parameter
    interface,            // interface NAME
    dial_peer_voip,       // dial-peer voice TAG voip
    dial_peer_pots,       // dial-peer voice TAG pots
    tenant,               // voice class tenant N
    sip_ua,               // sip-ua
    pattern_map,          // voice class e164-pattern-map N
    number_file,          // voice class e164-translation N
    dial_peer_group,      // voice class dpg N
    provision_policy,     // voice class dial-peer provision-policy N
    route_string,         // voice class route-string N
    server_group,         // voice class server-group N
    keepalive_profile,    // voice class sip-options-keepalive N
    pass_list,            // voice class sip-hdr-passthrulist N
    copy_list,            // voice class sip-copylist N
    srtp_crypto,          // voice class srtp-crypto N
    tls_cipher,           // voice class tls-cipher N
    tls_profile,          // voice class tls-profile N
    media_settings,       // voice class media N
    dscp_profile,         // voice class dscp-profile N
    sip_profiles,         // voice class sip-profiles N
    translation_rule,     // voice translation-rule N
    translation_profile,  // voice translation-profile NAME
    cor_custom,           // dial-peer cor custom
    cor_list,             // dial-peer cor list NAME
    dnis_map,             // voice dnis-map NAME
    enum_table,           // voice enum-match-table N
    video_profile,        // media profile video N
    police_profile,       // media profile police N
    // Kept without effect, whole blocks (tables/kept_*.cpp):
    voice_service_h323,      // voice service voip / h323
    voice_service_stun,      // voice service voip / stun
    voice_service_trace,     // voice service voip / trace
    voice_service_pots,      // voice service pots
    gateway,                 // gateway
    line,                    // line con 0, line vty 0 4
    control_plane,           // control-plane
    archive,                 // archive
    archive_log,             // archive / log config
    vrf,                     // vrf definition NAME
    vrf_family,              // vrf definition NAME / address-family ipv4
    redundancy,              // redundancy
    redundancy_application,  // redundancy / application redundancy
    redundancy_group,        // redundancy / application redundancy / group N
    redundancy_protocol,     // redundancy / application redundancy / protocol N
    redundancy_interdevice,  // redundancy inter-device
    ipc_zone,                // ipc zone default
    ipc_association,         // ipc zone default / association N
    ipc_protocol,            // ipc zone default / association N / protocol sctp
    ipc_port,                // ... / local-port N, remote-port N
    track,                   // track N ...
    pki_trustpoint,          // crypto pki trustpoint NAME
    pki_chain,               // crypto pki certificate chain NAME
    pki_certificate,         // ... / certificate SERIAL: hexadecimal up to `quit`
    wsapi,                   // uc wsapi
    wsapi_provider,          // uc wsapi / provider xmf
    accounting_aaa,          // gw-accounting aaa
    accounting_file,         // gw-accounting file
    aaa_group,               // aaa group server radius NAME
    radius_server,           // radius server NAME
    controller,              // controller E1 0/1/0
    voice_card,              // voice-card 0
    voice_port,              // voice-port 0/1/0:15
    dspfarm_profile,         // dspfarm profile N transcode
    class_map,               // class-map match-any NAME
    policy_map,              // policy-map NAME
    policy_class,            // policy-map NAME / class NAME
    access_list,             // ip access-list extended NAME
    mode_count,              // last: how many there are
};
inline constexpr std::size_t kModeCount = static_cast<std::size_t>(ModeId::mode_count);

// IOS's prompt of the mode: "config-dial-peer" in host(config-dial-peer)#.
[[nodiscard]] std::string_view prompt_of(ModeId mode);

}  // namespace weir::config::language
