// SPDX-License-Identifier: Apache-2.0
// What several tables write in the same way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "config/base/text.hpp"

namespace weir::signaling {

inline constexpr std::size_t kShownText = 128;  // bytes of what a peer has sent

[[nodiscard]] inline std::string shown_text(const std::string& text) {
    return text::printable(text, kShownText);
}

// Percent; 0 of nothing.
[[nodiscard]] inline double rate_of(std::uint64_t part, std::uint64_t of) {
    return of == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(of);
}

}  // namespace weir::signaling
