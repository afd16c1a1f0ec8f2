// SPDX-License-Identifier: Apache-2.0
// What this machine has, from getifaddrs(3) and sched_getaffinity(2), and the check against it.
#include "config/platform/host.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sched.h>

#include "config/base/socket_address.hpp"

namespace weir::config {
namespace {

IpAddress address_of(const sockaddr& generic) {
    SocketAddress address{};
    const std::size_t size = generic.sa_family == AF_INET6 ? sizeof address.v6 : sizeof address.v4;
    if (generic.sa_family != AF_INET && generic.sa_family != AF_INET6) return {};
    std::memcpy(&address, &generic, size);
    return to_endpoint(address).address;
}

std::uint8_t prefix_length(const sockaddr* netmask) {
    if (netmask == nullptr) return 0;
    int bits = 0;
    for (const std::uint8_t byte : address_of(*netmask).bytes)
        bits += std::popcount(byte);
    return static_cast<std::uint8_t>(bits);
}

std::string devices_of(const HostFacts& host) {
    std::set<std::string> texts;
    for (const HostAddress& held : host.addresses)
        texts.insert(fmt::format("{} ({})", held.prefix.address.to_string(), held.device));
    return fmt::format("{}", fmt::join(texts, ", "));
}

void check_address(const IpAddress& address, const std::string& what, YamlPlace place,
                   const HostFacts& host, std::vector<PlatformError>& errors) {
    if (!address.is_set() || address.is_unspecified() || host.has(address)) return;
    errors.push_back({place, fmt::format("{}: this machine has no address {}; it has {}", what,
                                         address.to_string(), devices_of(host))});
}

}  // namespace

bool HostFacts::has(const IpAddress& address) const {
    return has(address, "");
}

bool HostFacts::has(const IpAddress& address, const std::string& device) const {
    return std::any_of(addresses.begin(), addresses.end(), [&](const HostAddress& held) {
        if (!device.empty() && held.device != device) return false;
        if (held.prefix.address == address) return true;
        return held.loopback && held.prefix.address.family == Family::v4 &&
               held.prefix.contains(address);
    });
}

Result<HostFacts> read_host_facts() {
    HostFacts facts;
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return fail_errno("cannot list this machine's addresses", errno);
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> guard(list, &freeifaddrs);
    for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr) continue;
        const IpAddress address = address_of(*entry->ifa_addr);
        if (!address.is_set()) continue;
        facts.addresses.push_back({entry->ifa_name,
                                   {address, prefix_length(entry->ifa_netmask)},
                                   (entry->ifa_flags & IFF_LOOPBACK) != 0});
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return fail_errno("cannot list this process's cores", errno);
    for (unsigned core = 0; core < CPU_SETSIZE; ++core)
        if (CPU_ISSET(core, &set)) facts.cores.push_back(core);
    return facts;
}

std::vector<PlatformError> check_against_host(const Platform& platform, const HostFacts& host) {
    std::vector<PlatformError> errors;
    const auto check = [&](const IpAddress& address, const std::string& what, YamlPlace place) {
        if (!platform.is_on_port(address)) check_address(address, what, place, host, errors);
    };
    for (const Realm& realm : platform.realms) {
        check(realm.address, fmt::format("realm '{}'", realm.name), realm.place);
        if (platform.port_of(realm) == nullptr && !realm.device.empty() &&
            host.has(realm.address) && !host.has(realm.address, realm.device))
            errors.push_back(
                {realm.place,
                 fmt::format("realm '{}': the address {} is not on the device {}; it is among {}",
                             realm.name, realm.address.to_string(), realm.device,
                             devices_of(host))});
    }
    for (const SipListener& listener : platform.sip.listen)
        check(listener.endpoint.address, "sip.listen", listener.place);
    if (platform.http.enabled)
        check(platform.http.listen.address, "http.listen", platform.http.place);
    if (platform.recorder.enabled) {
        check(platform.recorder.listen.address, "recorder.listen", platform.recorder.place);
        check(platform.recorder.rtp_address, "recorder.rtp_address", platform.recorder.place);
    }
    for (const unsigned core : platform.media.cores) {
        if (std::find(host.cores.begin(), host.cores.end(), core) != host.cores.end()) continue;
        errors.push_back(
            {platform.media.cores_place,
             fmt::format("media.cores: there is no core {} for this process; it may use {}", core,
                         fmt::join(host.cores, ", "))});
    }
    return errors;
}

std::vector<AbsentAddress> take_absent(const Platform& platform, const HostFacts& host,
                                       std::vector<PlatformError>& errors) {
    std::vector<AbsentAddress> taken;
    const auto& realms = platform.realms;
    const auto is_here = [&](const IpAddress& address) {
        return host.has(address) || platform.is_on_port(address);
    };
    if (std::none_of(realms.begin(), realms.end(),
                     [&](const Realm& realm) { return is_here(realm.address); }))
        return taken;
    const auto take = [&](const IpAddress& address, const YamlPlace& place) {
        if (is_here(address)) return;
        const auto found = std::find_if(errors.begin(), errors.end(), [&](const auto& error) {
            return error.place.line == place.line && error.place.column == place.column;
        });
        if (found == errors.end()) return;
        taken.push_back({address, *found});
        errors.erase(found);
    };
    for (const Realm& realm : realms)
        take(realm.address, realm.place);
    for (const SipListener& listener : platform.sip.listen)
        take(listener.endpoint.address, listener.place);
    return taken;
}

}  // namespace weir::config
