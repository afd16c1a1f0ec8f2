// SPDX-License-Identifier: Apache-2.0
// Which configuration `weir explain` looks at: a file, the node's startup file, or what a running
// node runs or collects.
#pragma once

#include <string>

#include "config/base/result.hpp"
#include "deploy/apps/node.hpp"
#include "deploy/apps/options.hpp"

namespace weir::apps {

struct ExplainedConfig {
    std::string name;  // for messages: the file, or "candidate-config"
    NodeCheck check;
};

// `weir run` leaves a link to the configuration that it was started with in the runtime directory;
// it stays there when the node has gone.
[[nodiscard]] std::string startup_link(const std::string& runtime);
// Makes it point to `config`. Errors: io.
[[nodiscard]] Result<void> link_startup(const std::string& runtime, const std::string& config);

// --config FILE, --startup, --running or --candidate: one of them. The last two ask the node, the
// others read files. Errors: invalid (none of them, two of them, platform.yaml), not_found (no
// link), and of the admin socket.
[[nodiscard]] Result<ExplainedConfig> explained_config(const Options& options);

}  // namespace weir::apps
