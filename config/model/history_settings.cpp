// SPDX-License-Identifier: Apache-2.0
// The lines of dial-control-mib and call history-mib, read from where the configuration keeps them.
#include "config/model/history_settings.hpp"

#include "config/base/text.hpp"

namespace weir::config {

HistorySettings history_settings(const Config& config) {
    HistorySettings settings;
    for (const KeptLine& line : config.kept) {
        auto words = text::words(line.text);
        if (words.size() == 4 && words[0] == "call" && words[1] == "history-mib")
            words.erase(words.begin());
        else if (words.size() != 3 || words[0] != "dial-control-mib")
            continue;
        const auto value = text::number(words[2]);
        if (!value) continue;
        if (words[1] == "max-size") settings.calls = *value;
        if (words[1] == "retain-timer") settings.time = std::chrono::minutes(*value);
    }
    return settings;
}

}  // namespace weir::config
