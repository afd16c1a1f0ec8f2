// SPDX-License-Identifier: Apache-2.0
// Holds a platform against the machine: addresses, devices and cores that are not there are errors.
#pragma once

#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "config/platform/platform.hpp"

namespace weir::config {

struct HostAddress {
    std::string device;  // "eth0"
    Prefix prefix;       // the address with the prefix length of its net
    bool loopback = false;
};

// What this machine has. Read once; tests make their own.
struct HostFacts {
    std::vector<HostAddress> addresses;
    std::vector<unsigned> cores;  // that this process may run on, ascending

    // Whether a socket can be bound to it. All of a loopback device's IPv4 net is local (RFC
    // 1122 3.2.1.3).
    [[nodiscard]] bool has(const IpAddress& address) const;
    [[nodiscard]] bool has(const IpAddress& address, const std::string& device) const;
};

// Errors: io. Thread: any.
[[nodiscard]] Result<HostFacts> read_host_facts();

// Everything in `platform` that this machine does not have. Addresses of realms on media.ports need
// not be there: weir-media puts them on a tap.
[[nodiscard]] std::vector<PlatformError> check_against_host(const Platform& platform,
                                                            const HostFacts& host);

// A realm or a SIP listener whose address this machine does not have.
struct AbsentAddress {
    IpAddress address;
    PlatformError finding;
};
// Takes these out of `errors`, as check_against_host() gave them, as long as a realm is left: its
// calls find no media port, the others run.
[[nodiscard]] std::vector<AbsentAddress> take_absent(const Platform& platform,
                                                     const HostFacts& host,
                                                     std::vector<PlatformError>& errors);

}  // namespace weir::config
