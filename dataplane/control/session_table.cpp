// SPDX-License-Identifier: Apache-2.0
// Slots and rings: allocate, free, adopt.
#include "dataplane/control/session_table.hpp"

#include <algorithm>

namespace weir::dataplane {

SessionTable::SessionTable(const SharedState& shared, Random& random)
    : slots_(shared.slots()),
      random_(random),
      rings_(shared.ring_count()),
      place_(slots_.size(), 0),
      records_(slots_.size()) {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot)
        if (slots_[slot].use == SlotUse::free) free_slots_.push_back(slot);
    for (std::uint32_t ring = shared.ring_count(); ring > 0; --ring)
        free_rings_.push_back(ring);
}

std::optional<SessionId> SessionTable::allocate() {
    if (free_slots_.empty()) return std::nullopt;
    const auto index = free_slots_.front();
    free_slots_.pop_front();
    SessionSlot& slot = slots_[index];
    // The first generation is random: an id of a node whose memory is gone must not fit a session
    // of the next one. 0 means "no session".
    std::uint32_t generation =
        slot.generation == 0 ? static_cast<std::uint32_t>(random_.next()) : slot.generation + 1;
    if (generation == 0) generation = 1;
    slot = SessionSlot{};
    slot.generation = generation;
    slot.use = SlotUse::opening;
    records_[index] = SessionRecord{};
    enlist(index);
    return id_of(index);
}

void SessionTable::free(SessionId session) {
    SessionSlot* slot = find(session);
    if (slot == nullptr) return;
    for (auto& stream : slot->streams) {
        for (auto& direction : stream.from) {
            if (direction.pre_roll_ring != 0) free_rings_.push_back(direction.pre_roll_ring);
            direction.pre_roll_ring = 0;
        }
    }
    slot->use = SlotUse::free;
    slot->owner = 0;
    const auto place = place_[session.slot];
    in_use_[place] = in_use_.back();
    place_[in_use_[place]] = place;
    in_use_.pop_back();
    free_slots_.push_back(session.slot);
}

bool SessionTable::adopt(std::uint32_t index) {
    SessionSlot& slot = slots_[index];
    const bool plausible = is_plausible(slot);
    for (auto& stream : slot.streams) {
        for (auto& direction : stream.from) {
            // A ring that two directions claim belongs to the first of them.
            if (!plausible || std::erase(free_rings_, direction.pre_roll_ring) == 0)
                direction.pre_roll_ring = 0;
        }
    }
    if (!plausible) {
        slot.use = SlotUse::free;
        slot.owner = 0;
        free_slots_.push_back(index);
        return false;
    }
    records_[index] = SessionRecord{};
    enlist(index);
    return true;
}

SessionSlot* SessionTable::find(SessionId session) const {
    if (session.slot >= slots_.size() || session.generation == 0) return nullptr;
    SessionSlot& slot = slots_[session.slot];
    if (slot.use == SlotUse::free || slot.generation != session.generation) return nullptr;
    return &slot;
}

std::uint32_t SessionTable::take_ring() {
    if (free_rings_.empty()) return 0;
    const auto ring = free_rings_.back();
    free_rings_.pop_back();
    return ring;
}

std::size_t SessionTable::forks() const {
    std::size_t count = 0;
    for (const auto slot : in_use_)
        for (const auto& fork : slots_[slot].forks)
            count += fork.leased;
    return count;
}

void SessionTable::enlist(std::uint32_t slot) {
    place_[slot] = static_cast<std::uint32_t>(in_use_.size());
    in_use_.push_back(slot);
}

bool SessionTable::is_plausible(const SessionSlot& slot) const {
    if (slot.use > SlotUse::closed || slot.generation == 0) return false;
    if (slot.stream_count == 0 || slot.stream_count > kMaxStreams) return false;
    const auto is_fork_wrong = [](const ForkSlot& fork) {
        return fork.leased > 1 || fork.stream >= kMaxStreams || fork.source > Side::b;
    };
    return std::none_of(slot.forks.begin(), slot.forks.end(), is_fork_wrong);
}

}  // namespace weir::dataplane
