// SPDX-License-Identifier: Apache-2.0
// What a router's configuration holds beside calls, and where that lives on a server: the advice of
// the report.
#pragma once

#include <string_view>

#include "config/import/import.hpp"

namespace weir::config {

// A command of the router by its first words, and what to say about it.
struct Foreign {
    std::string_view block;  // first words of the block around it; "" = global
    std::string_view words;  // first words of the line, without `no`
    Verdict verdict;         // of a line that the language does not know
    std::string_view advice;
    bool opens_block = false;
};

// The entry with the most words that fit, or null. Commands may be abbreviated on the router, but
// its print has them in full. Thread: any, constant.
[[nodiscard]] const Foreign* foreign(std::string_view block, std::string_view line);

}  // namespace weir::config
