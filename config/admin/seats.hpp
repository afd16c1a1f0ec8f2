// SPDX-License-Identifier: Apache-2.0
// Seats: a bounded number of connections, where those that only wait give way to newcomers.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <utility>

namespace weir::config {

// A guest waits while it is its peer's turn (to send, or to read), and works while it is ours.
// Thread: admin.
class Seats {
public:
    using Guest = std::uint64_t;  // 0: none
    // Who comes: nobody loses a seat to somebody of lower rank.
    struct Visitor {
        std::uint32_t owner = 0;  // whose connections are counted together: a user
        unsigned rank = 0;
    };

    explicit Seats(std::size_t seats) : seats_(seats) {}

    // A seat for a guest that waits. When all are taken, one of the waiting guests of the lowest
    // rank, which is not above the newcomer's, loses its seat: of the owner that has most of them
    // the one that has waited longest; its `leave` is called. 0 when there is none.
    [[nodiscard]] Guest take(std::function<void()> leave, Visitor visitor);
    // Of a visitor like any other.
    [[nodiscard]] Guest take(std::function<void()> leave) {
        return take(std::move(leave), Visitor{});
    }
    // Each begins a new stretch: who waits anew is the last to be asked to leave.
    void wait(Guest guest);
    void work(Guest guest);
    // A guest that is kept is not asked to leave, whoever comes.
    void keep(Guest guest, bool kept);
    void give_back(Guest guest);  // also of one that has lost its seat already

    [[nodiscard]] std::size_t taken() const { return guests_.size(); }
    // Of any thread: guests that lost their seat to a newcomer so far.
    [[nodiscard]] std::uint64_t displaced() const {
        return displaced_.load(std::memory_order_relaxed);
    }

private:
    struct Seat {
        std::function<void()> leave;
        Visitor visitor;
        bool is_kept = false;
        bool is_waiting = false;
        std::list<Guest>::iterator place;  // in waiting_, while is_waiting
    };
    void leave_queue(Seat& seat);
    // 0: none may be asked.
    [[nodiscard]] Guest who_leaves_for(const Visitor& visitor) const;

    std::size_t seats_;
    std::map<Guest, Seat> guests_;
    std::list<Guest> waiting_;  // the longest first
    Guest last_ = 0;
    std::atomic<std::uint64_t> displaced_{0};
};

}  // namespace weir::config
