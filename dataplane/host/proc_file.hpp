// SPDX-License-Identifier: Apache-2.0
// Small files of /proc and /sys as text. Private to this folder.
//
// Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::dataplane {

// The first kMaxProcBytes without white space at the end; nothing if it cannot be read.
[[nodiscard]] std::optional<std::string> proc_file(const std::string& path);
// What follows "KEY:" (or "KEY ") at the beginning of a line, trimmed; nothing without it.
[[nodiscard]] std::optional<std::string> proc_field(std::string_view text, std::string_view key);
// The number at the beginning of the text, "2048 kB" = 2048.
[[nodiscard]] std::optional<std::uint64_t> leading_number(std::string_view text);
// The last part of what a symbolic link points to: ".../drivers/ice" = "ice"; "" if it is none.
[[nodiscard]] std::string link_target_name(const std::string& path);
// Names in a directory, sorted, without . and ..; empty if it cannot be read.
[[nodiscard]] std::vector<std::string> names_in(const std::string& path);

}  // namespace weir::dataplane
