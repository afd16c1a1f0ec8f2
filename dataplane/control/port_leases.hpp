// SPDX-License-Identifier: Apache-2.0
// PortLeases: the single authority on media ports: a pool per realm, and the sockets of what is
// leased.
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
#include "dataplane/engine/worker_commands.hpp"

namespace weir::dataplane {

// A media address of this node: realms of platform.yaml, in their order.
struct MediaRealm {
    std::string name;
    IpAddress address;
};

// A leased pair with its two bound sockets. Give it back with PortLeases::release.
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

    [[nodiscard]] bool has_realm(RealmIndex realm) const { return realm < realms_.size(); }
    [[nodiscard]] const MediaRealm& realm(RealmIndex realm) const { return realms_[realm]; }
    void set_range(const SetPortRange& range);

    // Refusals: unknown_realm, no_port, no_descriptor.
    [[nodiscard]] tl::expected<LeasedPair, Refusal> lease(RealmIndex realm, MonoTime now);
    // The very pair that a predecessor had. Refusals likewise; no_port: it is in use.
    [[nodiscard]] tl::expected<LeasedPair, Refusal> reclaim(RealmIndex realm, std::uint16_t port,
                                                            MonoTime now);
    // Closes the sockets; the pair rests in quarantine. The worker must have let go of it.
    void release(LeasedPair& pair, MonoTime now);

    [[nodiscard]] PortCounts counts(MonoTime now);
    [[nodiscard]] Endpoint local_endpoint(const LeasedPair& pair) const;

private:
    // Errors of open_media_socket (dataplane/io); exists: another program has one of the ports.
    Result<LeasedPair> bind_pair(RealmIndex realm, std::uint16_t port) const;
    Refusal refuse(const Error& error);

    std::vector<MediaRealm> realms_;
    std::vector<PortPool> pools_;  // by realm
    Logger& logger_;
};

}  // namespace weir::dataplane
