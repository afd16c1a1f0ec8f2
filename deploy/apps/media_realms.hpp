// SPDX-License-Identifier: Apache-2.0
// MediaRealms: which of our media addresses a party gets.
#pragma once

#include <functional>
#include <optional>

#include "config/base/address.hpp"
#include "config/model/config.hpp"
#include "config/platform/platform.hpp"
#include "dataplane/api/session.hpp"

namespace weir::apps {

// The local address that the kernel would use toward `party`; unset when it has no route.
using RouteLookup = std::function<IpAddress(const IpAddress& party)>;
// The real one: a UDP socket that is connected and asked. No packet is sent. Thread: any.
[[nodiscard]] IpAddress kernel_route(const IpAddress& party);

// Thread: sip.
class MediaRealms {
public:
    // `platform` outlives it.
    MediaRealms(const config::Platform& platform, RouteLookup route);

    // The realm of the interface named by `bind media` in the party's family; else the one with the
    // address of the route; else the first of the family; else realm 0.
    [[nodiscard]] dataplane::RealmIndex toward(const config::Config& config,
                                               const IpAddress& party) const;

private:
    const config::Platform& platform_;
    RouteLookup route_;
};

}  // namespace weir::apps
