// SPDX-License-Identifier: Apache-2.0
// The keywords of release causes (spec A.8), as they stand in commands.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::config {

struct ReleaseCause {
    const char* keyword;
    std::uint8_t value;  // Q.850 up to 127, Cisco's own above
};

// In alphabetical order. Thread: any.
[[nodiscard]] const std::vector<ReleaseCause>& release_causes();

// "call-reject" for 21; the decimal number where no keyword exists.
[[nodiscard]] std::string release_cause_text(std::uint8_t value);

}  // namespace weir::config
