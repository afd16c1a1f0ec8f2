// SPDX-License-Identifier: Apache-2.0
// SlotList: a set of slot numbers with constant-time insert, erase and walk, allocated once.
//
// Thread: its owner. Order is not kept.
#pragma once

#include <cstdint>
#include <vector>

namespace weir::dataplane {

class SlotList {
public:
    explicit SlotList(std::size_t slots) : place_(slots, kNone) { members_.reserve(slots); }

    void insert(std::uint16_t slot) noexcept {
        if (place_[slot] != kNone) return;
        place_[slot] = static_cast<std::uint32_t>(members_.size());
        members_.push_back(slot);  // reserved: does not allocate
    }
    void erase(std::uint16_t slot) noexcept {
        const std::uint32_t place = place_[slot];
        if (place == kNone) return;
        members_[place] = members_.back();
        place_[members_[place]] = place;
        members_.pop_back();
        place_[slot] = kNone;
    }
    [[nodiscard]] bool contains(std::uint16_t slot) const noexcept { return place_[slot] != kNone; }
    [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
    [[nodiscard]] std::uint16_t at(std::size_t place) const noexcept { return members_[place]; }

private:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};
    std::vector<std::uint32_t> place_;
    std::vector<std::uint16_t> members_;
};

}  // namespace weir::dataplane
