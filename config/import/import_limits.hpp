// SPDX-License-Identifier: Apache-2.0
// Bounds of the import, each with unit and reason.
#pragma once

#include <cstddef>

namespace weir::config {

// Lines of a capture. A chassis with 10,000 dial-peers prints 150,000; each has a line in the
// report, so this bounds the report too.
inline constexpr std::size_t kMaxCaptureLines = 400'000;
// Bytes of one raw line that are looked at: a line of the language with paging leftovers around it.
inline constexpr std::size_t kMaxRawLine = 16'384;
inline constexpr std::size_t kMaxBannerLines = 200;  // the router itself stops at 3,000 bytes
// How often the lines are read anew without those that the checks across commands refuse.
inline constexpr int kMaxRepairs = 12;
inline constexpr int kLineRepairs = 6;  // after so many, whole blocks are left out instead of lines
inline constexpr std::size_t kMaxDepth = 16;  // sub-modes inside each other; the router knows 5

}  // namespace weir::config
