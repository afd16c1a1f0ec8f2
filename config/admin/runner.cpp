// SPDX-License-Identifier: Apache-2.0
// Splits a typed line into command and filter and runs it.
#include "config/admin/runner.hpp"

#include <memory>
#include <utility>

#include "config/admin/filter.hpp"
#include "config/base/text.hpp"

namespace weir::config {

void run_line(const CommandTable& table, std::string_view line, Respond respond) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
        line.remove_suffix(1);
    const auto bar = line.find('|');
    const std::string_view words = line.substr(0, bar);
    if (!words.empty() && words.back() == '?') {
        respond({true, table.help(words.substr(0, words.size() - 1))});
        return;
    }
    auto match = table.find(words);
    if (!match) {
        respond({false, match.error().context});
        return;
    }
    if (bar == std::string_view::npos) {
        match->command->handler(match->arguments, std::move(respond));
        return;
    }
    auto filter = OutputFilter::parse(line.substr(bar + 1));
    if (!filter) {
        respond({false, filter.error().context});
        return;
    }
    const auto shared = std::make_shared<OutputFilter>(std::move(*filter));
    // The filter runs where the answer is taken, too: regular expressions over a table of calls
    // are nothing for the SIP thread, which brings it.
    match->command->handler(
        match->arguments, [shared, respond = std::move(respond)](Answer answer) {
            if (!answer.ok) return respond(std::move(answer));
            const auto whole = std::make_shared<Answer>(std::move(answer));
            respond({true, "", [shared, whole] { return shared->apply(whole->take()); }});
        });
}

}  // namespace weir::config
