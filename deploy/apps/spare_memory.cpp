// SPDX-License-Identifier: Apache-2.0
// SpareMemory; see spare_memory.hpp.
#include "deploy/apps/spare_memory.hpp"

#include <chrono>
#include <utility>

namespace weir::apps {
namespace {

constexpr auto kPeriod = std::chrono::seconds(5);  // as long as free pages stay (allocator.cpp)

}  // namespace

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
