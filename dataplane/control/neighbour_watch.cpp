// SPDX-License-Identifier: Apache-2.0
// Neighbours of the destinations: their MAC addresses as the kernel tells them, and the requests
// that keep them known.
#include "dataplane/control/destinations.hpp"

namespace weir::dataplane {

void Destinations::attach(HopIndex hop) {
    const NextHop& via = destinations_[hop].via;
    const auto [place, is_new] = watched_.try_emplace(via);
    Watched& watched = place->second;
    watched.hops.insert(hop);
    if (!is_new) {
        if (watched.is_resolved) hops_.set(hop, watched.mac);
        return;
    }
    Neighbour unknown;
    unknown.at = via;
    take_news(watched, routes_.neighbour(via).value_or(unknown));
}

void Destinations::detach(HopIndex hop) {
    hops_.clear(hop);
    const auto found = watched_.find(destinations_[hop].via);
    if (found == watched_.end()) return;
    Watched& watched = found->second;
    watched.hops.erase(hop);
    if (!watched.hops.empty()) return;
    due_.erase({watched.due, found->first});
    watched_.erase(found);
}

void Destinations::on_neighbour(const Neighbour& neighbour) {
    const auto found = watched_.find(neighbour.at);
    if (found != watched_.end()) take_news(found->second, neighbour);
}

// Who was asked for while the link was down is asked for at once.
void Destinations::on_link(const Link& link) {
    if (!link.is_up) return;
    for (auto place = watched_.lower_bound(NextHop{link.device, {}});
         place != watched_.end() && place->first.device == link.device; ++place) {
        place->second.asked_at = MonoTime{};
        schedule(place->second);
    }
}

// Events were lost: everything that is of interest is looked at once.
void Destinations::read_again() {
    is_reread_ = false;
    is_look_wanted_ = true;
    for (auto& [at, watched] : watched_) {
        Neighbour unknown;
        unknown.at = at;
        const Neighbour news = routes_.neighbour(at).value_or(unknown);
        if (news != watched.neighbour) take_news(watched, news);
    }
}

void Destinations::take_news(Watched& watched, const Neighbour& news) {
    watched.neighbour = news;
    if (news.is_usable()) {
        watched.attempts = 0;
        if (news.state == NeighbourState::reachable) watched.is_answered = true;
        if (!watched.is_resolved || watched.mac != news.mac) resolved(watched, news.mac);
    } else if (news.state == NeighbourState::failed && watched.is_resolved) {
        lost(watched);
    }
    // An entry that the kernel only forgot (its table is small) is not known to be gone: packets go
    // on to the address that it had, while it is asked for again.
    schedule(watched);
}

void Destinations::resolved(Watched& watched, const MacAddress& mac) {
    if (watched.is_resolved) {
        ++counters_.moved;
        logger_.info("control.neighbour_moved",
                     {{"neighbour", watched.neighbour.at.address.to_string()},
                      {"from", weir::to_string(watched.mac)},
                      {"to", weir::to_string(mac)}});
    }
    watched.is_resolved = true;
    watched.mac = mac;
    for (const HopIndex hop : watched.hops)
        hops_.set(hop, mac);
}

void Destinations::lost(Watched& watched) {
    ++counters_.lost;
    watched.is_resolved = false;
    for (const HopIndex hop : watched.hops)
        hops_.clear(hop);
    logger_.warning("control.neighbour_lost",
                    {{"neighbour", watched.neighbour.at.address.to_string()},
                     {"destinations", watched.hops.size()},
                     {"advice",
                      "it answers no ARP or neighbour solicitation any more: media by "
                      "it are dropped (no_neighbour) until it does"}});
}

void Destinations::schedule(Watched& watched) {
    const NextHop& at = watched.neighbour.at;
    due_.erase({watched.due, at});
    watched.due = MonoTime{};
    const bool is_unknown = !watched.neighbour.is_usable();
    if (!is_unknown && watched.neighbour.state != NeighbourState::stale) return;
    // While the kernel confirms a stale one it does not say so.
    const auto pause = is_unknown || watched.is_answered
                           ? std::chrono::nanoseconds(kNeighbourRetry)
                           : std::chrono::nanoseconds(kNeighbourConfirm);
    watched.due = watched.asked_at.ns == 0 ? clock_.now() : watched.asked_at + pause;
    due_.emplace(watched.due, at);
}

void Destinations::send_requests() {
    const MonoTime now = clock_.now();
    while (!due_.empty() && due_.begin()->first <= now && may_request())
        request(watched_.at(due_.begin()->second));
}

void Destinations::request(Watched& watched) {
    const RealmIndex realm = destinations_[*watched.hops.begin()].realm;
    ++counters_.requests;
    watched.asked_at = clock_.now();
    watched.is_answered = false;
    routes_.resolve(watched.neighbour.at, realms_[realm].address, watched.attempts);
    if (!watched.neighbour.is_usable() && ++watched.attempts == kNeighbourPatience)
        logger_.warning("control.neighbour_unresolved",
                        {{"neighbour", watched.neighbour.at.address.to_string()},
                         {"from", realms_[realm].address.to_string()},
                         {"destinations", watched.hops.size()},
                         {"advice",
                          "it answers no ARP or neighbour solicitation: media by it "
                          "are dropped (no_neighbour)"}});
    schedule(watched);
}

// kNeighbourRequestsPerSecond, and kNeighbourBurst of them at once.
bool Destinations::may_request() {
    constexpr auto kCost = std::chrono::nanoseconds(seconds(1)) / kNeighbourRequestsPerSecond;
    const MonoTime earliest = clock_.now() - kCost * kNeighbourBurst;
    if (requests_paid_ < earliest) requests_paid_ = earliest;
    if (requests_paid_ + kCost > clock_.now()) return false;
    requests_paid_ = requests_paid_ + kCost;
    return true;
}

std::size_t Destinations::unresolved() const {
    std::size_t count = 0;
    for (const auto& [at, watched] : watched_)
        count += watched.is_resolved ? 0U : 1U;
    return count;
}

}  // namespace weir::dataplane
