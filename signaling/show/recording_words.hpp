// SPDX-License-Identifier: Apache-2.0
// Words that the tables of recordings share.
#pragma once

#include <cstddef>
#include <string>

#include "signaling/show/show_recordings.hpp"

namespace weir::signaling {

inline constexpr std::size_t kShownText = 128;  // bytes of what a peer has sent

[[nodiscard]] std::string shown_text(const std::string& text);
[[nodiscard]] std::string endpoint_or_dash(const Endpoint& endpoint);
// "SETUP", "ACTIVE", "HOLD", "ENDING".
[[nodiscard]] const char* to_string(ForkState state);

}  // namespace weir::signaling
