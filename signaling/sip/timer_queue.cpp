// SPDX-License-Identifier: Apache-2.0
// TimerQueue; see timer_queue.hpp.
#include "signaling/sip/timer_queue.hpp"

#include <algorithm>

#include "config/base/shrink.hpp"

namespace weir::signaling {
namespace {

// Cancelled places that are kept beside as many live ones: below it a sweep is not worth its time.
constexpr std::size_t kSpareCancelled = 1024;

}  // namespace

TimerId TimerQueue::add(MonoTime time, std::function<void()> action) {
    const std::uint64_t id = ++last_id_;
    actions_.emplace(id, std::move(action));
    heap_.emplace_back(time, id);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
    return TimerId{id};
}

void TimerQueue::cancel(TimerId timer) {
    if (actions_.erase(timer.value()) == 0) return;
    shrink_buckets(actions_);
    if (heap_.size() > 2 * actions_.size() + kSpareCancelled) compact();
}

std::optional<MonoTime> TimerQueue::earliest() {
    drop_cancelled_front();
    if (heap_.empty()) return std::nullopt;
    return heap_.front().first;
}

std::function<void()> TimerQueue::take_due(MonoTime now, TimerId last) {
    drop_cancelled_front();
    if (heap_.empty()) return nullptr;
    const auto [time, id] = heap_.front();
    if (time > now || id > last.value()) return nullptr;
    auto node = actions_.extract(id);
    shrink_buckets(actions_);
    drop_front();
    return std::move(node.mapped());
}

void TimerQueue::drop_cancelled_front() {
    while (!heap_.empty() && !actions_.contains(heap_.front().second))
        drop_front();
}

void TimerQueue::drop_front() {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    heap_.pop_back();
    shrink_capacity(heap_);
}

void TimerQueue::compact() {
    std::erase_if(heap_, [this](const Place& place) { return !actions_.contains(place.second); });
    heap_.shrink_to_fit();
    std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
}

}  // namespace weir::signaling
