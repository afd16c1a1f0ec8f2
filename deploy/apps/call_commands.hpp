// SPDX-License-Identifier: Apache-2.0
// `show call active|history voice|video`, `show sip-ua calls`, `clear call voice` (spec H.5, H.6,
// H.12).
#pragma once

#include "deploy/apps/operator_commands.hpp"

namespace weir::apps {

void add_call_commands(config::CommandTable& table, const OperatorSources& sources);

}  // namespace weir::apps
