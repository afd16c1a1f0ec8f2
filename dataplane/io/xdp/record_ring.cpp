// SPDX-License-Identifier: Apache-2.0
// The two mappings of a BPF ring buffer and the walk over its records.
#include "dataplane/io/xdp/record_ring.hpp"

#include <atomic>
#include <cerrno>
#include <utility>

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <rte_prefetch.h>
#include <sys/mman.h>
#include <unistd.h>

namespace weir::dataplane {
namespace {

// In front of each record: its length with two flags, and a word of the kernel's.
constexpr std::uint64_t kRecordHeader = BPF_RINGBUF_HDR_SZ;
constexpr std::uint64_t kDataMask = WEIR_RECORD_RING - 1;

std::size_t page() {
    return static_cast<std::size_t>(getpagesize());
}

std::size_t producer_bytes() {
    return page() + 2 * std::size_t{WEIR_RECORD_RING};
}

}  // namespace

Result<RecordRing> RecordRing::create() {
    RecordRing ring;
    ring.fd_ = UniqueFd(
        bpf_map_create(BPF_MAP_TYPE_RINGBUF, "weir_ring", 0, 0, WEIR_RECORD_RING, nullptr));
    if (!ring.fd_.is_open()) return fail_errno("a ring for the records of relayed packets", errno);
    const int fd = ring.fd_.get();
    void* mine = mmap(nullptr, page(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mine == MAP_FAILED) return fail_errno("the ring of relayed packets", errno);
    ring.consumer_ = static_cast<std::uint8_t*>(mine);
    void* theirs = mmap(nullptr, producer_bytes(), PROT_READ, MAP_SHARED | MAP_POPULATE, fd,
                        static_cast<off_t>(page()));
    if (theirs == MAP_FAILED) return fail_errno("the ring of relayed packets", errno);
    ring.producer_ = static_cast<std::uint8_t*>(theirs);
    ring.data_ = ring.producer_ + page();
    return ring;
}

RecordRing::RecordRing(RecordRing&& other) noexcept
    : fd_(std::move(other.fd_)),
      consumer_(std::exchange(other.consumer_, nullptr)),
      producer_(std::exchange(other.producer_, nullptr)),
      data_(other.data_),
      at_(other.at_) {}

RecordRing::~RecordRing() {
    unmap();
}

void RecordRing::unmap() noexcept {
    if (consumer_ != nullptr) munmap(consumer_, page());
    if (producer_ != nullptr) munmap(producer_, producer_bytes());
}

std::uint64_t RecordRing::produced() const noexcept {
    return std::atomic_ref(*reinterpret_cast<std::uint64_t*>(producer_))
        .load(std::memory_order_acquire);
}

const weir_record* RecordRing::front(std::uint64_t end) noexcept {
    while (at_ < end) {
        std::uint8_t* header = data_ + (at_ & kDataMask);
        const std::uint32_t length = std::atomic_ref(*reinterpret_cast<std::uint32_t*>(header))
                                         .load(std::memory_order_acquire);
        if ((length & BPF_RINGBUF_BUSY_BIT) != 0) return nullptr;
        prefetch_ahead();
        if ((length & BPF_RINGBUF_DISCARD_BIT) == 0 && length == sizeof(weir_record))
            return reinterpret_cast<const weir_record*>(header + kRecordHeader);
        skip(length & ~static_cast<std::uint32_t>(BPF_RINGBUF_DISCARD_BIT));
    }
    return nullptr;
}

// They were written on another core. G.711 with 20 ms ends in the fourth line.
void RecordRing::prefetch_ahead() const noexcept {
    constexpr std::uint64_t kAhead = 3;
    constexpr std::uint64_t kLine = 64;
    const std::uint64_t from = at_ + kAhead * (sizeof(weir_record) + kRecordHeader);
    for (std::uint64_t at = from; at < from + 4 * kLine; at += kLine)
        rte_prefetch0(data_ + (at & kDataMask));
}

void RecordRing::release() noexcept {
    skip(sizeof(weir_record));
}

void RecordRing::skip(std::uint32_t bytes) noexcept {
    constexpr std::uint64_t kAlignment = 8;
    at_ += (bytes + kRecordHeader + kAlignment - 1) / kAlignment * kAlignment;
    std::atomic_ref(*reinterpret_cast<std::uint64_t*>(consumer_))
        .store(at_, std::memory_order_release);
}

}  // namespace weir::dataplane
