// SPDX-License-Identifier: Apache-2.0
// TimerQueue: the timers of the SIP thread in the order of their times.
#pragma once

#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/base/clock.hpp"
#include "signaling/api/event_loop.hpp"

namespace weir::signaling {

// Pure; thread: that of its owner. A call sets some twenty timers and cancels most of them long
// before their time, so that a cancelled one leaves only its action at once; its place in the heap
// goes when it comes first, or when such places are the most of all.
class TimerQueue {
public:
    TimerId add(MonoTime time, std::function<void()> action);
    void cancel(TimerId timer);  // of one that has fired, was cancelled or is none: nothing
    [[nodiscard]] std::optional<MonoTime> earliest();
    // The action of the earliest one that is due at `now` and not set behind `last`; null: none.
    // Of equal times the one set first comes first.
    [[nodiscard]] std::function<void()> take_due(MonoTime now, TimerId last);
    [[nodiscard]] TimerId last_added() const { return TimerId{last_id_}; }
    [[nodiscard]] std::size_t size() const { return actions_.size(); }
    [[nodiscard]] std::size_t places() const { return heap_.size(); }    // with cancelled ones
    [[nodiscard]] std::size_t room() const { return heap_.capacity(); }  // for so many places

private:
    using Place = std::pair<MonoTime, std::uint64_t>;
    void drop_cancelled_front();
    void drop_front();
    void compact();

    std::uint64_t last_id_ = 0;
    std::vector<Place> heap_;  // the earliest in front (std::push_heap)
    std::unordered_map<std::uint64_t, std::function<void()>> actions_;
};

}  // namespace weir::signaling
