// SPDX-License-Identifier: Apache-2.0
// Recordings of the calls in progress: `show voip recmsp`, `show call media-forking`, `show
// media-proxy` (spec H.8, H.10).
#pragma once

#include "deploy/apps/operator_commands.hpp"

namespace weir::apps {

void add_recording_commands(config::CommandTable& table, const OperatorSources& sources);

}  // namespace weir::apps
