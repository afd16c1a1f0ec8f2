// SPDX-License-Identifier: Apache-2.0
// platform.yaml and the machine as the settings of weir-media.
//
// Thread: any (values).
#pragma once

#include <string>

#include "config/platform/platform.hpp"
#include "dataplane/control/media_node.hpp"
#include "dataplane/host/machine.hpp"

namespace weir::apps {

[[nodiscard]] dataplane::EalOptions eal_options(const config::Platform& platform,
                                                const dataplane::MachineFacts& machine);

// `memory_fd`: the supervisor's, or -1.
[[nodiscard]] dataplane::MediaNodeOptions node_options(const config::Platform& platform,
                                                       const dataplane::MachineFacts& machine,
                                                       const std::string& runtime, int memory_fd);

}  // namespace weir::apps
