// SPDX-License-Identifier: Apache-2.0
// The command `weir explain`: one call through one configuration.
#pragma once

#include "deploy/apps/options.hpp"

namespace weir::apps {

// 0: the call is routed. 1: it is refused. 2: wrong options, or a configuration with errors. The
// explanation goes to standard output, what is wrong to standard error.
[[nodiscard]] int explain_command(const Options& options);

}  // namespace weir::apps
