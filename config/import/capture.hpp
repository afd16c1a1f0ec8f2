// SPDX-License-Identifier: Apache-2.0
// What a terminal wrote down of a router, as clean lines: paging, prompts and escape sequences are
// taken out, and what is configuration is told from what stands around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"

namespace weir::config {

struct CaptureLine {
    enum class Kind : std::uint8_t {
        configuration,
        surroundings,  // prompts, headings, output of other commands
        comment,       // `!` and empty lines
        banner,        // text for people at the login
        refused,       // no text of a configuration: `note` says why
    };
    std::uint32_t number = 0;  // 1-based, in the file
    Kind kind = Kind::configuration;
    std::string text{};           // UTF-8 without control characters, blanks at the end cut off
    std::string note{};           // why it is not configuration, or how it was cleaned
    bool indent_is_known = true;  // false: paging or a prompt took the place of the blanks in front
};

// Every line of the text once, in its order. Errors: invalid: more than kConfigMaxBytes or
// kMaxCaptureLines, or UTF-16. Linear in the text. Thread: any.
[[nodiscard]] Result<std::vector<CaptureLine>> read_capture(std::string_view text);

}  // namespace weir::config
