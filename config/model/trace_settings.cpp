// SPDX-License-Identifier: Apache-2.0
// The lines of `trace`, read from the block in which the configuration keeps them.
#include "config/model/trace_settings.hpp"

#include "config/base/text.hpp"

namespace weir::config {

TraceSettings trace_settings(const Config& config) {
    TraceSettings settings;
    const auto block = config.kept_blocks.find("voice service voip\ntrace");
    if (block == config.kept_blocks.end()) return settings;
    for (const KeptLine& line : block->second) {
        const auto words = text::words(line.text);
        if (words.size() == 1 && words[0] == "shutdown") settings.enabled = false;
        if (words.size() != 2 || words[0] != "memory-limit") continue;
        if (const auto megabytes = text::number(words[1]))
            settings.megabytes = static_cast<std::uint32_t>(*megabytes);
    }
    return settings;
}

}  // namespace weir::config
