// SPDX-License-Identifier: Apache-2.0
// Semicolon parameters of a URI or header value: ";tag=abc; lr ;x=\"a;b\"".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::signaling {

// The value of the parameter `name` (any case) in a list that begins with a semicolon or is empty;
// a quoted value comes without quotes and escapes, a parameter without value as "". Blanks around
// semicolons and equal signs do not count. Total on any bytes. Thread: any.
[[nodiscard]] std::optional<std::string> find_parameter(std::string_view list,
                                                        std::string_view name);

// The text between double quotes with its backslash escapes undone: `"a\"b"` is a"b. A text without
// quotes comes back as it is.
[[nodiscard]] std::string unquote(std::string_view text);

}  // namespace weir::signaling
