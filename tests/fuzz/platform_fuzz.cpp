// SPDX-License-Identifier: Apache-2.0
// Any bytes as platform.yaml: a platform or errors with their places, never neither.
#include <cstddef>
#include <cstdint>
#include <string>

#include "config/base/result.hpp"
#include "config/platform/platform.hpp"

namespace config = weir::config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto reading = config::parse_platform(text, "/etc/weir/platform.yaml");
    for (const auto& error : reading.errors)
        WEIR_ASSERT(!error.text.empty());
    if (reading.ok()) {
        WEIR_ASSERT(!reading.platform.realms.empty());
        WEIR_ASSERT(!reading.platform.recorder.directory.empty());
    }
    return 0;
}
