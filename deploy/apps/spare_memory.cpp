// SPDX-License-Identifier: Apache-2.0
// SpareMemory; see spare_memory.hpp.
#include "deploy/apps/spare_memory.hpp"

#include <chrono>
#include <utility>

// Of jemalloc(3). Weak: sanitizers bring an allocator of their own.
extern "C" int mallctl(const char* name, void* old_value, size_t* old_size, void* new_value,
                       size_t new_size) __attribute__((weak));

namespace weir::apps {
namespace {

// As long as freed pages stay with the process (dirty_decay_ms). A busy thread fetches back what it
// needs within a tenth of a millisecond.
constexpr auto kPeriod = std::chrono::seconds(5);

}  // namespace

void give_back_thread_cache() {
    if (mallctl != nullptr) (void)mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
}

SpareMemory::SpareMemory(signaling::EventLoop& loop, std::function<void()> give_back)
    : loop_(loop), give_back_(std::move(give_back)) {
    set_timer();
}

SpareMemory::~SpareMemory() {
    loop_.cancel(timer_);
}

void SpareMemory::set_timer() {
    timer_ = loop_.after(kPeriod, [this] {
        set_timer();
        give_back_();
    });
}

}  // namespace weir::apps
