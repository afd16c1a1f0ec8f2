// SPDX-License-Identifier: Apache-2.0
// The sections of platform.yaml about the node as its operators see it: the router's interface
// names, users, directories, the partner of a pair.
//
// Keys, defaults and ranges are documented in SCHEMA.md. Thread: any (values).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/address.hpp"

namespace weir::config {

// A line and column of platform.yaml, both from 1; 0 = a default, not written anywhere.
struct YamlPlace {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

// interfaces: what `interface NAME` and `bind ... source-interface NAME` of the configuration are
// on this machine.
struct PlatformInterface {
    std::string name;    // "GigabitEthernet0/0/0"
    std::string device;  // the kernel's device that must hold its addresses; "" = any
    // Of an interface without `ip address` and `ipv6 address` of its own; none = it has none.
    std::optional<Prefix> address{};
    YamlPlace place{};
};

// users: who may do what on the admin socket, by the user name of the process that connects.
// Strangers are read-only; root and the user that Weir runs as are administrators always.
enum class UserRole : std::uint8_t { read_only, admin };
[[nodiscard]] const char* to_string(UserRole role);
struct PlatformUser {
    std::string name;
    UserRole role = UserRole::read_only;
    YamlPlace place{};
};

// store: where the startup configuration's history and the candidate are kept.
struct StorePlatform {
    std::string directory;  // "" = beside the configuration file
};

// flash: the directory that `flash:NAME` and `bootflash:NAME` of the configuration mean.
struct FlashPlatform {
    std::string directory;  // "" = the directory `flash` beside the configuration file
};

// pki: where the certificates of `crypto pki trustpoint NAME` lie: NAME.pem (the certificate and
// those between it and its authority), NAME.key, and NAME.ca.pem or ca.pem (who is believed).
struct PkiPlatform {
    std::string directory;  // "" = the directory `pki` beside the configuration file
};

// dns: who resolves names.
struct DnsPlatform {
    std::vector<Endpoint> servers{};  // empty = /etc/resolv.conf; at most kMaxDnsServers
    // How long the first call to a name waits for its address before it hunts on; 0 = not at all.
    std::chrono::milliseconds call_wait{3'000};
};

// ha: the pair that this node belongs to. Kept, without effect yet.
struct HaPlatform {
    struct Peer {
        std::string name;
        IpAddress address;
        YamlPlace place{};
    };
    std::vector<Peer> peers;
    std::optional<Endpoint> checkpoint{};  // where the state of calls is exchanged
    std::vector<IpAddress> shared;         // addresses that move to the active node
    YamlPlace place{};
    [[nodiscard]] bool is_set() const { return place.line != 0; }
};

}  // namespace weir::config
