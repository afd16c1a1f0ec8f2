// SPDX-License-Identifier: Apache-2.0
// Words of a map that the XDP program reads, or writes, on another CPU.
//
// Thread: any. What was written before store() is seen by whoever load()s what it stored.
#pragma once

#include <atomic>
#include <cstdint>

namespace weir::dataplane {

[[nodiscard]] inline std::uint32_t load(std::uint32_t& word) noexcept {
    return std::atomic_ref(word).load(std::memory_order_acquire);
}
inline void store(std::uint32_t& word, std::uint32_t value) noexcept {
    std::atomic_ref(word).store(value, std::memory_order_release);
}

}  // namespace weir::dataplane
