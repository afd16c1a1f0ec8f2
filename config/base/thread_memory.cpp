// SPDX-License-Identifier: Apache-2.0
// The settings of jemalloc(3) for a thread.
#include "config/base/thread_memory.hpp"

#include <cstddef>

// Weak: a program without jemalloc has none.
extern "C" int mallctl(const char* name, void* old_value, std::size_t* old_size, void* new_value,
                       std::size_t new_size) __attribute__((weak));

namespace weir {
namespace {

constexpr const char* kDecayOfAllArenas = "arena.4096.decay";  // MALLCTL_ARENAS_ALL

}  // namespace

void give_back_thread_memory() {
    if (mallctl == nullptr) return;
    (void)mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
    // jemalloc's own thread lets the last megabytes lie: it wakes for a thousand pages.
    (void)mallctl(kDecayOfAllArenas, nullptr, nullptr, nullptr, 0);
}

void keep_no_thread_memory() {
    if (mallctl == nullptr) return;
    bool enabled = false;
    (void)mallctl("thread.tcache.enabled", nullptr, nullptr, &enabled, sizeof enabled);
}

}  // namespace weir
