// SPDX-License-Identifier: Apache-2.0
// dial-peer voice TAG {voip | pots} as it was written (spec A.2).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/model/media.hpp"
#include "config/model/sip_options.hpp"
#include "config/model/translation.hpp"
#include "config/model/vocabulary.hpp"
#include "config/model/voice_class.hpp"

namespace weir::config {

// session target ipv4:... | ipv6:[...] | dns:... | the words of A.6; printed by to_words
struct SessionTarget {
    enum class Kind : std::uint8_t {
        none,
        address,
        dns,  // `host` may begin with $s$. $d$. $e$. $u$.
        sip_uri,
        sip_server,
        registrar,
        enum_table,  // enum:N, see `number`
        loopback_rtp,
        dhcp,
        ras,
        settlement,
    };
    Kind kind = Kind::none;
    IpAddress address;         // kind address
    std::string host;          // kind dns
    std::uint16_t port = 0;    // 0 = the default of the transport
    std::uint32_t number = 0;  // enum:N 1..15, settlement N; 0 = none was written
    bool operator==(const SessionTarget&) const = default;
};
[[nodiscard]] std::string to_words(const SessionTarget& target);  // "ipv4:192.0.2.1:5060"

// permission {both | none | orig | term}
enum class Permission : std::uint8_t { both, none, orig, term };

// forward-digits {N | all | extra} of a pots peer
struct ForwardDigits {
    enum class Kind : std::uint8_t { by_strip, count, all, extra };
    Kind kind = Kind::by_strip;
    std::uint8_t count = 0;  // 0..32
    bool operator==(const ForwardDigits&) const = default;
};

// voice-class sip options-keepalive ... (spec A.12)
struct PeerKeepalive {
    bool enabled = false;
    std::optional<std::uint32_t> profile;  // voice class sip-options-keepalive
    std::uint16_t up_interval = 60;        // seconds
    std::uint16_t down_interval = 30;
    std::uint8_t retry = 5;
    bool operator==(const PeerKeepalive&) const = default;
};

enum class SrtpMode : std::uint8_t { off, on, fallback, pass_through };

// ip qos dscp (spec B.14); none = the default of the class
struct PeerDscp {
    std::optional<std::uint8_t> signaling;  // 0..63, af31
    std::optional<std::uint8_t> media;      // ef
    std::optional<std::uint8_t> video;      // af41
    bool operator==(const PeerDscp&) const = default;
};

struct DialPeer {
    enum class Type : std::uint8_t { voip, pots };
    DialPeerTag tag;
    Type type = Type::voip;
    std::string description;
    bool shutdown = false;

    // -- what selects it
    std::string destination_pattern;  // "" = none
    std::string incoming_called_number;
    std::string answer_address;
    std::map<UriHeader, std::string> incoming_uri;  // header -> tag of a UriClass
    std::string destination_uri;                    // tag of a UriClass, "" = none
    // destination uri-from|uri-to|uri-via|uri-diversion|uri-referred-by, for provision policies
    std::map<PolicyAttribute, std::string> destination_uri_of;
    std::optional<std::uint32_t> incoming_called_map;      // incoming called e164-pattern-map
    std::optional<std::uint32_t> incoming_calling_map;     // incoming calling e164-pattern-map
    std::optional<std::uint32_t> destination_map;          // destination e164-pattern-map
    std::optional<std::uint32_t> destination_calling_map;  // destination calling e164-pattern-map
    std::string dnis_map;
    std::optional<NumberType> numbering_type;  // of the number that is compared; none = any
    std::string carrier_source;  // carrier-id source
    std::string carrier_target;
    std::string trunkgroup;
    std::uint8_t trunkgroup_order = 0;  // 1..64; 0 = none was written
    std::string corlist_incoming;
    std::string corlist_outgoing;
    Permission permission = Permission::both;
    std::uint8_t preference = 0;  // 0..10, 0 is best
    bool huntstop = false;

    // -- where an inbound call of it goes on
    std::optional<std::uint32_t> dpg;               // destination dpg
    std::optional<std::uint32_t> provision_policy;  // destination provision-policy
    std::optional<std::uint32_t> route_string;      // destination route-string

    // -- numbers
    std::string translation_incoming;  // translation-profile incoming NAME
    std::string translation_outgoing;
    std::optional<std::uint32_t> translate_outgoing_called;  // rule set, the old form
    std::optional<std::uint32_t> translate_outgoing_calling;
    std::string call_block_profile;                // call-block translation-profile incoming
    std::optional<std::uint8_t> call_block_cause;  // Q.850; none = no-service (63)

    // -- where it sends, and with what
    bool session_protocol_sip = false;  // session protocol sipv2
    SessionTarget target;
    std::optional<std::uint32_t> server_group;  // excludes target
    Transport transport = Transport::system;
    bool transport_tls = false;  // session transport tcp tls
    std::optional<CodecPreference>
        codec;  // codec C [bytes N]; none and no class = g729r8 (spec N22)
    std::optional<std::uint32_t> codec_class;  // voice-class codec N
    bool codec_offer_all = false;
    std::vector<DtmfRelay> dtmf_relay;  // empty = in-band
    bool vad = true;                    // spec A.2: comfort noise (payload 19) in the offer
    bool vad_aggressive = false;
    std::uint8_t max_redirects = 1;     // 1..10
    std::optional<SrtpMode> srtp;       // none = the global setting
    PeerDscp dscp;
    std::optional<std::uint32_t> tenant;  // voice-class sip tenant N
    SipOptions sip;                       // voice-class sip ...
    PeerKeepalive keepalive;

    // -- media and limits
    std::optional<std::uint32_t> media_class;           // media-class N
    std::optional<std::uint32_t> media_settings_class;  // voice-class media N
    std::optional<MediaFlow> media_flow;                // media flow-around
    std::optional<std::uint32_t> max_conn;              // none = unlimited
    std::optional<std::uint32_t> max_bandwidth;         // kbit/s, 8..2000000
    bool max_bandwidth_midcall_exceed = false;

    // -- pots (spec A.3, G)
    bool digit_strip = true;
    ForwardDigits forward_digits;
    std::string prefix;
    std::string port;  // "0/1/0:15"
    bool direct_inward_dial = true;

    KeptLines kept;
    Place place;

    // Any of the inbound commands of A.7, destination-pattern as the last of them.
    [[nodiscard]] bool has_inbound_matcher() const;
    // Any of the outbound commands of A.8.
    [[nodiscard]] bool has_outbound_matcher() const;
    // Operation state (spec A.2): up means that some call can use the peer.
    [[nodiscard]] bool oper_up() const;
    [[nodiscard]] bool usable_outbound() const;
};

}  // namespace weir::config
