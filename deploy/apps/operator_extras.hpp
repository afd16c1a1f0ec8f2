// SPDX-License-Identifier: Apache-2.0
// What sessions of weir-sip can do beside editing: `show commit impact`, reading a map's file
// again.
#pragma once

#include <string>

#include "deploy/apps/dialpeer_debug.hpp"
#include "deploy/apps/live_config.hpp"
#include "deploy/apps/operator_part.hpp"

namespace weir::apps {

// The references outlive what is given back. Thread: admin.
[[nodiscard]] OperatorExtras operator_extras(LiveConfig& live, DialpeerDebug& debug,
                                             const std::string& cdr_file, LogTap& log);

}  // namespace weir::apps
