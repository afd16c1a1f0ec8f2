// SPDX-License-Identifier: Apache-2.0
// Words that the tables of recordings share.
#pragma once

#include <string>

#include "signaling/show/show_recordings.hpp"

namespace weir::signaling {

[[nodiscard]] std::string endpoint_or_dash(const Endpoint& endpoint);
// "SETUP", "ACTIVE", "HOLD", "ENDING".
[[nodiscard]] const char* to_string(ForkState state);

}  // namespace weir::signaling
