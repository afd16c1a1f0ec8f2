// SPDX-License-Identifier: Apache-2.0
// Replacing a file so that at every instant its name holds a whole one: the old or the new.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "config/base/result.hpp"

namespace weir::config {

// The steps of a replacement, in order; tests end the process at each of them.
enum class FileStep { made, half_written, written, synced, renamed, directory_synced };
// Told after each step was done. Empty in programs.
using FileSteps = std::function<void(FileStep)>;

// Writes `text` into a new file beside `path`, makes it durable (fsync), gives it the name (rename)
// and makes the name durable (fsync of the directory). The owner and mode of a file that is there
// are kept; a symbolic link keeps pointing at the file that it names. A new file is readable by its
// owner and group. Blocks on the disk. Errors: denied, io (full disk), with the path; the old file
// is then untouched.
[[nodiscard]] Result<void> replace_file(const std::string& path, std::string_view text,
                                        const FileSteps& steps = nullptr);

// A regular file of at most `limit` bytes. Errors: not_found, invalid (larger, or no file), io.
[[nodiscard]] Result<std::string> read_bounded(const std::string& path, std::size_t limit);

}  // namespace weir::config
