// SPDX-License-Identifier: Apache-2.0
// The configuration of a node as immutable plain values; every default stands here, once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/strong.hpp"

namespace weir::config {

using DialPeerTag = Strong<struct DialPeerTagName,
                           std::uint32_t>;  // 1..1073741823 (spec A.2); 0 = the default peer

// Where a value was written, for messages that come later than reading.
struct Place {
    std::string file;
    std::uint32_t line = 0;  // 1-based; 0 = a default
    bool operator==(const Place&) const = default;
};

enum class Transport : std::uint8_t { system, udp, tcp };  // system = ask the next level up
enum class UriHeader : std::uint8_t { via, request, to, from };

// Codec keywords of spec A.10 that carry audio over RTP.
enum class Codec : std::uint8_t {
    g711ulaw,
    g711alaw,
    g729r8,
    g729br8,
    g722_64,
    g726r16,
    g726r24,
    g726r32,
    g723r53,
    g723r63,
    g728,
    ilbc,
    isac,
    opus,
    gsmamr_nb,
    gsmfr,
    aacld,
    mp4a_latm,
    transparent,
};

enum class DtmfRelay : std::uint8_t {  // in order of configuration
    cisco_rtp,
    h245_alphanumeric,
    h245_signal,
    rtp_nte,
    rtp_nte_digit_drop,
    sip_notify,
    sip_info,
    sip_kpml,
};

struct CodecPreference {
    std::uint8_t preference = 1;  // 1..24, 1 first
    Codec codec = Codec::g711ulaw;
    std::optional<std::uint16_t> bytes;  // payload per packet
    bool operator==(const CodecPreference&) const = default;
};

// voice class codec N
struct CodecClass {
    std::uint32_t tag = 0;                     // 1..10000
    std::vector<CodecPreference> preferences;  // ascending preference
    Place place;
};

// voice class uri TAG {sip | tel} (spec A.4)
struct UriClass {
    enum class Scheme : std::uint8_t { sip, tel };
    std::string tag;
    Scheme scheme = Scheme::sip;
    std::string user_id;                    // regex, "" = not given
    std::string host_pattern;               // host REGEX
    std::vector<IpAddress> host_addresses;  // host ipv4:/ipv6:
    std::vector<std::string> host_names;    // host dns:
    std::string pattern;                    // exclusive with the others
    std::string phone_number;               // phone number REGEX (tel)
    std::string phone_context;              // phone context REGEX
    Place place;
};

// media profile recorder N (spec F.1)
struct RecorderProfile {
    std::uint32_t tag = 0;    // 1..10000
    bool audio_only = false;  // media-type audio
    std::vector<DialPeerTag>
        recorders;  // media-recording, failover order, at most kMaxRecorderPeers
    Place place;
};

// media class N
struct MediaClass {
    std::uint32_t tag = 0;                              // 1..10000
    std::optional<std::uint32_t> recorder_profile;      // recorder profile N
    std::optional<RecorderProfile> recorder_parameter;  // recorder parameter ... (tag 0)
    bool siprec = false;
    Place place;
};

// session target ipv4:... | ipv6:[...] | dns:...
struct SessionTarget {
    enum class Kind : std::uint8_t { none, address, dns };
    Kind kind = Kind::none;
    IpAddress address;       // kind address
    std::string host;        // kind dns
    std::uint16_t port = 0;  // 0 = the default of the transport
    bool operator==(const SessionTarget&) const = default;
};

// dial-peer voice TAG {voip | pots}
struct DialPeer {
    enum class Type : std::uint8_t { voip, pots };
    DialPeerTag tag;
    Type type = Type::voip;
    std::string description;
    bool shutdown = false;
    std::string destination_pattern;  // "" = none
    std::string incoming_called_number;
    std::string answer_address;
    std::map<UriHeader, std::string> incoming_uri;  // header -> tag of a UriClass
    std::uint8_t preference = 0;                    // 0..10, 0 is best
    bool huntstop = false;
    bool session_protocol_sip = false;  // session protocol sipv2
    SessionTarget target;
    Transport transport = Transport::system;
    std::optional<CodecPreference>
        codec;  // codec C [bytes N]; none and no class = g729r8 (spec N22)
    std::optional<std::uint32_t> codec_class;  // voice-class codec N
    bool codec_offer_all = false;
    std::optional<std::uint32_t> media_class;  // media-class N
    std::vector<DtmfRelay> dtmf_relay;         // empty = in-band
    bool vad = true;                           // spec A.2: comfort noise (payload 19) in the offer
    std::optional<std::uint32_t> max_conn;     // none = unlimited
    Place place;

