// SPDX-License-Identifier: Apache-2.0
// Destinations: the next hops of everything that media go to: counted by their users, resolved by
// the kernel, followed when routes and neighbours change, written to where the workers read them.
//
// Only the framed I/O modes have one; kernel sockets find their own way.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "dataplane/api/session.hpp"
#include "dataplane/control/destination_limits.hpp"
#include "dataplane/engine/next_hops.hpp"
#include "dataplane/route/kernel_routes.hpp"

namespace weir::dataplane {

// A realm as the kernel knows it. Index = RealmIndex.
struct DestinationRealm {
    IpAddress address;
    // The kernel's device on whose link the neighbours are: the interface itself, or the tap of a
    // device that is ours alone. "" = the one that has the address.
    std::string device;
};

// The hops toward one party's, or one recorder's, RTP and RTCP addresses.
struct HopPair {
    HopIndex rtp = kNoHop;
    HopIndex rtcp = kNoHop;
};

struct DestinationCounters {
    std::uint64_t requests = 0;    // to the kernel: find or confirm a neighbour
    std::uint64_t moved = 0;       // neighbours that have another MAC address
    std::uint64_t lost = 0;        // neighbours that had answered and do so no more
    std::uint64_t unroutable = 0;  // destinations found without a way
    std::uint64_t refused = 0;     // acquisitions while all hops were in use
};

// Thread: control.
class Destinations {
public:
    // At most hops.size() - 1 destinations at once.
    Destinations(std::vector<DestinationRealm> realms, KernelRoutes& routes, NextHops& hops,
                 const Clock& clock, Logger& logger);

    // The hop toward `address` from that realm; kNoHop for none (0.0.0.0, ::, an unknown realm, the
    // other family) and when all are in use. To be released as often as it was acquired.
    [[nodiscard]] HopIndex acquire(RealmIndex realm, const IpAddress& address);
    void release(HopIndex hop);
    // Both of a pair; the pair is empty after its release.
    [[nodiscard]] HopPair acquire(RealmIndex realm, const Endpoint& rtp, const Endpoint& rtcp);
    void release(HopPair& pair);

    // For RouteListener.
    void on_routes_changed() { is_look_wanted_ = true; }
    void on_reread() { is_reread_ = true; }
    void on_neighbour(const Neighbour& neighbour);
    void on_link(const Link& link);

    // Requests that are due, destinations whose way may have changed, hops that nobody uses any
    // more. Bounded; to be called in every turn.
    void run_once();

    [[nodiscard]] std::size_t in_use() const { return by_address_.size() - idle_.size(); }
    [[nodiscard]] std::size_t unresolved() const;  // neighbours without a MAC address
    [[nodiscard]] const DestinationCounters& counters() const { return counters_; }

private:
    struct Destination {
        RealmIndex realm = 0;
        IpAddress address;  // unset: the index is free
        std::uint32_t uses = 0;
        bool is_looked_up = false;
        NextHop via;  // is_looked_up; device kAnyDevice: no way
        MonoTime idle_until{};
    };
    // A neighbour and the destinations behind it.
    struct Watched {
        Neighbour neighbour;       // as the kernel last said
        bool is_resolved = false;  // the hops have `mac`, until the kernel finds it silent
        MacAddress mac{};
        std::set<HopIndex> hops;
        MonoTime due{};           // of the next request; 0: none
        MonoTime asked_at{};      // 0: never
        bool is_answered = true;  // the last request, if there was one
        unsigned attempts = 0;    // requests since it last was usable
    };
    using Key = std::pair<RealmIndex, IpAddress>;

    [[nodiscard]] HopIndex take_index();
    void forget(HopIndex hop);
    void find_way(HopIndex hop);
    void attach(HopIndex hop);
    void detach(HopIndex hop);
    void take_news(Watched& watched, const Neighbour& news);
    void resolved(Watched& watched, const MacAddress& mac);
    void lost(Watched& watched);
    void schedule(Watched& watched);
    void request(Watched& watched);
    [[nodiscard]] bool may_request();
    [[nodiscard]] DeviceIndex device_of(RealmIndex realm) const;
    void send_requests();
    void look_again();
    void read_again();
    void free_idle();

    std::vector<DestinationRealm> realms_;
    KernelRoutes& routes_;
    NextHops& hops_;
    const Clock& clock_;
    Logger& logger_;
    std::vector<Destination> destinations_;  // by HopIndex, as far as ever used; [0] is never
    std::vector<HopIndex> free_;
    std::map<Key, HopIndex> by_address_;
    std::set<std::pair<MonoTime, HopIndex>> idle_;  // without users, by the time when they go
    std::map<NextHop, Watched> watched_;
    std::set<std::pair<MonoTime, NextHop>> due_;  // Watched::due, in order
    MonoTime requests_paid_{};                    // the budget of requests is spent until then
    // A look at all destinations goes on over several turns; what changes meanwhile is for the next
    // one, so that the last destinations have their turn however often routes change.
    bool is_look_wanted_ = false;
    std::size_t next_look_ = SIZE_MAX;  // of destinations_; at its end: no look goes on
    bool is_reread_ = false;
    bool is_full_told_ = false;
    DestinationCounters counters_;
};

}  // namespace weir::dataplane
