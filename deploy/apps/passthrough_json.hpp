// SPDX-License-Identifier: Apache-2.0
// `show sip-ua registration passthrough status` as JSON. Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "signaling/client/show_passthrough.hpp"

namespace weir::apps {

[[nodiscard]] std::string passthrough_json(const std::vector<signaling::BindingRow>& rows);

}  // namespace weir::apps