    [[nodiscard]] bool has_inbound_matcher() const {
        return !incoming_called_number.empty() || !answer_address.empty() ||
               !incoming_uri.empty() || !destination_pattern.empty();
    }
    // Operation state (spec A.2): up means that some call can use the peer.
    [[nodiscard]] bool oper_up() const;
    [[nodiscard]] bool usable_outbound() const;
};

// ip address trusted list (spec B.3)
struct TrustedList {
    bool authenticate = true;  // default deny
    std::vector<Prefix> prefixes;
    std::uint8_t call_block_cause = 21;  // Q.850, call-reject
};

// rtp-port range MIN MAX (spec B.4)
struct RtpPortRange {
    std::uint16_t min = 8000;   // even
    std::uint16_t max = 48198;  // even: the RTP port of the last pair
};

// bind {control|media|all} source-interface IF
struct Bind {
    std::string control;  // interface name, "" = by the routing table
    std::string media;
};

// voice service voip, and its sip sub-mode
struct VoiceService {
    bool border_element = false;  // mode border-element
    std::optional<std::uint32_t>
        license_capacity;           // mode border-element license capacity N: kept for printing
    bool allow_sip_to_sip = false;  // allow-connections sip to sip
    bool shutdown = false;
    TrustedList trusted;
    RtpPortRange rtp_ports;
    Bind bind;
    Transport session_transport = Transport::udp;  // sip: session transport
    bool silent_discard_untrusted = true;          // sip: silent-discard untrusted
};

// sip-ua timers and retries (spec B.12); all in the ranges given there
struct SipUa {
    std::chrono::milliseconds timer_trying{500};
    std::chrono::milliseconds timer_connect{500};
    std::chrono::milliseconds timer_disconnect{500};
    std::chrono::milliseconds timer_expires{180'000};
    std::chrono::milliseconds timer_prack{500};
    std::chrono::milliseconds timer_rel1xx{500};
    std::chrono::milliseconds timer_notify{500};
    std::chrono::milliseconds timer_refer{500};
    std::chrono::milliseconds timer_register{500};
    std::chrono::milliseconds timer_info{500};
    std::chrono::milliseconds timer_options{500};
    std::chrono::milliseconds timer_update{500};
    std::chrono::minutes timer_hold{2880};
    std::chrono::minutes connection_aging_tcp{5};
    std::chrono::minutes connection_aging_udp{5};
    std::chrono::minutes connection_aging_tls{60};
    std::chrono::seconds tls_establish{20};
    std::chrono::seconds register_dns_cache{3600};
    std::chrono::milliseconds buffer_invite{0};  // 0 = off
    std::uint8_t retry_invite = 6;               // 1..10, as all retries
    std::uint8_t retry_response = 6;
    std::uint8_t retry_bye = 10;
    std::uint8_t retry_cancel = 10;
    std::uint8_t retry_prack = 10;
    std::uint8_t retry_rel1xx = 6;
    std::uint8_t retry_info = 6;
    std::uint8_t retry_notify = 10;
    std::uint8_t retry_refer = 10;
    std::uint8_t retry_subscribe = 10;
    std::uint8_t retry_register = 6;
    std::uint8_t retry_options = 6;
    std::uint8_t retry_update = 6;
    std::uint8_t retry_keepalive = 6;
};

// interface NAME / ip address A.B.C.D MASK / ipv6 address X/len
struct Interface {
    std::string name;
    std::string description;
    std::vector<Prefix> addresses;  // host address with the prefix length of its net
    bool shutdown = false;
    Place place;
};

// A whole configuration. Read by config/language, never changed afterwards: threads share it as
// std::shared_ptr<const Config>, and a call keeps the one it began with.
struct Config {
    std::string version;  // version TEXT: accepted and printed, without effect
    std::string hostname = "Weir";
    VoiceService voice;
    SipUa sip_ua;
    std::uint8_t dial_peer_hunt = 0;  // 0..7 (spec A.8)
    std::map<std::uint32_t, CodecClass> codec_classes;
    std::map<std::string, UriClass> uri_classes;
    bool uri_prefer_user_id = false;  // voice class uri sip preference user-id (spec A.4)
    std::map<std::uint32_t, RecorderProfile> recorder_profiles;
    std::map<std::uint32_t, MediaClass> media_classes;
    std::map<std::string, Interface> interfaces;
    std::map<DialPeerTag, DialPeer> dial_peers;

    [[nodiscard]] const DialPeer* find_peer(DialPeerTag tag) const;
    // The recorder peers of a media class in failover order; empty if it names none.
    [[nodiscard]] std::vector<DialPeerTag> recorders_of(std::uint32_t media_class) const;
};

using ConfigPtr = std::shared_ptr<const Config>;

// Dial-peer 0: what an inbound call gets that matches no peer (spec A.7).
[[nodiscard]] const DialPeer& default_dial_peer();

// The keyword of the language ("g711ulaw") and what RTP calls it ("PCMU", 8000 Hz, static payload
// type).
struct CodecInfo {
    Codec codec;
    const char* keyword;
    const char* encoding;      // rtpmap name
    std::uint32_t clock_rate;  // Hz
    std::optional<std::uint8_t>
        payload_type;             // static (RFC 3551) or Cisco's default dynamic number
    std::uint16_t default_bytes;  // payload per packet
};
[[nodiscard]] const CodecInfo& codec_info(Codec codec);
[[nodiscard]] const std::vector<CodecInfo>& all_codecs();

}  // namespace weir::config
