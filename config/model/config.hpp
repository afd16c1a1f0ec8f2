// SPDX-License-Identifier: Apache-2.0
// A whole configuration; the objects it is made of stand in the headers it includes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/base/address.hpp"
#include "config/model/dial_peer.hpp"
#include "config/model/media.hpp"
#include "config/model/number_tables.hpp"
#include "config/model/sip_options.hpp"
#include "config/model/sip_profiles.hpp"
#include "config/model/sip_ua.hpp"
#include "config/model/translation.hpp"
#include "config/model/vocabulary.hpp"
#include "config/model/voice_class.hpp"
#include "config/model/voice_service.hpp"

namespace weir::config {

// interface NAME / ip address A.B.C.D MASK / ipv6 address X/len
struct Interface {
    std::string name;
    std::string description;
    std::vector<Prefix> addresses;  // host address with the prefix length of its net
    bool shutdown = false;
    std::string vrf;  // vrf forwarding NAME: calls that come in here match peers bound in it
    KeptLines kept;
    Place place;
};

// voice class tenant N (spec A.13): the level between dial-peer and global
struct Tenant {
    std::uint32_t tag = 0;  // 1..10000
    std::string description;
    SipOptions sip;
    KeptLines kept;
    Place place;
};

// voice hunt {CAUSE | all} (spec A.8): Q.850 causes that were named
struct VoiceHunt {
    bool all = false;
    std::set<std::uint8_t> go_on;  // voice hunt CAUSE
    std::set<std::uint8_t> stop;   // no voice hunt CAUSE
    bool operator==(const VoiceHunt&) const = default;
};

// dial-peer cor custom / name X, dial-peer cor list L / member X (spec A.8)
struct CorTables {
    std::vector<std::string> names;                         // in the order of writing
    std::map<std::string, std::vector<std::string>> lists;  // list -> members
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
    std::map<std::uint32_t, Tenant> tenants;
    std::map<std::uint32_t, PatternMap> pattern_maps;
    std::map<std::uint32_t, NumberTranslationFile> number_files;
    std::map<std::uint32_t, DialPeerGroup> dial_peer_groups;
    std::map<std::uint32_t, ProvisionPolicy> provision_policies;
    std::map<std::uint32_t, RouteString> route_strings;
    std::map<std::uint32_t, ServerGroup> server_groups;
    std::map<std::uint32_t, KeepaliveProfile> keepalive_profiles;
    std::map<std::uint32_t, HeaderPassList> pass_lists;
    std::map<std::uint32_t, HeaderCopyList> copy_lists;
    std::map<std::uint32_t, SipProfiles> sip_profiles;
    std::map<std::uint32_t, SrtpCryptoClass> srtp_crypto_classes;
    std::map<std::uint32_t, TlsCipherClass> tls_cipher_classes;
    std::map<std::uint32_t, TlsProfile> tls_profiles;
    std::map<std::uint32_t, MediaSettingsClass> media_settings_classes;
    std::map<std::string, DnisMap> dnis_maps;
    std::map<std::uint32_t, EnumTable> enum_tables;
    std::map<std::uint32_t, TranslationRuleSet> translation_rules;
    std::map<std::string, TranslationProfile> translation_profiles;
    std::vector<NumberExpansion>
        number_expansions;              // num-exp, in the order of writing, at most 250
    std::string voip_incoming_profile;  // voip-incoming translation-profile NAME
    VoiceHunt voice_hunt;
    CorTables cor;
    KeptLines kept;  // global lines without effect
    // Sub-modes without effect: the heads from the outermost, joined by '\n', -> their lines.
    std::map<std::string, KeptLines> kept_blocks;

    [[nodiscard]] const DialPeer* find_peer(DialPeerTag tag) const;
    // The recorder peers of a media class in failover order; empty if it names none.
    [[nodiscard]] std::vector<DialPeerTag> recorders_of(std::uint32_t media_class) const;
};

using ConfigPtr = std::shared_ptr<const Config>;

// Dial-peer 0: what an inbound call gets that matches no peer (spec A.7).
[[nodiscard]] const DialPeer& default_dial_peer();
}  // namespace weir::config
