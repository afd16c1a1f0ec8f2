// SPDX-License-Identifier: Apache-2.0
// Command lines of the programs: words and --name VALUE options, nothing else.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/base/result.hpp"

namespace weir::apps {

struct Options {
    std::vector<std::string> words;
    std::map<std::string, std::string> values;  // "--config" -> FILE; flags have the value ""

    [[nodiscard]] const std::string* find(const std::string& name) const;
    // Errors: invalid, naming the option that is missing.
    [[nodiscard]] Result<std::string> required(const std::string& name) const;
};

// `with_value` and `flags` are the options that exist. "--name VALUE" and "--name=VALUE" are the
// same. Errors: invalid: unknown (with the nearest), given twice, or without its value.
[[nodiscard]] Result<Options> parse_options(int argc, const char* const* argv,
                                            const std::vector<std::string>& with_value,
                                            const std::vector<std::string>& flags);

}  // namespace weir::apps
