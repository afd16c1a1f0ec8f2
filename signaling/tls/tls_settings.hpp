// SPDX-License-Identifier: Apache-2.0
// What the TLS stack is told: certificates by peer, versions, listeners, times. Values only.
//
// The words are those of spec B.13; deploy/apps reads them out of a configuration. Thread: any.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "signaling/tls/tls_limits.hpp"

namespace weir::signaling {

// Who we are to a peer, and who it must be.
struct TlsIdentity {
    std::string trustpoint;            // its files: NAME.pem, NAME.key
    std::string verifier;              // client-vtp: NAME.ca.pem; "" = the trustpoint's own
    bool check_server = false;         // cn-san validate server: whom we call
    bool check_client = false;         // cn-san validate client: who calls us
    std::vector<std::string> names;    // cn-san I NAME
    std::vector<std::string> ciphers;  // in the order of offering; empty = the library's own
    bool curve_384 = false;
    bool send_sni = false;
    auto operator<=>(const TlsIdentity&) const = default;
};

enum class TlsVersion : std::uint8_t { v1_0, v1_1, v1_2, v1_3 };

struct TlsListener {
    Endpoint address;           // port 0: any free one
    std::uint32_t profile = 0;  // tls-profile of the tenant whose port it is; 0 = by address
    bool operator==(const TlsListener&) const = default;
};

struct TlsSettings {
    std::string directory;  // of certificates
    TlsVersion lowest = TlsVersion::v1_2;
    TlsVersion highest = TlsVersion::v1_3;
    std::map<std::uint32_t, TlsIdentity> profiles;  // voice class tls-profile
    std::map<Prefix, TlsIdentity> by_address;       // crypto signaling remote-addr
    std::optional<TlsIdentity> by_default;          // crypto signaling default
    std::vector<TlsListener> listeners{};
    // Of them, by address: endpoints behind us may register there, from wherever they are.
    std::set<Endpoint> registering{};
    std::chrono::nanoseconds strangers = kTlsStrangerPatience;  // until a REGISTER is passed on
    std::chrono::nanoseconds establish =
        std::chrono::seconds(20);                               // timers connection establish tls
    std::chrono::nanoseconds aging = std::chrono::minutes(60);  // timers connection aging tls

    // Spec A.13: the tenant's profile, the longest network that holds the peer, the default.
    [[nodiscard]] const TlsIdentity* identity_for(std::uint32_t profile,
                                                  const IpAddress& peer) const;
};

}  // namespace weir::signaling
