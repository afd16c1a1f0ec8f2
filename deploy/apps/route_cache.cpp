// SPDX-License-Identifier: Apache-2.0
// Asks the kernel once a second and party.
#include "deploy/apps/route_cache.hpp"

namespace weir::apps {

IpAddress RouteCache::toward(const IpAddress& party) {
    const MonoTime now = clock_.now();
    const auto found = known_.find(party);
    if (found != known_.end() && now < found->second.until) return found->second.local;
    const IpAddress local = route_(party);
    if (found == known_.end() && known_.size() >= kRouteCacheEntries) known_.clear();
    known_[party] = {local, now + kRouteCacheTime};
    return local;
}

}  // namespace weir::apps
