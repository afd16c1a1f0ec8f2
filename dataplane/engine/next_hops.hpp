// SPDX-License-Identifier: Apache-2.0
// NextHops: the MAC address behind each destination that media go to, as the packet path needs it.
//
// Thread: written by control (from the kernel's routes and neighbours), read by every worker. One
// word an entry, so that a reader sees an old or a new address and never half of each.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <vector>

#include "config/base/limits.hpp"
#include "config/base/mac_address.hpp"

namespace weir::dataplane {

// Index into NextHops; what a session keeps of where its packets go.
using HopIndex = std::uint16_t;
inline constexpr HopIndex kNoHop = 0;  // never resolved: a destination nobody asked for

class NextHops {
public:
    explicit NextHops(std::size_t entries = kMaxNextHops) : entries_(entries), count_(entries) {}

    // The address as an entry keeps it: its six bytes in wire order, and kResolved. Never 0.
    [[nodiscard]] static std::uint64_t word_of(const MacAddress& mac) noexcept {
        std::uint64_t word = kResolved;
        std::memcpy(&word, mac.data(), mac.size());
        return word;
    }
    static constexpr std::uint64_t kAddress = 0xFFFF'FFFF'FFFF;  // of the word

    void set(HopIndex hop, const MacAddress& mac) noexcept {
        if (hop == kNoHop || hop >= entries_.size()) return;
        entries_[hop].store(word_of(mac), std::memory_order_relaxed);
    }
    void clear(HopIndex hop) noexcept {
        if (hop < entries_.size()) entries_[hop].store(0, std::memory_order_relaxed);
    }

    // 0: not resolved (yet).
    [[nodiscard]] std::uint64_t find(HopIndex hop) const noexcept {
        return hop < count_ ? entries_[hop].load(std::memory_order_relaxed) : 0;
    }
    // False: not resolved (yet); `mac` is untouched then.
    [[nodiscard]] bool find(HopIndex hop, MacAddress& mac) const noexcept {
        const std::uint64_t word = find(hop);
        if (word == 0) return false;
        std::memcpy(mac.data(), &word, mac.size());
        return true;
    }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    static constexpr std::uint64_t kResolved = std::uint64_t{1} << 63U;  // above the six bytes
    std::vector<std::atomic<std::uint64_t>> entries_;
    std::size_t count_;  // entries_.size() is a subtraction and a shift
};

}  // namespace weir::dataplane
