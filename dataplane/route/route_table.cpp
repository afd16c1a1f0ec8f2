// SPDX-License-Identifier: Apache-2.0
// Longest prefix match by one hash look-up for each prefix length in use.
#include "dataplane/route/route_table.hpp"

#include <algorithm>

namespace weir::dataplane {
namespace {

std::uint8_t bits_of(Family family) {
    return family == Family::v4 ? 32 : 128;
}

// The prefix with the bits behind its length zeroed.
Prefix masked(const IpAddress& address, std::uint8_t length) {
    Prefix prefix{address, std::min(length, bits_of(address.family))};
    for (std::size_t byte = 0; byte < prefix.address.bytes.size(); ++byte) {
        const int keep = std::clamp(int{prefix.length} - static_cast<int>(byte) * 8, 0, 8);
        prefix.address.bytes[byte] &= static_cast<std::uint8_t>(0xFF00U >> unsigned(keep));
    }
    return prefix;
}

// FNV-1a: the keys are the kernel's and not a stranger's, so nobody chooses collisions.
std::size_t hash_of(const IpAddress& address, std::uint64_t salt) {
    std::uint64_t hash = 0xCBF29CE484222325ULL ^ salt;
    for (const auto byte : address.bytes)
        hash = (hash ^ byte) * 0x100000001B3ULL;
    return static_cast<std::size_t>(hash ^ hash >> 32U);
}

}  // namespace

const char* to_string(NeighbourState state) {
    switch (state) {
        case NeighbourState::unresolved:
            return "unresolved";
        case NeighbourState::failed:
            return "failed";
        case NeighbourState::reachable:
            return "reachable";
        case NeighbourState::stale:
            return "stale";
        case NeighbourState::probing:
            return "probing";
    }
    return "?";
}

std::size_t RouteTable::PrefixHash::operator()(const Prefix& prefix) const noexcept {
    return hash_of(prefix.address, prefix.length);
}

std::size_t RouteTable::NextHopHash::operator()(const NextHop& at) const noexcept {
    return hash_of(at.address, at.device);
}

std::vector<RouteTable::Entry> RouteTable::entries_of(const Route& route) {
    if (route.paths.empty()) return {Entry{route.metric, {}, true}};
    std::vector<Entry> entries;
    for (const auto& path : route.paths)
        entries.push_back(Entry{route.metric, path, false});
    return entries;
}

void RouteTable::add(const Route& route) {
    const Prefix prefix = masked(route.destination.address, route.destination.length);
    if (prefix.address.family == Family::none) return;
    for (const auto& entry : entries_of(route))
        add_entry(prefix, entry);
}

void RouteTable::add_entry(const Prefix& prefix, const Entry& entry) {
    if (const auto found = routes_.find(prefix); found != routes_.end()) {
        for (auto& known : found->second) {
            const bool is_same =
                known.metric == entry.metric && known.is_dead_end == entry.is_dead_end &&
                known.path.device == entry.path.device && known.path.gateway == entry.path.gateway;
            if (!is_same) continue;
            known.path.is_usable = entry.path.is_usable;
            return;
        }
    }
    if (path_count_ >= max_paths_) {
        ++refused_routes_;
        return;
    }
    auto& entries = routes_[prefix];
    if (entries.empty()) {
        if (prefix.address.family == Family::v4)
            ++v4_lengths_[prefix.length];
        else
            ++v6_lengths_[prefix.length];
    }
    const auto behind = std::upper_bound(
        entries.begin(), entries.end(), entry.metric,
        [](std::uint32_t metric, const Entry& other) { return metric < other.metric; });
    entries.insert(behind, entry);
    ++path_count_;
}

void RouteTable::replace(const Route& route) {
    const Prefix prefix = masked(route.destination.address, route.destination.length);
    if (const auto found = routes_.find(prefix); found != routes_.end())
        // An empty list stays for the moment: add() puts something into it.
        path_count_ -= std::erase_if(
            found->second, [&](const Entry& entry) { return entry.metric == route.metric; });
    if (const auto found = routes_.find(prefix); found != routes_.end() && found->second.empty()) {
        routes_.erase(found);
        --(prefix.address.family == Family::v4 ? v4_lengths_[prefix.length]
                                               : v6_lengths_[prefix.length]);
    }
    add(route);
}

bool RouteTable::remove(const Route& route) {
    const Prefix prefix = masked(route.destination.address, route.destination.length);
    const auto found = routes_.find(prefix);
    if (found == routes_.end()) return false;
    bool is_whole = true;
    auto& entries = found->second;
    for (const auto& gone : entries_of(route)) {
        const auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& other) {
            return other.metric == gone.metric && other.is_dead_end == gone.is_dead_end &&
                   other.path.device == gone.path.device && other.path.gateway == gone.path.gateway;
        });
        is_whole = is_whole && entry != entries.end();
        if (entry == entries.end()) continue;
        entries.erase(entry);
        --path_count_;
    }
    if (!entries.empty()) return is_whole;
    routes_.erase(found);
    --(prefix.address.family == Family::v4 ? v4_lengths_[prefix.length]
                                           : v6_lengths_[prefix.length]);
    return is_whole;
}

