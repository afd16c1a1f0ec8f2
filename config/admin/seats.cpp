// SPDX-License-Identifier: Apache-2.0
// Seats: see seats.hpp.
#include "config/admin/seats.hpp"

#include <utility>

namespace weir::config {

Seats::Guest Seats::take(std::function<void()> leave) {
    if (guests_.size() >= seats_) {
        if (waiting_.empty()) return 0;
        const Guest longest = waiting_.front();
        const auto asked = std::move(guests_.at(longest).leave);
        give_back(longest);
        displaced_.fetch_add(1, std::memory_order_relaxed);
        asked();
    }
    const Guest guest = ++last_;
    guests_[guest].leave = std::move(leave);
    wait(guest);
    return guest;
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
