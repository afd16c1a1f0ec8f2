// SPDX-License-Identifier: Apache-2.0
// row_name: what a row of a table test is called in the list of tests. Without a PrintTo GoogleTest
// prints the bytes of a row, addresses and all.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace weir::tests {

// The fields of a row, "," between them; what ctest cannot have in a name stands as %XX, so that
// different rows stay different. For `void PrintTo(const Row&, std::ostream*)` beside the row.
inline std::string row_name(std::initializer_list<std::string_view> fields) {
    constexpr std::string_view kPlain = "-_.:@=+/*";
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string name;
    for (const auto field : fields) {
        if (!name.empty()) name.push_back(',');
        for (const char c : field) {
            const auto byte = static_cast<unsigned char>(c);
            const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                               (byte >= 'A' && byte <= 'Z') ||
                               kPlain.find(c) != std::string_view::npos;
            if (plain)
                name.push_back(c);
            else if (c == ' ')
                name.push_back('_');
            else
                name += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
        }
    }
    return name.empty() ? "empty" : name;
}

}  // namespace weir::tests
