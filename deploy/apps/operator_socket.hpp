// SPDX-License-Identifier: Apache-2.0
// Where a node's operator socket is.
#pragma once

#include <string>

#include "config/base/result.hpp"
#include "deploy/apps/options.hpp"

namespace weir::apps {

// The runtime directory: --runtime, else where --platform says, else the default. Errors: invalid,
// of platform.yaml.
[[nodiscard]] Result<std::string> operator_runtime(const Options& options);
// In --runtime, else where --platform says, else in the default directory. Errors: invalid, of
// platform.yaml.
[[nodiscard]] Result<std::string> operator_socket(const Options& options);

}  // namespace weir::apps
