// SPDX-License-Identifier: Apache-2.0
// The waiting room of early packets: short and rarely used, so a plain list in order serves.
#include "dataplane/engine/hold_back.hpp"

#include <algorithm>

namespace weir::dataplane {
namespace {

[[nodiscard]] bool same_stream(PortEntry a, PortEntry b) {
    return a.slot == b.slot && (a.unit >> 1U) == (b.unit >> 1U);
}

}  // namespace

HoldBack::HoldBack() {
    entries_.reserve(kHoldBackPackets);
}

bool HoldBack::keep(rte_mbuf* packet, const PacketMeta& meta) noexcept {
    if (entries_.size() == kHoldBackPackets) return false;
    const auto mine = std::count_if(entries_.begin(), entries_.end(), [&meta](const Entry& entry) {
        return entry.meta.owner.slot == meta.owner.slot && entry.meta.owner.unit == meta.owner.unit;
    });
    if (mine >= static_cast<std::ptrdiff_t>(kHoldBackPerDirection)) return false;
    entries_.push_back({packet, meta});  // reserved: does not allocate
    return true;
}

bool HoldBack::take_stream(PortEntry owner, Burst& burst) noexcept {
    bool more = false;
    const auto taken = std::remove_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        if (!same_stream(entry.meta.owner, owner)) return false;
        if (burst.count == kBurst) {
            more = true;
            return false;
        }
        burst.packets[burst.count] = entry.packet;
        burst.meta[burst.count++] = entry.meta;
        return true;
    });
    entries_.erase(taken, entries_.end());
    return more;
}

bool HoldBack::take_older(std::int64_t before_ns, Burst& burst) noexcept {
    auto end = entries_.begin();
    while (end != entries_.end() && end->meta.arrival_ns < before_ns && burst.count < kBurst) {
        burst.packets[burst.count] = end->packet;
        burst.meta[burst.count++] = end->meta;
        ++end;
    }
    entries_.erase(entries_.begin(), end);
    return burst.count == kBurst;
}

}  // namespace weir::dataplane
