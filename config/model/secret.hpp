// SPDX-License-Identifier: Apache-2.0
// Passwords of a configuration: {0 | 6 | 7} TEXT, as IOS writes them.
//
// Type 7 is a disguise against a look over the shoulder, not encryption: whoever has the text has
// the password. Type 6 is AES under a key of the router that is not part of the configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/result.hpp"

namespace weir::config {

inline constexpr std::size_t kMaxPasswordBytes = 128;  // RFC 8760 sets no bound; routers stop here

struct Secret {
    std::uint8_t type = 7;  // 6 or 7; what was written in clear is disguised at once
    std::string text;       // as printed behind the type
    bool operator==(const Secret&) const = default;
};

// A password in clear (type 0) becomes type 7; 6 and 7 stay as they are. The same password gives
// the same text each time, so that two prints of a configuration are equal. Thread: any. Errors:
// invalid, if `text` is not what the type asks for, or too long.
[[nodiscard]] Result<Secret> secret_of(std::uint8_t type, std::string_view text);
// "7 094F471A1A0A"
[[nodiscard]] std::string to_text(const Secret& secret);
// The password in clear. Errors: invalid for type 6, whose key we do not have.
[[nodiscard]] Result<std::string> clear_text(const Secret& secret);

}  // namespace weir::config
