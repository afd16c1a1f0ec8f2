// SPDX-License-Identifier: Apache-2.0
// malloc, calloc, realloc and aligned_alloc in front of the C library's.
#include "tests/unit/dataplane/engine/allocation_counter.hpp"

#include <atomic>
#include <cstddef>

namespace weir::dataplane::tests {
namespace {
std::atomic<bool> counting{false};
std::atomic<std::uint64_t> allocations{0};
}  // namespace

void start_counting_allocations() {
    allocations = 0;
    counting = true;
}
std::uint64_t stop_counting_allocations() {
    counting = false;
    return allocations;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

bool can_count_allocations() {
    return false;
}

}  // namespace weir::dataplane::tests

#else

bool can_count_allocations() {
    return true;
}

}  // namespace weir::dataplane::tests

namespace {
void note() {
    using namespace weir::dataplane::tests;
    if (counting.load(std::memory_order_relaxed)) allocations.fetch_add(1);
}
}  // namespace

// glibc's own names: an interposed malloc may call them (glibc manual, "Replacing malloc").
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* old, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

void* malloc(std::size_t bytes) {
    note();
    return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
    note();
    return __libc_calloc(count, bytes);
}
void* realloc(void* old, std::size_t bytes) {
    note();
    return __libc_realloc(old, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
    note();
    return __libc_memalign(alignment, bytes);
}
}

#endif
