// SPDX-License-Identifier: Apache-2.0
// How much of a configuration is printed.
#pragma once

#include <cstdint>

namespace weir::config::language {

enum class PrintDepth : std::uint8_t {
    changed,  // what differs from the default: show running-config
    all,      // single values at their default, too: show running-config all
};

}  // namespace weir::config::language
