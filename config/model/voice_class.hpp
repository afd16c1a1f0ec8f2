// SPDX-License-Identifier: Apache-2.0
// voice class ...: what dial-peers and tenants refer to by tag (spec A.4, A.5, A.8, A.9, A.10,
// A.12, B.8, B.13).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "config/base/address.hpp"
#include "config/model/vocabulary.hpp"

namespace weir::config {

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

// voice class e164-pattern-map N (spec A.5). `entries` stands in the configuration; what `url`
// names is read by the dial plan's owner at load and is no part of the configuration.
struct PatternMap {
    std::uint32_t tag = 0;  // 1..10000
    std::string description;
    std::vector<std::string> entries;  // patterns of A.3, in the order of writing, no duplicates
    std::string url;                   // "" = none
    bool shutdown = false;
    Place place;
    std::unordered_set<std::string> known{};  // the reader's index of `entries`; else unused
};

// voice class e164-translation N / url FILE (spec A.5)
struct NumberTranslationFile {
    std::uint32_t tag = 0;  // 1..10000
    std::string url;
    Place place;
};

// voice class dpg N (spec A.8)
struct DialPeerGroup {
    struct Member {
        DialPeerTag peer;
        std::uint8_t preference = 0;  // 0 is best
        bool operator==(const Member&) const = default;
    };
    std::uint32_t tag = 0;  // 1..10000
    std::string description;
    std::vector<Member> members;  // in the order of writing, at most 20
    bool shutdown = false;
    Place place;
};

// What a provision policy or an outbound matcher looks at (spec A.8).
enum class PolicyAttribute : std::uint8_t {
    called,
    calling,
    uri,
    from,
    to,
    via,
    diversion,
    referred_by,
    carrier_id,
};

// voice class dial-peer provision-policy N
struct ProvisionPolicy {
    struct Line {
        std::uint8_t preference = 1;  // 1 or 2
        PolicyAttribute first = PolicyAttribute::called;
        std::optional<PolicyAttribute> second;
        bool operator==(const Line&) const = default;
    };
    std::uint32_t tag = 0;  // 1..10000
    std::string description;
    std::vector<Line> lines;  // ascending preference
    bool shutdown = false;
    Place place;
};

// voice class route-string N / pattern TEXT
struct RouteString {
    std::uint32_t tag = 0;  // 1..10000
    std::string pattern;    // wildcard *
    Place place;
};

// voice class server-group N (spec A.9)
struct ServerGroup {
    struct Server {
        IpAddress address;
        std::uint16_t port = 0;       // 0 = the default of the transport
        std::uint8_t preference = 0;  // 0..5, 0 is best
        bool operator==(const Server&) const = default;
    };
    struct HuntStop {
        std::uint16_t tag = 0;    // 1..1000
        std::uint16_t first = 0;  // 400..599
        std::uint16_t last = 0;   // = first for a single code
        bool operator==(const HuntStop&) const = default;
    };
    std::uint32_t tag = 0;  // 1..10000
    std::string description;
    std::vector<Server> servers;  // in the order of writing, at most 5
    bool round_robin = false;
    std::vector<HuntStop> huntstops;  // ascending tag
    bool shutdown = false;
    Place place;
};

// voice class sip-options-keepalive N (spec A.12)
struct KeepaliveProfile {
    std::uint32_t tag = 0;  // 1..10000
    std::string description;
    Transport transport = Transport::system;
    bool tls = false;  // transport tcp tls
    std::optional<std::uint32_t> sip_profiles;
    std::uint16_t up_interval = 60;    // seconds, 5..1200
    std::uint16_t down_interval = 30;  // seconds, 5..1200
    std::uint8_t retry = 5;            // 1..10
    bool shutdown = false;
    Place place;
};

// voice class sip-hdr-passthrulist N (spec B.8)
struct HeaderPassList {
    std::uint32_t tag = 0;
    std::vector<std::string> headers;
    bool unsupported = false;  // passthru-hdr-unsupp
    Place place;
};

// voice class sip-copylist N (spec D.4)
struct HeaderCopyList {
    std::uint32_t tag = 0;
    std::vector<std::string> headers;  // in the order of writing
    Place place;
};

// voice class srtp-crypto N (spec B.13)
enum class SrtpSuite : std::uint8_t {  // in the default order of offering
    aead_aes_256_gcm,
    aead_aes_128_gcm,
    aes_cm_128_hmac_sha1_80,
    aes_cm_128_hmac_sha1_32,
};
struct SrtpCryptoClass {
    std::uint32_t tag = 0;
    std::map<std::uint8_t, SrtpSuite> suites;  // preference 1..4
    Place place;
};

// voice class tls-cipher N
struct TlsCipherClass {
    std::uint32_t tag = 0;
    std::map<std::uint8_t, std::string> ciphers;  // preference 1..10
    Place place;
};

// voice class tls-profile N
struct TlsProfile {
    std::uint32_t tag = 0;
    std::string description;
    std::string trustpoint;
    std::string client_trustpoint;               // client-vtp
    std::string cn_san_validate;                 // server, client, bidirectional; "" = off
    std::map<std::uint8_t, std::string> cn_san;  // 1..10
    std::optional<std::uint32_t> cipher;         // voice class tls-cipher
    bool sni_send = false;
    Place place;
};

}  // namespace weir::config
