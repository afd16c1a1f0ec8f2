// SPDX-License-Identifier: Apache-2.0
// Calls that are being recorded, from snapshots of calls, recordings and weir-media's reports.
// Pure.
#pragma once

#include <vector>

#include "deploy/apps/call_rows.hpp"
#include "signaling/show/show_recordings.hpp"

namespace weir::apps {

// Those that a recorder has taken, or is asked to take.
[[nodiscard]] std::vector<signaling::CallRecording> recorded_calls(
    const std::vector<CallPicture>& calls, MonoTime now);

}  // namespace weir::apps
