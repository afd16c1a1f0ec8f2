// SPDX-License-Identifier: Apache-2.0
// Laying out the shared memory, and checking what a predecessor left.
#include "dataplane/engine/shared_state.hpp"

#include <cstring>
#include <new>
#include <string>

#include "dataplane/engine/pre_roll.hpp"

namespace weir::dataplane {
namespace {

constexpr std::size_t kLine = 64;
[[nodiscard]] constexpr std::size_t lined(std::size_t bytes) {
    return (bytes + kLine - 1) / kLine * kLine;
}

// Everything that follows from the options.
SharedHeader plan(const SharedStateOptions& options) {
    SharedHeader header;
    header.layout = kSharedLayout;
    header.slot_bytes = sizeof(SessionSlot);
    header.counters_bytes = sizeof(WorkerCounters);
    header.ring_count = pre_roll_ring_count(options);
    header.ring_bytes = lined(pre_roll_ring_bytes(options.pre_roll_seconds));
    header.options = options;
    header.counters_offset = lined(sizeof(SharedHeader));
    header.slots_offset = header.counters_offset + lined(sizeof(WorkerCounters) * kMaxWorkers);
    header.rings_offset = header.slots_offset + sizeof(SessionSlot) * options.sessions;
    header.total_bytes = header.rings_offset + header.ring_bytes * header.ring_count;
    return header;
}

Result<void> check_options(const SharedStateOptions& options) {
    if (options.sessions == 0 || options.sessions > kMaxSessions)
        return fail(ErrorCode::invalid, "media sessions must be 1 to " +
                                            std::to_string(kMaxSessions) + ", not " +
                                            std::to_string(options.sessions));
    if (options.pre_roll_seconds == 0 || options.pre_roll_seconds > kMaxPreRollSeconds)
        return fail(ErrorCode::invalid, "the pre-roll must be 1 to " +
                                            std::to_string(kMaxPreRollSeconds) + " s, not " +
                                            std::to_string(options.pre_roll_seconds));
    return {};
}

// A predecessor's header must be what we would have made from its own options.
bool is_ours(const SharedHeader& found, std::size_t available) {
    if (found.layout != kSharedLayout || !check_options(found.options)) return false;
    const SharedHeader expected = plan(found.options);
    return found.slot_bytes == expected.slot_bytes &&
           found.counters_bytes == expected.counters_bytes &&
           found.ring_count == expected.ring_count && found.ring_bytes == expected.ring_bytes &&
           found.counters_offset == expected.counters_offset &&
           found.slots_offset == expected.slots_offset &&
           found.rings_offset == expected.rings_offset &&
           found.total_bytes == expected.total_bytes && found.total_bytes <= available;
}

}  // namespace

std::uint32_t pre_roll_ring_count(const SharedStateOptions& options) {
    const std::uint64_t ring = lined(pre_roll_ring_bytes(options.pre_roll_seconds));
    const std::uint64_t count = options.pre_roll_bytes_total / ring;
    const std::uint64_t useful = std::uint64_t{options.sessions} * kMaxStreams * 2;
    return static_cast<std::uint32_t>(count < useful ? count : useful);
}

std::size_t shared_state_bytes(const SharedStateOptions& options) {
    return plan(options).total_bytes;
}

Result<SharedState> SharedState::attach(std::span<std::byte> memory,
                                        const SharedStateOptions& options) {
    if (memory.size() < sizeof(SharedHeader))
        return fail(ErrorCode::exhausted, "the shared memory has " + std::to_string(memory.size()) +
                                              " bytes: too few for its header");
    SharedState state;
    state.header_ = std::launder(reinterpret_cast<SharedHeader*>(memory.data()));
    if (state.header_->magic == 0) {
        WEIR_TRY(check_options(options));
        SharedHeader header = plan(options);
        if (header.total_bytes > memory.size())
            return fail(ErrorCode::exhausted, "the shared memory has " +
                                                  std::to_string(memory.size()) + " bytes, " +
                                                  std::to_string(header.total_bytes) +
                                                  " are needed (media.sessions, media.pre_roll)");
        // Fresh pages of a memfd are zero, and zero is the initial value of every struct in it.
        *state.header_ = header;
        state.header_->magic = kSharedMagic;
    } else if (state.header_->magic == kSharedMagic && is_ours(*state.header_, memory.size())) {
        state.adopted_ = true;
    } else {
        return fail(
            ErrorCode::invalid,
            "the shared memory was laid out by another version of weir-media, or is damaged: "
            "stop weir and start it again (calls in progress end)");
    }
    ++state.header_->incarnation;
    std::byte* base = memory.data();
    const SharedHeader& header = *state.header_;
    state.counters_ = {
        std::launder(reinterpret_cast<WorkerCounters*>(base + header.counters_offset)),
        kMaxWorkers};
    state.slots_ = {std::launder(reinterpret_cast<SessionSlot*>(base + header.slots_offset)),
                    header.options.sessions};
    state.rings_ = memory.subspan(header.rings_offset, header.ring_bytes * header.ring_count);
    return state;
}

std::span<std::byte> SharedState::ring(std::uint32_t index) const {
    if (index >= header_->ring_count) return {};
    return rings_.subspan(header_->ring_bytes * index, header_->ring_bytes);
}

}  // namespace weir::dataplane
