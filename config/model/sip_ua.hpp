// SPDX-License-Identifier: Apache-2.0
// sip-ua: timers and retries (spec B.12), the global level of a tenant's words.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "config/base/address.hpp"
#include "config/model/vocabulary.hpp"

namespace weir::config {

// crypto signaling {remote-addr ... | default} {trustpoint TP ... | tls-profile N} (spec B.13)
struct CryptoSignaling {
    std::string trustpoint;         // "" with a tls-profile
    std::string cn_san_validate;    // server, client, bidirectional; "" = off
    std::string client_trustpoint;  // client-vtp
    bool strict_cipher = false;     // the suites of RFC 5246 that every peer has, nothing else
    bool ecdsa_cipher = false;      // suites with ECDSA certificates alone
    bool curve_384 = false;         // curve-size 384
    std::uint32_t tls_profile = 0;  // 0 = none
    bool operator==(const CryptoSignaling&) const = default;
};

// transport tcp tls [vN [minimum]]
struct TlsTransport {
    std::uint8_t version = 0;  // 10, 11, 12, 13 for v1.0 to v1.3; 0 = 1.2 and 1.3
    bool minimum = false;      // the version and those above; else that version alone
    bool operator==(const TlsTransport&) const = default;
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
    // set pstn-cause N sip-status CODE and its reverse (spec E.8): what differs from the tables
    std::map<std::uint16_t, std::uint16_t> cause_to_status;  // Q.850 1..127 -> 400..699
    std::map<std::uint16_t, std::uint16_t> status_to_cause;
    // Listeners (spec B.12, B.13): TLS is opened where a certificate is named, or by this line.
    bool transport_udp = true;
    bool transport_tcp = true;
    std::optional<TlsTransport> transport_tls;
    std::optional<CryptoSignaling> crypto_default;        // crypto signaling default
    std::map<Prefix, CryptoSignaling> crypto_by_address;  // crypto signaling remote-addr
    bool cause_map_rfc3398 = false;  // cause-map rfc3398: the tables of RFC 3398 where they differ
    KeptLines kept;
};

}  // namespace weir::config
