// SPDX-License-Identifier: Apache-2.0
// Reads a text to know where each command stood, then looks the findings up.
#include "config/language/locate.hpp"

#include "config/base/limits.hpp"
#include "config/language/lines.hpp"
#include "config/language/reader.hpp"

namespace weir::config::language {

std::vector<Diagnostic> locate(std::string_view text, const std::string& file_name,
                               const std::vector<Finding>& findings) {
    Reader reader(file_name);
    Lines lines(text.substr(0, kConfigMaxBytes));
    while (const auto line = lines.next())
        reader.line(*line);
    std::vector<Diagnostic> located;
    located.reserve(findings.size());
    for (const Finding& finding : findings)
        located.push_back(reader.located(finding));
    return located;
}

}  // namespace weir::config::language
