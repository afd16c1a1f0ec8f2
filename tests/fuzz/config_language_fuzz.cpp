// SPDX-License-Identifier: Apache-2.0
// Any bytes as a configuration and as a line for help: no crash, and what is accepted prints and
// reads back the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/base/result.hpp"
#include "config/language/language.hpp"

namespace language = weir::config::language;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto result = language::read_text(text, "fuzz");
    for (const auto& diagnostic : result.diagnostics)
        WEIR_ASSERT(!language::print_diagnostic(diagnostic).empty());
    if (result.config) {
        const auto printed = language::print_running_config(*result.config);
        const auto again = language::read_text(printed, "printed");
        WEIR_ASSERT(again.config != nullptr);
        WEIR_ASSERT(language::print_running_config(*again.config) == printed);
    }
    if (size > 0) {
        const auto mode = static_cast<language::ModeId>(data[0] % language::kModeCount);
        static_cast<void>(language::help(mode, text.substr(1)));
    }
    return 0;
}
