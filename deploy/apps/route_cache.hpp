// SPDX-License-Identifier: Apache-2.0
// RouteCache: what the kernel said of its routes, for a second.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <utility>

#include "config/base/clock.hpp"
#include "deploy/apps/media_realms.hpp"

namespace weir::apps {

// A trunk has few peers: a call to one of them needs no system calls to learn our address.
inline constexpr std::size_t kRouteCacheEntries = 4096;
// How long a changed route is not noticed by new calls.
inline constexpr auto kRouteCacheTime = std::chrono::seconds(1);

// Thread: sip.
class RouteCache {
public:
    // `clock` outlives it.
    RouteCache(const Clock& clock, RouteLookup route) : clock_(clock), route_(std::move(route)) {}

    // The local address toward `party`, as the lookup gave it within kRouteCacheTime.
    [[nodiscard]] IpAddress toward(const IpAddress& party);
    [[nodiscard]] RouteLookup lookup() {
        return [this](const IpAddress& party) { return toward(party); };
    }

private:
    struct Known {
        IpAddress local;
        MonoTime until;
    };
    const Clock& clock_;
    RouteLookup route_;
    std::map<IpAddress, Known> known_;
};

}  // namespace weir::apps
