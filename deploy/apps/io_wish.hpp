// SPDX-License-Identifier: Apache-2.0
// platform.yaml in the words of dataplane/host, which knows no configuration.
#pragma once

#include "config/platform/platform.hpp"
#include "dataplane/host/io_wish.hpp"

namespace weir::apps {

// A realm on a port asks for no device of the kernel: where dpdk falls back to another mode, any
// device that holds its address will do.
[[nodiscard]] dataplane::IoWish io_wish(const config::Platform& platform);

}  // namespace weir::apps
