// SPDX-License-Identifier: Apache-2.0
// `registrar`, `registrar server` and `registration passthrough` as values (spec B.11).
//
// The configuration keeps these lines as they were written; here they are read once per commit.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/model/config.hpp"

namespace weir::config {

// registrar [1-6] {dns:|ipv4:|ipv6:}X[:port] ...
struct Registrar {
    std::uint8_t index = 1;  // 1..6
    SipHop hop;
    std::chrono::seconds expires{3600};  // 60..65535
    std::uint8_t refresh_ratio = 80;     // percent, 1..100
    std::string realm;                   // auth-realm: only credentials of it; "" = all
    bool tcp = false;
    bool tls = false;
    bool sips = false;            // scheme sips
    bool random_contact = false;  // a user part in Contact that nobody can guess
    bool secondary = false;       // only while no other registrar of the line answers
    bool operator==(const Registrar&) const = default;
};

// Of sip-ua (`tenant` 0) or of a tenant, by index.
struct RegistrarLevel {
    std::uint32_t tenant = 0;
    std::vector<Registrar> registrars;
    std::vector<Credential> credentials;
};
// The levels with a registrar and a credential. Thread: any.
[[nodiscard]] std::vector<RegistrarLevel> registrar_levels(const Config& config);

// registrar server [expires max S min S]
struct RegistrarServer {
    std::chrono::seconds max_expires{3600};  // 60..86400
    std::chrono::seconds min_expires{60};    // 60..3600
    bool operator==(const RegistrarServer&) const = default;
};
[[nodiscard]] std::optional<RegistrarServer> registrar_server(const Config& config);

// registration passthrough [static] [rate-limit] [registrar-index N]. `static` is always so: no
// REGISTER goes to a host that its sender names.
struct RegistrationPassthrough {
    bool rate_limit = false;  // refreshes are answered here while the registrar's time runs
    std::optional<std::uint8_t> registrar;  // index; none = the first
    bool operator==(const RegistrationPassthrough&) const = default;
};
// What the first level says: dial-peer, its tenant, voice service voip / sip.
[[nodiscard]] std::optional<RegistrationPassthrough> registration_passthrough(const Config& config,
                                                                              const DialPeer& peer);
// Whether REGISTERs that arrive at a listener are passed on for some dial-peer: at the port of that
// tenant, or (none) at one of the node. False without `registrar server`.
[[nodiscard]] bool passes_registers(const Config& config, std::optional<std::uint32_t> tenant);
// Where a REGISTER of the peer's endpoints goes, in order: the registrar of that index and no
// other, or the first primary one by number and then those with `secondary`; of the level that
// registrar_of takes them from.
[[nodiscard]] std::vector<Registrar> registrars_of(const Config& config, const DialPeer& peer,
                                                   std::optional<std::uint8_t> index);
// The registrar of that index, or the first by number: of the peer's tenant if that has one, else
// of sip-ua.
[[nodiscard]] std::optional<Registrar> registrar_of(const Config& config, const DialPeer& peer,
                                                    std::optional<std::uint8_t> index);

}  // namespace weir::config
