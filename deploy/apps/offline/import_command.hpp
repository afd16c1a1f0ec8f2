// SPDX-License-Identifier: Apache-2.0
// The command `weir import`: what a router printed becomes the files of a node.
#pragma once

#include <string>

#include "deploy/apps/options.hpp"

namespace weir::apps {

// 0: everything was taken over. 1: the files are written, but lines of the router are different or
// not supported: the report on standard output says which. 2: nothing was written.
[[nodiscard]] int import_command(const std::string& file, const Options& options);

}  // namespace weir::apps
