// SPDX-License-Identifier: Apache-2.0
// Resolves names in the background and keeps the last answers.
#include "deploy/apps/host_cache.hpp"

#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <netdb.h>
#include <signal.h>
#include <sys/socket.h>

#include "config/base/limits.hpp"
#include "config/base/socket_address.hpp"

namespace weir::apps {

// The mutex guards everything but lookup; it is never held over a lookup.
struct HostCache::Shared {
    std::set<std::string> hosts;
    HostLookup lookup;
    std::mutex mutex;
    std::condition_variable wake;
    std::map<std::string, IpAddress> addresses;
    bool stop = false;
    bool changed = false;   // hosts, since the last round began
    bool running = false;   // there is a thread
    Logger* log = nullptr;  // null once the cache is gone

    void keep(const std::string& host, const std::optional<IpAddress>& address) {
        const std::lock_guard lock(mutex);
        if (!address) {
            if (log != nullptr)
                log->warning("host.unresolved",
                             {{"host", host}, {"kept", addresses.contains(host) ? "yes" : "no"}});
            return;
        }
        if (!hosts.contains(host)) return;  // not wanted any more
        IpAddress& known = addresses[host];
        if (known != *address && log != nullptr)
            log->info("host.resolved", {{"host", host}, {"address", address->to_string()}});
        known = *address;
    }

    void run() {
        std::unique_lock lock(mutex);
        while (!stop) {
            changed = false;
            const std::set<std::string> asked = hosts;  // they may change during a lookup
            for (const std::string& host : asked) {
                if (stop || changed) break;
                lock.unlock();
                keep(host, lookup(host));
                lock.lock();
            }
            wake.wait_for(lock, kHostRefresh, [this] { return stop || changed; });
        }
    }
};

std::optional<IpAddress> system_lookup(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return std::nullopt;
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(list, &::freeaddrinfo);
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        SocketAddress address{};
        if (entry->ai_addrlen > sizeof address) continue;
        std::memcpy(&address, entry->ai_addr, entry->ai_addrlen);
        if (const Endpoint endpoint = to_endpoint(address); endpoint.address.is_set())
            return endpoint.address;
    }
    return std::nullopt;
}

HostCache::HostCache(std::set<std::string> hosts, HostLookup lookup, Logger& log)
    : shared_(std::make_shared<Shared>()) {
    shared_->lookup = std::move(lookup);
    shared_->log = &log;
    set_hosts(std::move(hosts));
}

void HostCache::set_hosts(std::set<std::string> hosts) {
    const std::lock_guard lock(shared_->mutex);
    if (hosts == shared_->hosts) return;
    shared_->hosts = std::move(hosts);
    std::erase_if(shared_->addresses,
                  [&](const auto& entry) { return !shared_->hosts.contains(entry.first); });
    shared_->changed = true;
    shared_->wake.notify_all();
    if (shared_->hosts.empty() || std::exchange(shared_->running, true)) return;
    // The first names begin the thread; without names there is none.
    std::thread([shared = shared_] { shared->run(); }).detach();
}

HostCache::~HostCache() {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
    shared_->log = nullptr;
    shared_->wake.notify_all();
}

std::optional<IpAddress> HostCache::find(const std::string& host) const {
    const std::lock_guard lock(shared_->mutex);
    const auto found = shared_->addresses.find(host);
    return found == shared_->addresses.end() ? std::nullopt : std::optional(found->second);
}

std::set<std::string> target_hosts(const config::Config& config) {
    std::set<std::string> hosts;
    for (const auto& [tag, peer] : config.dial_peers)
        if (peer.target.kind == config::SessionTarget::Kind::dns) hosts.insert(peer.target.host);
    return hosts;
}

}  // namespace weir::apps
