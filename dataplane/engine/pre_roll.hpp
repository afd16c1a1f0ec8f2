// SPDX-License-Identifier: Apache-2.0
// PreRoll: the last packets of one direction, with arrival time, in a byte ring of shared memory.
//
// Thread: the worker that owns the session. Offsets count bytes since the ring began and never wrap
// (2^64 bytes); a record is published by moving `head` behind it, so a dead worker leaves a ring
// that a successor can walk. Which forks still await a record stands in its mask, one bit per fork.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "config/base/bytes.hpp"
#include "config/base/limits.hpp"

namespace weir::dataplane {

using ForkMask = std::uint8_t;
static_assert(kMaxForks <= 8, "one bit per fork");

struct PreRollRecord {
    std::int64_t arrival_ns = 0;    // MonoTime
    std::uint16_t length = 0;       // bytes of the RTP packet that follows
    std::uint16_t gap_network = 0;  // packets lost before this one, before us; or kFillsHole
    std::uint16_t gap_ours = 0;     // likewise, by us
    ForkMask awaited_by = 0;        // forks that must still send it
    std::uint8_t epoch = 0;         // ReceptionState::epoch: another one = the numbers began anew
};
static_assert(sizeof(PreRollRecord) == 16);

// At the front of a ring's memory.
struct alignas(64) PreRollHeader {
    std::uint64_t head = 0;      // offset behind the newest record
    std::uint64_t tail = 0;      // offset of the oldest record
    std::uint64_t accepted = 0;  // records ever written
    std::uint64_t evicted = 0;   // of them overwritten
    std::int64_t marked_ns = 0;  // the newest mark's time
    std::uint32_t next_mark = 0;
    std::uint32_t reserved = 0;
    // What each packet needs of the header ends here: one line. How many records had been written
    // when: tells how many of a past stretch were overwritten.
    struct Mark {
        std::int64_t at_ns = 0;
        std::uint64_t accepted = 0;
    };
    static constexpr std::size_t kMarks = 32;
    std::array<Mark, kMarks> marks{};
};
static_assert(offsetof(PreRollHeader, marks) <= 64);

// Bytes of one ring with its header for `seconds` of pre-roll. The data part is a power of two.
[[nodiscard]] std::size_t pre_roll_ring_bytes(std::uint32_t seconds);

class PreRoll {
public:
    // `memory` is one ring of SharedState; empty memory gives a ring that takes nothing.
    explicit PreRoll(std::span<std::byte> memory) noexcept;

    [[nodiscard]] bool is_present() const noexcept { return header_ != nullptr; }
    void clear() noexcept;
    // False when the offsets or a record's length are impossible (a successor checks before use).
    [[nodiscard]] bool is_sound() const noexcept;

    [[nodiscard]] std::uint64_t head() const noexcept { return header_->head; }
    [[nodiscard]] std::uint64_t tail() const noexcept { return header_->tail; }

    // What append() has overwritten: for each fork, how many records that it still awaited.
    struct Evicted {
        std::uint32_t any = 0;  // 0: nobody awaited any
        std::array<std::uint32_t, kMaxForks> packets{};
    };
    // Writes a record; overwrites the oldest as need be. Length is at most kMaxRtpBytes.
    [[nodiscard]] Evicted append(const PreRollRecord& record, ByteSpan packet) noexcept;

    // The record at `offset` (tail <= offset < head), or null at head. `offset` moves over padding.
    [[nodiscard]] PreRollRecord* at(std::uint64_t& offset) noexcept;
    [[nodiscard]] ByteSpan packet_of(const PreRollRecord& record) const noexcept;
    [[nodiscard]] static std::uint64_t next(std::uint64_t offset,
                                            const PreRollRecord& record) noexcept;

    // Asks the memory for what append() will touch; its header should be there already
    // (prefetch_header).
    void prefetch() const noexcept;
    void prefetch_header() const noexcept;

    // At most how many records that arrived at or after `since_ns` have been overwritten; never too
    // few, too many by at most one mark's distance (250 ms).
    [[nodiscard]] std::uint64_t evicted_since(std::int64_t since_ns) const noexcept;

private:
    void evict_oldest(Evicted& evicted) noexcept;
    void mark(std::int64_t now_ns) noexcept;
    [[nodiscard]] bool is_padding(std::uint64_t offset) const noexcept;
    [[nodiscard]] std::uint64_t skip_padding(std::uint64_t offset) const noexcept;
    [[nodiscard]] PreRollRecord* record_at(std::uint64_t offset) const noexcept;

    PreRollHeader* header_ = nullptr;
    std::byte* data_ = nullptr;
    std::uint64_t size_ = 0;  // of the data, a power of two
};

}  // namespace weir::dataplane
