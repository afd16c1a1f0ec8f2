// SPDX-License-Identifier: Apache-2.0
// Seats: see seats.hpp.
#include "config/admin/seats.hpp"

#include <utility>

namespace weir::config {

Seats::Guest Seats::take(std::function<void()> leave, Visitor visitor) {
    if (guests_.size() >= seats_) {
        const Guest chosen = who_leaves_for(visitor);
        if (chosen == 0) return 0;
        const auto asked = std::move(guests_.at(chosen).leave);
        give_back(chosen);
        displaced_.fetch_add(1, std::memory_order_relaxed);
        asked();
    }
    const Guest guest = ++last_;
    Seat& seat = guests_[guest];
    seat.leave = std::move(leave);
    seat.visitor = visitor;
    wait(guest);
    return guest;
}

// The seats are few: each newcomer looks at all of them.
Seats::Guest Seats::who_leaves_for(const Visitor& visitor) const {
    std::map<std::uint32_t, std::size_t> seats_of;  // by owner, also those that work
    for (const auto& [guest, seat] : guests_)
        ++seats_of[seat.visitor.owner];
    Guest chosen = 0;
    unsigned rank = visitor.rank;
    std::size_t most = 0;
    for (const Guest guest : waiting_) {
        const Seat& seat = guests_.at(guest);
        if (seat.is_kept || seat.visitor.rank > rank) continue;
        const std::size_t seats = seats_of.at(seat.visitor.owner);
        const bool is_better = chosen == 0 || seat.visitor.rank < rank || seats > most;
        if (!is_better) continue;
        chosen = guest;
        rank = seat.visitor.rank;
        most = seats;
    }
    return chosen;
}

void Seats::keep(Guest guest, bool kept) {
    const auto found = guests_.find(guest);
    if (found != guests_.end()) found->second.is_kept = kept;
}

void Seats::wait(Guest guest) {
    const auto found = guests_.find(guest);
    if (found == guests_.end()) return;
    leave_queue(found->second);
    found->second.place = waiting_.insert(waiting_.end(), guest);
    found->second.is_waiting = true;
}

void Seats::work(Guest guest) {
    const auto found = guests_.find(guest);
    if (found != guests_.end()) leave_queue(found->second);
}

void Seats::give_back(Guest guest) {
    const auto found = guests_.find(guest);
    if (found == guests_.end()) return;
    leave_queue(found->second);
    guests_.erase(found);
}

void Seats::leave_queue(Seat& seat) {
    if (std::exchange(seat.is_waiting, false)) waiting_.erase(seat.place);
}

}  // namespace weir::config
