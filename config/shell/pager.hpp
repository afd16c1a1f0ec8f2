// SPDX-License-Identifier: Apache-2.0
// Pager: a long text page by page, with --More-- between the pages.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir::config {

// What the operator pressed at --More--.
enum class PagerKey { page, line, quit, other };
// Space, Enter, q; also ^C, ^Z and the end of the input (-1) quit.
[[nodiscard]] PagerKey pager_key(int character);

// Which part of the text is shown next. Pure; thread: any.
class Pager {
public:
    // `length`: lines of the terminal, one of which --More-- takes; 0 = everything at once.
    // `width`: columns, longer lines take several; 0 = not known.
    Pager(std::string_view text, unsigned length, unsigned width);

    // The next part, whole lines. Empty: nothing is left.
    [[nodiscard]] std::string_view next();
    [[nodiscard]] bool is_done() const { return rest_.empty(); }
    // How much the next call of next() gives; `other` keys give nothing.
    void pressed(PagerKey key);

private:
    [[nodiscard]] std::size_t rows_of(std::string_view line) const;

    std::string_view rest_;
    std::size_t page_;  // rows
    std::size_t rows_;  // of the next part
    std::size_t width_;
};

}  // namespace weir::config
