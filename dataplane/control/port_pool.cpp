// SPDX-License-Identifier: Apache-2.0
// Leasing, quarantine and range changes of a PortPool.
#include "dataplane/control/port_pool.hpp"

#include "config/base/limits.hpp"

namespace weir::dataplane {
namespace {

constexpr std::size_t kPairs = 32768;  // of the 65,536 UDP ports

bool is_even(std::uint16_t port) {
    return port % 2 == 0;
}

}  // namespace

PortPool::PortPool(Random& random)
    : random_(random), states_(kPairs, State::outside), free_place_(kPairs, 0) {
    free_.reserve(kPairs);
}

void PortPool::set_range(std::uint16_t min, std::uint16_t max) {
    min_ = min;
    max_ = max;
    for (std::size_t pair = 1; pair < kPairs; ++pair) {  // port 0 is no port
        const auto port = static_cast<std::uint16_t>(pair * 2);
        const State state = state_of(port);
        if (state == State::outside && is_in_range(port)) add_free(port);
        if (state == State::free && !is_in_range(port)) {
            remove_free(port);
            state_of(port) = State::outside;
        }
    }
}

std::optional<std::uint16_t> PortPool::lease(MonoTime now) {
    expire(now);
    if (free_.empty()) return std::nullopt;
    const std::uint16_t port = free_[random_.below(free_.size())];
    remove_free(port);
    state_of(port) = State::leased;
    ++leased_;
    return port;
}

void PortPool::release(std::uint16_t port, MonoTime now) {
    if (!is_even(port) || state_of(port) != State::leased) return;
    quarantine(port, now);
}

void PortPool::skip(std::uint16_t port, MonoTime now) {
    if (!is_even(port) || state_of(port) != State::leased) return;
    ++skipped_;
    quarantine(port, now);
}

bool PortPool::claim(std::uint16_t port) {
    if (!is_even(port) || port == 0 || state_of(port) == State::leased) return false;
    if (state_of(port) == State::quarantined) {
        std::erase_if(quarantine_, [port](const Waiting& waiting) { return waiting.port == port; });
    }
    if (state_of(port) == State::free) remove_free(port);
    state_of(port) = State::leased;
    ++leased_;
    return true;
}

void PortPool::expire(MonoTime now) {
    while (!quarantine_.empty() && quarantine_.front().until <= now) {
        const auto port = quarantine_.front().port;
        quarantine_.pop_front();
        state_of(port) = State::outside;
        if (is_in_range(port)) add_free(port);
    }
}

bool PortPool::is_in_range(std::uint16_t port) const {
    return port >= min_ && port <= max_;
}

void PortPool::quarantine(std::uint16_t port, MonoTime now) {
    --leased_;
    state_of(port) = State::quarantined;
    quarantine_.push_back({port, now + kPortQuarantine});
}

void PortPool::add_free(std::uint16_t port) {
    state_of(port) = State::free;
    free_place_[port / 2U] = static_cast<std::uint16_t>(free_.size());
    free_.push_back(port);
}

void PortPool::remove_free(std::uint16_t port) {
    const auto place = free_place_[port / 2U];
    free_[place] = free_.back();
    free_place_[free_[place] / 2U] = place;
    free_.pop_back();
}

}  // namespace weir::dataplane