void RouteTable::set(const Neighbour& neighbour) {
    const auto found = neighbours_.find(neighbour.at);
    if (found != neighbours_.end()) {
        found->second = neighbour;
    } else if (neighbours_.size() < max_neighbours_) {
        neighbours_.emplace(neighbour.at, neighbour);
    } else {
        ++refused_neighbours_;
    }
}

void RouteTable::remove(const NextHop& neighbour) {
    neighbours_.erase(neighbour);
}

void RouteTable::set(const Link& link) {
    if (links_.size() >= kMaxLinks && !links_.contains(link.device)) return;
    links_[link.device] = link;
}

void RouteTable::remove_link(DeviceIndex device) {
    links_.erase(device);
    addresses_.erase(device);
}

void RouteTable::add_address(DeviceIndex device, const Prefix& address) {
    remove_address(device, address);
    if (addresses_.size() < kMaxHostAddresses) addresses_.emplace(device, address);
}

void RouteTable::remove_address(DeviceIndex device, const Prefix& address) {
    const auto [begin, end] = addresses_.equal_range(device);
    const auto found =
        std::find_if(begin, end, [&](const auto& at) { return at.second == address; });
    if (found != end) addresses_.erase(found);
}

std::optional<NextHop> RouteTable::next_hop(const IpAddress& destination,
                                            DeviceIndex device) const {
    if (destination.family == Family::none) return std::nullopt;
    const bool is_v4 = destination.family == Family::v4;
    for (int length = bits_of(destination.family); length >= 0; --length) {
        const auto index = static_cast<std::size_t>(length);
        if ((is_v4 ? v4_lengths_[index] : v6_lengths_[index]) == 0) continue;
        const auto found = routes_.find(masked(destination, static_cast<std::uint8_t>(length)));
        if (found == routes_.end()) continue;
        const Entry* entry = best(found->second, device);
        if (entry == nullptr) continue;
        if (entry->is_dead_end) return std::nullopt;
        const auto& path = entry->path;
        return NextHop{path.device, path.gateway.is_set() ? path.gateway : destination};
    }
    return std::nullopt;
}

// The first usable one; if none is, the first: its link will come back.
const RouteTable::Entry* RouteTable::best(const std::vector<Entry>& entries, DeviceIndex device) {
    const Entry* first = nullptr;
    for (const auto& entry : entries) {
        const bool fits = entry.is_dead_end || device == kAnyDevice || entry.path.device == device;
        if (!fits) continue;
        if (entry.path.is_usable) return &entry;
        if (first == nullptr) first = &entry;
    }
    return first;
}

const Neighbour* RouteTable::neighbour(const NextHop& at) const {
    const auto found = neighbours_.find(at);
    return found == neighbours_.end() ? nullptr : &found->second;
}

const Link* RouteTable::link(DeviceIndex device) const {
    const auto found = links_.find(device);
    return found == links_.end() ? nullptr : &found->second;
}

const Link* RouteTable::link(std::string_view name) const {
    for (const auto& [device, link] : links_)
        if (link.name == name) return &link;
    return nullptr;
}

DeviceIndex RouteTable::device_of(const IpAddress& address) const {
    for (const auto& [device, prefix] : addresses_)
        if (prefix.address == address) return device;
    return kAnyDevice;
}

bool RouteTable::has_link_local(DeviceIndex device) const {
    // fe80::/10 (RFC 4291 2.4).
    const auto [begin, end] = addresses_.equal_range(device);
    return std::any_of(begin, end, [](const auto& at) {
        const auto& bytes = at.second.address.bytes;
        return at.second.address.family == Family::v6 && bytes[0] == 0xFE &&
               (bytes[1] & 0xC0U) == 0x80;
    });
}

}  // namespace weir::dataplane
