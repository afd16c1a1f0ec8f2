// SPDX-License-Identifier: Apache-2.0
// Any bytes as a router's output: what is made of them loads, and every line has its verdict.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/base/result.hpp"
#include "config/import/import.hpp"
#include "config/language/language.hpp"
#include "config/platform/platform.hpp"

namespace config = weir::config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto import = config::import_text(text, "fuzz");
    if (!import) {
        // A file of Weir that does not load would be reported as an error, too: it is not one.
        WEIR_ASSERT(import.error().context.find("a fault of Weir") == std::string::npos);
        return 0;
    }
    WEIR_ASSERT(config::language::read_text(import->config, "weir.cfg").config != nullptr);
    WEIR_ASSERT(config::parse_platform(import->platform, "platform.yaml").ok());
    std::uint32_t number = 0;
    for (const auto& line : import->report.lines)
        WEIR_ASSERT(line.number == ++number);
    WEIR_ASSERT(!config::report_text(import->report).empty());
    WEIR_ASSERT(!config::report_json(import->report).empty());
    return 0;
}
