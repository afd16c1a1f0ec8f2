// SPDX-License-Identifier: Apache-2.0
// Sequence order out of arrival order.
#include "forking/recorder/reorder.hpp"

#include <algorithm>

#include "config/base/limits.hpp"

namespace weir::forking {
namespace {

// Extended numbers begin here, so that packets older than the first one have numbers too.
constexpr std::uint64_t kFirstExtended = 1U << 16U;
constexpr std::uint64_t kSequences = 1U << 16U;
// After a silence the stream can only have gone forward, also by more than half the sequence space:
// a party that spoke during an eleven-minute hold. Only packets this near behind count as late.
constexpr auto kSilence = seconds(1);
constexpr std::uint64_t kNearBehind = 64;
// The first packets may be swapped too: so many must be there before the lowest of them is the
// first.
constexpr std::size_t kFirstPackets = 4;

}  // namespace

std::uint64_t ReorderBuffer::extend(std::uint16_t sequence, MonoTime arrival) const {
    const auto forward =
        static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(highest_ % kSequences));
    const bool after_silence = arrival - last_arrival_ > kSilence;
    const bool behind =
        after_silence ? forward > kSequences - kNearBehind : forward >= kSequences / 2;
    return behind ? highest_ + forward - kSequences : highest_ + forward;
}

void ReorderBuffer::remember(std::uint64_t extended) {
    // Forget what the window leaves behind; a jump beyond it forgets all.
    if (extended > highest_) {
        if (extended - highest_ >= kMemory)
            seen_.reset();
        else
            for (std::uint64_t i = highest_ + 1; i < extended; ++i)
                seen_.reset(i % kMemory);
        highest_ = extended;
    }
    seen_.set(extended % kMemory);
}

ReorderBuffer::Place ReorderBuffer::push(const TrackPacket& packet, MonoTime arrival) {
    if (highest_ == 0) {
        highest_ = kFirstExtended + packet.sequence;
        first_ = highest_;
        released_ = 0;
        begun_ = false;
        last_arrival_ = arrival;
        seen_.reset();
    }
    const std::uint64_t extended = extend(packet.sequence, arrival);
    last_arrival_ = arrival;
    const bool known_window = extended + kMemory > highest_;
    const bool seen_before = extended <= highest_ && known_window && seen_.test(extended % kMemory);
    if (seen_before) return Place::duplicate;
    if (begun_ && extended < next_) return Place::late;
    if (extended < highest_) ++reordered_;
    remember(extended);
    first_ = std::min(first_, extended);
    waiting_.emplace(extended, Ready{.gap = 0,
                                     .payload_type = packet.payload_type,
                                     .marker = packet.marker,
                                     .sequence = packet.sequence,
                                     .timestamp = packet.timestamp,
                                     .arrival = arrival,
                                     .payload = {packet.payload.begin(), packet.payload.end()}});
    if (waiting_.size() > kRecorderReorder)
        released_ = std::max(released_, waiting_.begin()->first);
    return Place::taken;
}

void ReorderBuffer::give_up_before(MonoTime limit) {
    for (const auto& [extended, ready] : waiting_)
        if (ready.arrival <= limit) released_ = std::max(released_, extended);
}

void ReorderBuffer::give_up_all() {
    if (!waiting_.empty()) released_ = waiting_.rbegin()->first;
}

std::optional<ReorderBuffer::Ready> ReorderBuffer::next() {
    if (waiting_.empty()) return std::nullopt;
    const auto first = waiting_.begin();
    const bool in_order = begun_ ? first->first == next_ : waiting_.size() >= kFirstPackets;
    if (!in_order && first->first > released_) return std::nullopt;
    if (!begun_) next_ = first->first;
    begun_ = true;
    auto node = waiting_.extract(first);
    Ready ready = std::move(node.mapped());
    ready.gap = node.key() - next_;
    next_ = node.key() + 1;
    released_ = std::max(released_, node.key());
    return ready;
}

void ReorderBuffer::restart() {
    waiting_.clear();
    highest_ = 0;
}

}  // namespace weir::forking
