// SPDX-License-Identifier: Apache-2.0
// The output filters behind `|`: include, exclude, begin, section and count, each with a regex.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/base/result.hpp"

namespace re2 {
class RE2;
}

namespace weir::config {

// Linear in the text whatever the expression is (RE2), so that no operator can hold the thread.
class OutputFilter {
public:
    // "include 10.0.0": the text behind the bar. Errors: invalid, in the words of IOS.
    [[nodiscard]] static Result<OutputFilter> parse(std::string_view text);
    OutputFilter(OutputFilter&&) noexcept;
    OutputFilter& operator=(OutputFilter&&) noexcept;
    ~OutputFilter();

    [[nodiscard]] std::string apply(std::string_view text) const;

private:
    enum class Kind { include, exclude, begin, section, count };
    OutputFilter(Kind kind, std::unique_ptr<re2::RE2> regex);

    Kind kind_;
    std::unique_ptr<re2::RE2> regex_;
};

// What `?` shows behind the bar, and the words that TAB offers: of the filter's name, or that an
// expression is wanted.
[[nodiscard]] std::string filter_help(std::string_view partial);
[[nodiscard]] std::vector<std::string> filter_words(std::string_view partial);

}  // namespace weir::config
