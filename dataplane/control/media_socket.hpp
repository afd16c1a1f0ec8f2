// SPDX-License-Identifier: Apache-2.0
// The kernel UDP socket of one media port, as the `socket` I/O mode needs it.
#pragma once

#include <cstdint>
#include <string>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "config/base/unique_fd.hpp"

namespace weir::dataplane {

// A media address of this node: realms of platform.yaml, in their order.
struct MediaRealm {
    std::string name;
    IpAddress address;
    std::string device{};  // "" = any; otherwise packets of other devices are not accepted
};

// Opens a non-blocking socket bound to the realm's address and `port` (0 = the kernel chooses),
// with receive time stamps, overflow counter and DSCP EF. Thread: control. Errors: exists (the port
// is in use), exhausted (no descriptor is left), not_found (the address is not on this machine),
// denied, io.
[[nodiscard]] Result<UniqueFd> open_media_socket(const MediaRealm& realm, std::uint16_t port);

}  // namespace weir::dataplane
