// SPDX-License-Identifier: Apache-2.0
// HostCache: addresses of the host names in `session target dns:`, resolved ahead of the calls.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "config/base/address.hpp"
#include "config/base/log.hpp"
#include "config/model/config.hpp"

namespace weir::apps {

// A name to its address; nothing when it has none now. May block for seconds.
using HostLookup = std::function<std::optional<IpAddress>(const std::string& host)>;
// getaddrinfo(3): /etc/hosts, then A and AAAA records; the first that it returns.
[[nodiscard]] std::optional<IpAddress> system_lookup(const std::string& host);

// Bounded by the dial-peers: only their names are asked for, every kHostRefresh, by a thread of its
// own. A name that stops resolving keeps its last address: a broken name server must not stop
// calls.
class HostCache {
public:
    HostCache(std::set<std::string> hosts, HostLookup lookup, Logger& log);
    // Does not wait for a lookup that hangs: what the thread needs lives as long as it. `log` must
    // too, so it is not used any more once this has returned.
    ~HostCache();
    HostCache(const HostCache&) = delete;
    HostCache& operator=(const HostCache&) = delete;

    // From now on these are asked for, at once; what is known of others is forgotten. Thread: any.
    void set_hosts(std::set<std::string> hosts);

    // Thread: any; never blocks on the network.
    [[nodiscard]] std::optional<IpAddress> find(const std::string& host) const;

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

// The names of all dial-peers with `session target dns:`.
[[nodiscard]] std::set<std::string> target_hosts(const config::Config& config);

}  // namespace weir::apps
