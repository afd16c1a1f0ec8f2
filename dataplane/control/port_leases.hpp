// SPDX-License-Identifier: Apache-2.0
// PortLeases: the single authority on media ports: a pool per realm, the sockets of what is leased
// (or what keeps the kernel away from it), and who of the workers owns each port.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/log.hpp"
#include "config/base/random.hpp"
#include "config/base/unique_fd.hpp"
#include "dataplane/api/media_plane.hpp"
#include "dataplane/control/port_pool.hpp"
#include "dataplane/engine/port_owners.hpp"
#include "dataplane/engine/worker_commands.hpp"
#include "dataplane/io/media_io.hpp"

namespace weir::dataplane {

// A media address of this node: realms of platform.yaml, in their order.
struct MediaRealm {
    std::string name;
    IpAddress address;
    std::string interface{};  // the kernel's device that holds the address; "" = none does
    // Mode dpdk:
    std::string port{};              // of MediaNodeOptions::ports, by name
    std::uint16_t vlan = 0;          // 802.1Q tag, 1..4094; 0 = untagged
    std::uint8_t prefix_length = 0;  // of the address on its tap
    std::string tap{};               // the kernel's device that carries what is not media
};

// A leased pair with its two bound sockets (none with PortBinding::none). Give it back with
// PortLeases::release.
struct LeasedPair {
    RealmIndex realm = 0;
    std::uint16_t port = 0;  // of RTP; RTCP is the port above; 0 = nothing is leased
    UniqueFd rtp;
    UniqueFd rtcp;
    [[nodiscard]] bool is_set() const { return port != 0; }
    [[nodiscard]] PortFds fds() const { return {rtp.get(), rtcp.get()}; }
};

struct PortCounts {
    std::size_t available = 0;
    std::size_t leased = 0;
    std::size_t quarantined = 0;
    std::uint64_t skipped = 0;  // pairs found in use by foreign sockets
};

// Thread: control.
class PortLeases {
public:
    PortLeases(std::vector<MediaRealm> realms, Random& random, Logger& logger);
    // Before the first lease: how packets come (`io` is told the range of ports), and where the
    // workers see who owns a port. Without it: sockets that the workers read.
    void set_io(MediaIo& io, PortOwners& owners);

    [[nodiscard]] bool has_realm(RealmIndex realm) const { return realm < realms_.size(); }
    [[nodiscard]] const MediaRealm& realm(RealmIndex realm) const { return realms_[realm]; }
    void set_range(const SetPortRange& range);

    // Refusals: unknown_realm, no_port, no_descriptor.
    [[nodiscard]] tl::expected<LeasedPair, Refusal> lease(RealmIndex realm, std::uint8_t worker,
                                                          MonoTime now);
    struct Place {
        RealmIndex realm = 0;
        std::uint16_t port = 0;
        std::uint8_t worker = 0;
    };
    // The very pair that a predecessor had. Refusals likewise; no_port: it is in use.
    [[nodiscard]] tl::expected<LeasedPair, Refusal> reclaim(const Place& place, MonoTime now);
    // Closes the sockets; the pair rests in quarantine. The worker must have let go of it.
    void release(LeasedPair& pair, MonoTime now);

    [[nodiscard]] PortCounts counts(MonoTime now);
    [[nodiscard]] Endpoint local_endpoint(const LeasedPair& pair) const;

private:
    // Errors of open_media_socket (dataplane/io); exists: another program has one of the ports.
    Result<LeasedPair> bind_pair(RealmIndex realm, std::uint16_t port) const;
    Result<UniqueFd> bind_port(const Endpoint& local) const;
    void give_to(const LeasedPair& pair, std::uint8_t worker);
    Refusal refuse(const Error& error);

    std::vector<MediaRealm> realms_;
    std::vector<PortPool> pools_;  // by realm
    Logger& logger_;
    MediaIo* io_ = nullptr;         // null: mode socket
    PortOwners* owners_ = nullptr;  // likewise
};

}  // namespace weir::dataplane
