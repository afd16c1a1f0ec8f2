// SPDX-License-Identifier: Apache-2.0
// `show call threshold {config | status [unavailable] | stats}` and `show call spike status`
// (spec H.9).
#pragma once

#include <string>

#include "signaling/edge/call_gate.hpp"
#include "signaling/edge/shared_limits.hpp"

namespace weir::signaling {

enum class ThresholdView : std::uint8_t { config, status, unavailable, stats };
[[nodiscard]] std::string show_call_threshold(const CallGate& gate, std::size_t active,
                                              ThresholdView view);
[[nodiscard]] std::string show_call_spike_status(CallGate& gate, MonoTime now);
// `show call threshold tenant`: calls and bandwidth of tenants against their limits.
[[nodiscard]] std::string show_tenant_limits(const SharedLimits& limits);

}  // namespace weir::signaling
