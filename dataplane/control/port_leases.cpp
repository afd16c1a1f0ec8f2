// SPDX-License-Identifier: Apache-2.0
// Leases with their sockets.
#include "dataplane/control/port_leases.hpp"

#include <utility>

#include "config/base/limits.hpp"
#include "dataplane/control/ephemeral_ports.hpp"
#include "dataplane/io/media_socket.hpp"

namespace weir::dataplane {

PortLeases::PortLeases(std::vector<MediaRealm> realms, Random& random, Logger& logger)
    : realms_(std::move(realms)), logger_(logger) {
    pools_.reserve(realms_.size());
    for (std::size_t i = 0; i < realms_.size(); ++i)
        pools_.emplace_back(random);
}

void PortLeases::set_io(MediaIo& io, PortOwners& owners) {
    io_ = &io;
    owners_ = &owners;
}

void PortLeases::set_range(const SetPortRange& range) {
    for (auto& pool : pools_)
        pool.set_range(range.min, range.max);
    // The last pair's RTCP port is above its RTP port, which the range may end with.
    const auto last = static_cast<std::uint16_t>(range.max | 1U);
    if (owners_ != nullptr) owners_->set_range(range.min, last);
    if (io_ != nullptr) io_->set_port_range(range.min, last);
    const std::size_t shared =
        io_ != nullptr && io_->hides_media_ports() ? shared_ports({range.min, last}) : 0;
    if (shared != 0)
        logger_.warning("control.ports_shared",
                        {{"ports", shared},
                         {"advice",
                          "the kernel gives these ports to programs of this host, whose "
                          "answers are then taken for media: sysctl -w net.ipv4."
                          "ip_local_reserved_ports=" +
                              std::to_string(range.min) + "-" + std::to_string(last)}});
    const std::size_t pairs = pools_.empty() ? 0 : pools_.front().available();
    logger_.info("control.port_range", {{"min", range.min}, {"max", range.max}, {"pairs", pairs}});
    if (pairs != 0) return;
    logger_.error(
        "control.port_range_empty",
        {{"min", range.min},
         {"max", range.max},
         {"advice", "no even port is free in rtp-port range: every call will be refused"}});
}

tl::expected<LeasedPair, Refusal> PortLeases::lease(RealmIndex realm, std::uint8_t worker,
                                                    MonoTime now) {
    if (!has_realm(realm)) return tl::unexpected(Refusal::unknown_realm);
    auto& pool = pools_[realm];
    // Bounded: a range that others occupy must not turn one lease into 20,100 system calls.
    for (std::size_t attempt = 0; attempt < kPortBindAttempts; ++attempt) {
        const auto port = pool.lease(now);
        if (!port) return tl::unexpected(Refusal::no_port);
        auto pair = bind_pair(realm, *port);
        if (pair) {
            give_to(*pair, worker);
            return std::move(*pair);
        }
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

tl::expected<LeasedPair, Refusal> PortLeases::reclaim(const Place& place, MonoTime now) {
    if (!has_realm(place.realm)) return tl::unexpected(Refusal::unknown_realm);
    auto& pool = pools_[place.realm];
    if (!pool.claim(place.port)) return tl::unexpected(Refusal::no_port);
    auto pair = bind_pair(place.realm, place.port);
    if (pair) {
        give_to(*pair, place.worker);
        return std::move(*pair);
    }
    pool.release(place.port, now);
    return tl::unexpected(refuse(pair.error()));
}

void PortLeases::release(LeasedPair& pair, MonoTime now) {
    if (!pair.is_set()) return;
    if (owners_ != nullptr) {
        owners_->clear({pair.port, pair.realm, 0});
        owners_->clear({static_cast<std::uint16_t>(pair.port + 1U), pair.realm, 0});
    }
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
    auto rtp = bind_port(local);
    if (!rtp) return fail(rtp.error());
    pair.rtp = std::move(*rtp);
    ++local.port;
    auto rtcp = bind_port(local);
    if (!rtcp) return fail(rtcp.error());
    pair.rtcp = std::move(*rtcp);
    return pair;
}

Result<UniqueFd> PortLeases::bind_port(const Endpoint& local) const {
    const PortBinding binding = io_ != nullptr ? io_->binding() : PortBinding::relay;
    if (binding == PortBinding::none) return UniqueFd();
    const auto fd =
        binding == PortBinding::relay ? open_media_socket(local) : reserve_media_port(local);
    if (!fd) return fail(fd.error());
    return UniqueFd(*fd);
}

void PortLeases::give_to(const LeasedPair& pair, std::uint8_t worker) {
    if (owners_ == nullptr) return;
    owners_->set({pair.port, pair.realm, 0}, worker);
    owners_->set({static_cast<std::uint16_t>(pair.port + 1U), pair.realm, 0}, worker);
}

Refusal PortLeases::refuse(const Error& error) {
    logger_.error("control.port_refused", {{"reason", error.context}});
    return error.code == ErrorCode::exhausted ? Refusal::no_descriptor : Refusal::no_port;
}

}  // namespace weir::dataplane
