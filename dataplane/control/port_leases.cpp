// SPDX-License-Identifier: Apache-2.0
// Leases with their sockets.
#include "dataplane/control/port_leases.hpp"

#include <utility>

#include "config/base/limits.hpp"
#include "dataplane/io/media_socket.hpp"

namespace weir::dataplane {

PortLeases::PortLeases(std::vector<MediaRealm> realms, Random& random, Logger& logger)
    : realms_(std::move(realms)), logger_(logger) {
    pools_.reserve(realms_.size());
    for (std::size_t i = 0; i < realms_.size(); ++i)
        pools_.emplace_back(random);
}

void PortLeases::set_range(const SetPortRange& range) {
    for (auto& pool : pools_)
        pool.set_range(range.min, range.max);
    const std::size_t pairs = pools_.empty() ? 0 : pools_.front().available();
    logger_.info("control.port_range", {{"min", range.min}, {"max", range.max}, {"pairs", pairs}});
    if (pairs != 0) return;
    logger_.error(
        "control.port_range_empty",
        {{"min", range.min},
         {"max", range.max},
         {"advice", "no even port is free in rtp-port range: every call will be refused"}});
}

tl::expected<LeasedPair, Refusal> PortLeases::lease(RealmIndex realm, MonoTime now) {
    if (!has_realm(realm)) return tl::unexpected(Refusal::unknown_realm);
    auto& pool = pools_[realm];
    // Bounded: a range that others occupy must not turn one lease into 20,100 system calls.
    for (std::size_t attempt = 0; attempt < kPortBindAttempts; ++attempt) {
        const auto port = pool.lease(now);
        if (!port) return tl::unexpected(Refusal::no_port);
        auto pair = bind_pair(realm, *port);
        if (pair) return std::move(*pair);
        if (pair.error().code != ErrorCode::exists) {
            pool.release(*port, now);
            return tl::unexpected(refuse(pair.error()));
        }
        pool.skip(*port, now);
        logger_.warning("control.port_in_use", {{"reason", pair.error().context}});
    }
    logger_.error(
        "control.ports_in_use",
        {{"realm", realms_[realm].name},
         {"tried", kPortBindAttempts},
         {"advice", "other programs hold the ports of rtp-port range: choose another range"}});
    return tl::unexpected(Refusal::no_port);
}

tl::expected<LeasedPair, Refusal> PortLeases::reclaim(RealmIndex realm, std::uint16_t port,
                                                      MonoTime now) {
    if (!has_realm(realm)) return tl::unexpected(Refusal::unknown_realm);
    if (!pools_[realm].claim(port)) return tl::unexpected(Refusal::no_port);
    auto pair = bind_pair(realm, port);
    if (pair) return std::move(*pair);
    pools_[realm].release(port, now);
    return tl::unexpected(refuse(pair.error()));
}

void PortLeases::release(LeasedPair& pair, MonoTime now) {
    if (!pair.is_set()) return;
    pools_[pair.realm].release(pair.port, now);
    pair = LeasedPair{};
}

PortCounts PortLeases::counts(MonoTime now) {
    PortCounts sum;
    for (auto& pool : pools_) {
        pool.expire(now);
        sum.available += pool.available();
        sum.leased += pool.leased();
        sum.quarantined += pool.quarantined();
        sum.skipped += pool.skipped();
    }
    return sum;
}

Endpoint PortLeases::local_endpoint(const LeasedPair& pair) const {
    Endpoint endpoint;
    endpoint.address = realms_[pair.realm].address;
    endpoint.port = pair.port;
    return endpoint;
}

Result<LeasedPair> PortLeases::bind_pair(RealmIndex realm, std::uint16_t port) const {
    LeasedPair pair;
    pair.realm = realm;
    pair.port = port;
    Endpoint local = local_endpoint(pair);
    auto rtp = open_media_socket(local);
    if (!rtp) return fail(rtp.error());
    pair.rtp = UniqueFd(*rtp);
    ++local.port;
    auto rtcp = open_media_socket(local);
    if (!rtcp) return fail(rtcp.error());
    pair.rtcp = UniqueFd(*rtcp);
    return pair;
}

Refusal PortLeases::refuse(const Error& error) {
    logger_.error("control.port_refused", {{"reason", error.context}});
    return error.code == ErrorCode::exhausted ? Refusal::no_descriptor : Refusal::no_port;
}

}  // namespace weir::dataplane
