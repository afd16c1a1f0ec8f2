// SPDX-License-Identifier: Apache-2.0
// One line as a terminal showed it: backspaces, carriage returns and escape sequences carried out.
#pragma once

#include <string>
#include <string_view>

namespace weir::config {

struct ShownLine {
    std::string text;           // UTF-8, no control characters but ^X written as two letters
    bool was_paged = false;     // a --More-- without the backspaces that took it away
    bool was_latin1 = false;    // bytes were not UTF-8 and were read as ISO 8859-1
    bool was_too_long = false;  // cut off
};

// `raw` is a line without LF. Looks at kMaxRawLine bytes. Thread: any.
[[nodiscard]] ShownLine shown_line(std::string_view raw);

}  // namespace weir::config
