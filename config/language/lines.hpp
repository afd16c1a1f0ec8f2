// SPDX-License-Identifier: Apache-2.0
// Cuts a text into lines, and says what bytes of a line are not text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::config::language {

struct SourceLine {
    std::uint32_t number = 0;  // 1-based
    std::string_view text;  // without LF, CR LF and blanks at the end; at most kConfigMaxLine bytes
    bool too_long = false;  // the line went on; the rest was skipped
};

// Thread: the one that reads.
class Lines {
public:
    explicit Lines(std::string_view text);
    [[nodiscard]] std::optional<SourceLine> next();

private:
    std::string_view rest_;
    std::uint32_t number_ = 0;
};

struct BadByte {
    std::size_t at = 0;  // offset in the line
    std::string text;    // one sentence
};
// The first control character, or the first byte that is not UTF-8 (RFC 3629).
[[nodiscard]] std::optional<BadByte> bad_byte(std::string_view line);

// Blanks in front.
[[nodiscard]] std::size_t indentation(std::string_view line);

}  // namespace weir::config::language
