// SPDX-License-Identifier: Apache-2.0
// What must hold when a sequence is over, whatever the dice said.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/call_fuzz_run.hpp"

namespace weir::signaling {

// The laws that were broken, in words; empty: none. Ends what weir-media kept in silence.
[[nodiscard]] std::vector<std::string> broken_laws(FuzzRun& run);
// Feeds the recorded inputs of each call to a machine once more; what differs, in words.
[[nodiscard]] std::vector<std::string> broken_replays(const FuzzRun& run);
// Every call of a recorded sequence, for whoever reads a failure.
[[nodiscard]] std::string ladders(const FuzzRun& run);

}  // namespace weir::signaling
