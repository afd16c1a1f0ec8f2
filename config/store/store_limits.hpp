// SPDX-License-Identifier: Apache-2.0
// Bounds of the configuration store.
#pragma once

#include <chrono>
#include <cstddef>

namespace weir::config {

// Commits that are kept, each with its whole text: 50 of a 2 MB configuration take 100 MB of disk.
inline constexpr std::size_t kStoreHistory = 50;
inline constexpr std::size_t kStoreHistoryBytes = 1U << 20U;  // of history.json when it is read
inline constexpr std::size_t kCommitComment = 200;            // bytes of `commit comment`
inline constexpr std::size_t kCommitErrors = 20;  // findings that one refused commit prints
// `commit confirmed`: minutes until the rollback.
inline constexpr std::chrono::minutes kConfirmMin{1};
inline constexpr std::chrono::minutes kConfirmMax{1440};
inline constexpr std::size_t kDiffMaxLines = 20'000;  // printed by one comparison

}  // namespace weir::config
