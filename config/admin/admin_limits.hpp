// SPDX-License-Identifier: Apache-2.0
// Bounds of this folder that nobody else needs.
#pragma once

#include <chrono>

namespace weir::config {

inline constexpr auto kHttpFirstHeader =
    std::chrono::seconds(3);  // from the connection to the end of its first request's header

}  // namespace weir::config
