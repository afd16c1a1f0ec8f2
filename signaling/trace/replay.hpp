// SPDX-License-Identifier: Apache-2.0
// Replay: the recorded inputs of a call fed to the machine once more, its actions compared.
#pragma once

#include <optional>
#include <string>

#include "config/model/config.hpp"
#include "signaling/trace/trace_reader.hpp"

namespace weir::signaling {

struct ReplayDifference {
    std::size_t step = 0;  // from 0: the begin of the call
    std::string input;     // in words
    std::string recorded;  // what the machine did then
    std::string now;       // what it does now
};

struct ReplayResult {
    std::size_t steps = 0;                       // compared
    std::size_t actions = 0;                     // of them
    std::optional<ReplayDifference> difference;  // the first one; the replay ends there
};

// Pure: no clock, socket or random source is asked. Verdicts of routing and admission, leased
// ports, ids and random values are inputs, so the machine must do the same. Errors: invalid, when
// the recorded INVITE makes no dialog. Thread: any.
[[nodiscard]] Result<ReplayResult> replay(const RecordedCall& call, config::ConfigPtr config);

}  // namespace weir::signaling
