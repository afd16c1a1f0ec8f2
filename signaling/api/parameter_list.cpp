// SPDX-License-Identifier: Apache-2.0
// Semicolon parameters; see parameter_list.hpp.
#include "signaling/api/parameter_list.hpp"

#include <algorithm>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

// The end of the parameter that begins at `at`: the next semicolon outside quotes.
std::size_t end_of_parameter(std::string_view list, std::size_t at) {
    const std::size_t plain = std::min(list.find(';', at), list.size());
    if (list.substr(at, plain - at).find('"') == std::string_view::npos) return plain;
    bool quoted = false;
    for (; at < list.size(); ++at) {
        if (quoted && list[at] == '\\')
            ++at;
        else if (list[at] == '"')
            quoted = !quoted;
        else if (list[at] == ';' && !quoted)
            return at;
    }
    return list.size();
}

}  // namespace

std::optional<std::string> find_parameter(std::string_view list, std::string_view name) {
    std::size_t at = 0;
    while (at < list.size()) {
        const std::size_t end = end_of_parameter(list, at);
        const std::string_view parameter = list.substr(at, end - at);
        const std::size_t equal = parameter.find('=');
        if (text::iequals(text::trim(parameter.substr(0, equal)), name)) {
            if (equal == std::string_view::npos) return std::string();
            return unquote(text::trim(parameter.substr(equal + 1)));
        }
        at = end + 1;
    }
    return std::nullopt;
}

std::string unquote(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    std::string plain;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        plain.push_back(text[i]);
    }
    return plain;
}

}  // namespace weir::signaling
