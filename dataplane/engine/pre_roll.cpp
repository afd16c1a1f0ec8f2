// SPDX-License-Identifier: Apache-2.0
// The byte ring of one direction's last packets.
#include "dataplane/engine/pre_roll.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace weir::dataplane {
namespace {

constexpr std::uint64_t kAlign = 8;
constexpr std::uint16_t kPadding =
    0xFFFF;  // length of a record that only fills up to the ring's end
constexpr std::int64_t kMarkDistanceNs = 250'000'000;

[[nodiscard]] constexpr std::uint64_t stored_bytes(std::uint64_t packet_bytes) {
    return (sizeof(PreRollRecord) + packet_bytes + kAlign - 1) & ~(kAlign - 1);
}
static_assert(stored_bytes(kMaxRtpBytes) <= kPreRollBytesPerSecond / 2,
              "the smallest ring holds the largest packet and its padding");

}  // namespace

std::size_t pre_roll_ring_bytes(std::uint32_t seconds) {
    return sizeof(PreRollHeader) + std::bit_ceil(std::size_t{seconds} * kPreRollBytesPerSecond);
}

PreRoll::PreRoll(std::span<std::byte> memory) noexcept {
    if (memory.size() <= sizeof(PreRollHeader)) return;
    header_ = std::launder(reinterpret_cast<PreRollHeader*>(memory.data()));
    data_ = memory.data() + sizeof(PreRollHeader);
    size_ = std::bit_floor(memory.size() - sizeof(PreRollHeader));
}

void PreRoll::clear() noexcept {
    if (header_ != nullptr) *header_ = PreRollHeader{};
}

PreRollRecord* PreRoll::record_at(std::uint64_t offset) const noexcept {
    return std::launder(reinterpret_cast<PreRollRecord*>(data_ + (offset & (size_ - 1))));
}

bool PreRoll::is_padding(std::uint64_t offset) const noexcept {
    const std::uint64_t left = size_ - (offset & (size_ - 1));
    return left < sizeof(PreRollRecord) || record_at(offset)->length == kPadding;
}

std::uint64_t PreRoll::skip_padding(std::uint64_t offset) const noexcept {
    if (offset == header_->head || !is_padding(offset)) return offset;
    return offset + (size_ - (offset & (size_ - 1)));
}

std::uint64_t PreRoll::next(std::uint64_t offset, const PreRollRecord& record) noexcept {
    return offset + stored_bytes(record.length);
}

bool PreRoll::is_sound() const noexcept {
    if (header_->tail > header_->head || header_->head - header_->tail > size_) return false;
    if (header_->head % kAlign != 0 || header_->tail % kAlign != 0) return false;
    std::uint64_t offset = header_->tail;
    while (offset < header_->head) {
        offset = skip_padding(offset);
        if (offset == header_->head) return true;
        const std::uint64_t left = size_ - (offset & (size_ - 1));
        const std::uint64_t bytes = stored_bytes(record_at(offset)->length);
        if (record_at(offset)->length > kMaxRtpBytes || bytes > left) return false;
        offset += bytes;
    }
    return offset == header_->head;
}

void PreRoll::evict_oldest(Evicted& evicted) noexcept {
    const std::uint64_t offset = skip_padding(header_->tail);
    if (offset == header_->head) {
        header_->tail = offset;
        return;
    }
    const PreRollRecord& oldest = *record_at(offset);
    for (unsigned bits = oldest.awaited_by; bits != 0; bits &= bits - 1)
        ++evicted.packets[static_cast<unsigned>(std::countr_zero(bits))];
    evicted.any += oldest.awaited_by;
    header_->tail = next(offset, oldest);
    ++header_->evicted;
}

void PreRoll::mark(std::int64_t now_ns) noexcept {
    if (header_->accepted != 0 && now_ns - header_->marked_ns < kMarkDistanceNs) return;
    header_->marked_ns = now_ns;
    header_->marks[header_->next_mark % PreRollHeader::kMarks] = {now_ns, header_->accepted};
    ++header_->next_mark;
}

PreRoll::Evicted PreRoll::append(const PreRollRecord& record, ByteSpan packet) noexcept {
    Evicted evicted{};
    if (header_ == nullptr || packet.size() > kMaxRtpBytes) return evicted;
    const std::uint64_t bytes = stored_bytes(packet.size());
    std::uint64_t offset = header_->head;
    const std::uint64_t left = size_ - (offset & (size_ - 1));
    const std::uint64_t padding = left < bytes ? left : 0;
    while (size_ - (header_->head - header_->tail) < bytes + padding)
        evict_oldest(evicted);
    mark(record.arrival_ns);
    if (padding >= sizeof(PreRollRecord)) record_at(offset)->length = kPadding;
    offset += padding;
    PreRollRecord* stored = record_at(offset);
    *stored = record;
    stored->length = static_cast<std::uint16_t>(packet.size());
    if (!packet.empty()) std::memcpy(stored + 1, packet.data(), packet.size());
    ++header_->accepted;
    header_->head = offset + bytes;
    return evicted;
}

void PreRoll::prefetch_header() const noexcept {
    if (header_ != nullptr) __builtin_prefetch(header_, 1);
}

void PreRoll::prefetch() const noexcept {
    if (header_ == nullptr) return;
    // Room for G.711 of 20 ms; what must go for it is one record.
    constexpr std::uint64_t kAhead = 256;
    for (std::uint64_t ahead = 0; ahead < kAhead; ahead += 64)
        __builtin_prefetch(data_ + ((header_->head + ahead) & (size_ - 1)), 1);
    __builtin_prefetch(data_ + (header_->tail & (size_ - 1)));
}

PreRollRecord* PreRoll::at(std::uint64_t& offset) noexcept {
    offset = skip_padding(std::max(offset, header_->tail));
    return offset >= header_->head ? nullptr : record_at(offset);
}

ByteSpan PreRoll::packet_of(const PreRollRecord& record) const noexcept {
    return {reinterpret_cast<const std::uint8_t*>(&record + 1), record.length};
}

std::uint64_t PreRoll::evicted_since(std::int64_t since_ns) const noexcept {
    std::uint64_t accepted_before = 0;  // a lower bound of the records that arrived before since_ns
    for (const auto& mark : header_->marks)
        if (mark.at_ns != 0 && mark.at_ns <= since_ns)
            accepted_before = std::max(accepted_before, mark.accepted);
    return header_->evicted > accepted_before ? header_->evicted - accepted_before : 0;
}

}  // namespace weir::dataplane
