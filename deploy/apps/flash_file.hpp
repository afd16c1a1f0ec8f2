// SPDX-License-Identifier: Apache-2.0
// Files that an operator may name: those of the flash directory and no others.
#pragma once

#include <cstddef>
#include <string>

#include "config/base/result.hpp"

namespace weir::apps {

// Reads `flash:NAME`, `bootflash:NAME`, `file:PATH`, a path (relative ones below `directory`). The
// file must lie below `directory` when every link is followed: weir-sip can read more than its
// operators may see. At most `max` bytes and one more, so that a file that is too long shows.
// Errors: denied for what lies elsewhere (also when it does not exist), unavailable for http:,
// ftp:, tftp: and their kin, not_found, io. Thread: any that may wait for the disk.
[[nodiscard]] Result<std::string> read_flash_file(const std::string& directory,
                                                  const std::string& url, std::size_t max);

}  // namespace weir::apps
