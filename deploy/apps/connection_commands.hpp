// SPDX-License-Identifier: Apache-2.0
// `show sip-ua connections` and `clear sip-ua ... connection` (spec H.6).
#pragma once

#include "deploy/apps/operator_commands.hpp"

namespace weir::apps {

void add_connection_commands(config::CommandTable& table, const OperatorSources& sources);

}  // namespace weir::apps
