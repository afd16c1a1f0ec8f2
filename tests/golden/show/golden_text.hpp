// SPDX-License-Identifier: Apache-2.0
// A text against its file; WEIR_GOLDEN_UPDATE=1 writes the file.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "config/base/address.hpp"

namespace weir::tests {

inline void expect_golden(const std::string& name, const std::string& text) {
    const std::string path = std::string(WEIR_SOURCE_DIR) + "/tests/golden/show/" + name;
    if (std::getenv("WEIR_GOLDEN_UPDATE") != nullptr) std::ofstream(path) << text;
    std::ostringstream wanted;
    wanted << std::ifstream(path).rdbuf();
    EXPECT_EQ(text, wanted.str()) << path;
}

inline Endpoint at(const char* text) {
    return Endpoint::parse(text, 0).value();
}

}  // namespace weir::tests
