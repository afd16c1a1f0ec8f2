// SPDX-License-Identifier: Apache-2.0
// What a router's operator asks of the box itself: `show cube status`, `show redundancy application
// group`, `show sip-ua srtp` (spec H.6, H.9, J).
#pragma once

#include <string>

#include "deploy/apps/plan_commands.hpp"

namespace weir::apps {

// `platform`: "Linux x86_64".
[[nodiscard]] std::string cube_status_text(const config::Config& config,
                                           const std::string& platform);
[[nodiscard]] std::string redundancy_text(const config::Config& config);
[[nodiscard]] std::string srtp_text(const config::Config& config);

void add_node_commands(config::CommandTable& table, const PlanSources& plans);

}  // namespace weir::apps
