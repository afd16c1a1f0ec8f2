// SPDX-License-Identifier: Apache-2.0
// Reads a command line.
#include "deploy/apps/options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/base/text.hpp"

namespace weir::apps {

const std::string* Options::find(const std::string& name) const {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second;
}

Result<std::string> Options::required(const std::string& name) const {
    const std::string* value = find(name);
    if (value == nullptr || value->empty())
        return fail(ErrorCode::invalid, fmt::format("{} is missing", name));
    return *value;
}

Result<Options> parse_options(int argc, const char* const* argv,
                              const std::vector<std::string>& with_value,
                              const std::vector<std::string>& flags) {
    const auto is_in = [](const std::vector<std::string>& list, const std::string& name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (!word.starts_with("--")) {
            options.words.push_back(word);
            continue;
        }
        const auto equals = word.find('=');
        const std::string name = word.substr(0, equals);
        std::string value;
        if (is_in(with_value, name)) {
            if (equals != std::string::npos) {
                value = word.substr(equals + 1);
            } else if (i + 1 < argc) {
                value = argv[++i];
            }
            // A number that is withheld is empty, and is said as such: --calling "".
            const bool may_be_empty = is_in({"--calling", "--called"}, name) && argv[i] == value;
            if (value.empty() && !may_be_empty)
                return fail(ErrorCode::invalid, fmt::format("{} needs a value", name));
        } else if (!is_in(flags, word)) {
            std::vector<std::string> known = with_value;
            known.insert(known.end(), flags.begin(), flags.end());
            const auto near = text::nearest(name, known);
            return fail(ErrorCode::invalid,
                        fmt::format("unknown option {}{}", text::printable(name),
                                    near ? fmt::format("; did you mean {}?", *near) : ""));
        }
        if (!options.values.emplace(name, value).second)
            return fail(ErrorCode::invalid, fmt::format("{} is given twice", name));
    }
    return options;
}

}  // namespace weir::apps
