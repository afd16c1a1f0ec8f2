// SPDX-License-Identifier: Apache-2.0
// What is wrong with a platform.yaml, as it is told.
#pragma once

#include <string>
#include <vector>

#include "config/platform/platform.hpp"

namespace weir::tests {

inline std::vector<std::string> errors_of(const std::string& text) {
    std::vector<std::string> texts;
    for (const config::PlatformError& error : config::parse_platform(text, "p.yaml").errors)
        texts.push_back(config::to_string("p.yaml", error));
    return texts;
}

}  // namespace weir::tests
