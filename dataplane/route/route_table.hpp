// SPDX-License-Identifier: Apache-2.0
// RouteTable: the kernel's routes and neighbours as values: where does a packet to this address go,
// and what is the MAC address there. Fed by netlink messages (netlink_monitor.hpp), pure itself.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/base/address.hpp"
#include "config/base/mac_address.hpp"
#include "dataplane/route/route_limits.hpp"

namespace weir::dataplane {

// A network device by the kernel's number (1 and up).
using DeviceIndex = std::uint32_t;
inline constexpr DeviceIndex kAnyDevice = 0;

// Who has the frame next on its way to a destination.
struct NextHop {
    DeviceIndex device = kAnyDevice;
    IpAddress address;  // the gateway, or the destination itself
    auto operator<=>(const NextHop&) const = default;
};

// One way to a destination.
struct RoutePath {
    DeviceIndex device = kAnyDevice;
    IpAddress gateway;      // unset: the destination is on the link; may be of the other family
    bool is_usable = true;  // false: the kernel calls it dead, or its link down
    bool operator==(const RoutePath&) const = default;
};

// A unicast route of the main table.
struct Route {
    Prefix destination;
    std::uint32_t metric = 0;      // the lowest is preferred
    std::vector<RoutePath> paths;  // none: unreachable, blackhole or prohibit
    bool operator==(const Route&) const = default;
};

// Neighbour unreachability detection (RFC 4861 7.3.2), as far as it matters here.
enum class NeighbourState : std::uint8_t {
    unresolved,  // NONE, INCOMPLETE: no MAC address (yet)
    failed,      // asked and not answered
    reachable,   // REACHABLE, PERMANENT, NOARP
    stale,       // was there; nobody has asked for a while
    probing,     // DELAY, PROBE: being asked again
};
[[nodiscard]] const char* to_string(NeighbourState state);

struct Neighbour {
    NextHop at;
    MacAddress mac{};
    NeighbourState state = NeighbourState::unresolved;
    bool is_permanent = false;  // PERMANENT: an operator's, not learned
    // The MAC address may be used: RFC 4861 keeps sending while it asks again.
    [[nodiscard]] bool is_usable() const {
        return state != NeighbourState::unresolved && state != NeighbourState::failed;
    }
    bool operator==(const Neighbour&) const = default;
};

// A network device of the kernel.
struct Link {
    DeviceIndex device = kAnyDevice;
    std::string name;
    MacAddress mac{};
    std::uint32_t mtu = 0;  // longest IP packet, bytes
    bool is_up = false;     // administratively up and with a carrier
    bool operator==(const Link&) const = default;
};

// Thread: control. Bounded: what exceeds a bound is not kept, and the table says so.
class RouteTable {
public:
    explicit RouteTable(std::size_t max_routes = kMaxRoutes,
                        std::size_t max_neighbours = kMaxNeighbours)
        : max_paths_(max_routes), max_neighbours_(max_neighbours) {}

    // A route again changes nothing but the state of its paths.
    void add(const Route& route);
    // Takes the place of the routes of the same destination and metric.
    void replace(const Route& route);
    // False: there is none, so the table is out of step with the kernel.
    bool remove(const Route& route);

    void set(const Neighbour& neighbour);
    void remove(const NextHop& neighbour);

    void set(const Link& link);
    void remove_link(DeviceIndex device);

    void add_address(DeviceIndex device, const Prefix& address);
    void remove_address(DeviceIndex device, const Prefix& address);

    // The longest prefix decides, then the metric, then the first usable path; of routes by
    // `device` only, unless it is kAnyDevice. Nothing: no route, or an unreachable one.
    [[nodiscard]] std::optional<NextHop> next_hop(const IpAddress& destination,
                                                  DeviceIndex device = kAnyDevice) const;
    [[nodiscard]] const Neighbour* neighbour(const NextHop& at) const;
    [[nodiscard]] const Link* link(DeviceIndex device) const;
    [[nodiscard]] const Link* link(std::string_view name) const;
    // The device that has this address of ours; kAnyDevice: none.
    [[nodiscard]] DeviceIndex device_of(const IpAddress& address) const;

    // The kernel solicits IPv6 neighbours from such an address only.
    [[nodiscard]] bool has_link_local(DeviceIndex device) const;

    // False: a bound was reached, and an answer of "nothing" means nothing.
    [[nodiscard]] bool has_all_routes() const { return refused_routes_ == 0; }
    [[nodiscard]] bool has_all_neighbours() const { return refused_neighbours_ == 0; }
    [[nodiscard]] std::size_t routes() const { return path_count_; }  // each path of a route
    [[nodiscard]] std::size_t neighbours() const { return neighbours_.size(); }
    [[nodiscard]] std::size_t links() const { return links_.size(); }

private:
    struct Entry {
        std::uint32_t metric = 0;
        RoutePath path;
        bool is_dead_end = false;  // unreachable, blackhole or prohibit
    };
    struct PrefixHash {
        std::size_t operator()(const Prefix& prefix) const noexcept;
    };
    struct NextHopHash {
        std::size_t operator()(const NextHop& at) const noexcept;
    };

    static std::vector<Entry> entries_of(const Route& route);
    void add_entry(const Prefix& prefix, const Entry& entry);
    [[nodiscard]] static const Entry* best(const std::vector<Entry>& entries, DeviceIndex device);

    std::size_t max_paths_;
    std::size_t max_neighbours_;
    // By prefix, the entries by metric and then in the kernel's order.
    std::unordered_map<Prefix, std::vector<Entry>, PrefixHash> routes_;
    std::array<std::size_t, 33> v4_lengths_{};  // how many prefixes of each length there are
    std::array<std::size_t, 129> v6_lengths_{};
    std::size_t path_count_ = 0;
    std::size_t refused_routes_ = 0;
    std::unordered_map<NextHop, Neighbour, NextHopHash> neighbours_;
    std::size_t refused_neighbours_ = 0;
    std::map<DeviceIndex, Link> links_;
    std::multimap<DeviceIndex, Prefix> addresses_;
};

}  // namespace weir::dataplane
