// SPDX-License-Identifier: Apache-2.0
// What the edge of the node knows, for programs: registrations, limits on calls, keepalive.
#pragma once

#include <string>
#include <vector>

#include "signaling/client/keepalive_client.hpp"
#include "signaling/client/register_client.hpp"
#include "signaling/edge/call_gate.hpp"

namespace weir::apps {

// Each a list of objects that ends in \n. `tenant` 0: all.
[[nodiscard]] std::string register_rows_json(const std::vector<signaling::RegisterRow>& rows,
                                             std::uint32_t tenant);
[[nodiscard]] std::string thresholds_json(const std::vector<signaling::ThresholdState>& rows);
[[nodiscard]] std::string spike_json(signaling::CallGate& gate, MonoTime now);
[[nodiscard]] std::string keepalive_json(const std::vector<signaling::PingRow>& rows);

}  // namespace weir::apps
