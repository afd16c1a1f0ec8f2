// SPDX-License-Identifier: Apache-2.0
// What weir-media counts: `show media`, `show voip rtp stats`, `show voip fpi {calls | stats}`.
#pragma once

#include "deploy/apps/operator_commands.hpp"

namespace weir::apps {

void add_media_commands(config::CommandTable& table, const OperatorSources& sources);

}  // namespace weir::apps
