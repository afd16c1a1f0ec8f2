// SPDX-License-Identifier: Apache-2.0
// Rows of a terminal, counted.
#include "config/shell/pager.hpp"

#include <algorithm>

namespace weir::config {

PagerKey pager_key(int character) {
    constexpr int kControlC = 3;
    constexpr int kControlZ = 26;
    switch (character) {
        case ' ':
            return PagerKey::page;
        case '\r':
        case '\n':
            return PagerKey::line;
        case 'q':
        case 'Q':
        case kControlC:
        case kControlZ:
        case -1:
            return PagerKey::quit;
        default:
            return PagerKey::other;
    }
}

Pager::Pager(std::string_view text, unsigned length, unsigned width)
    : rest_(text), page_(length > 1 ? length - 1 : length), rows_(page_), width_(width) {}

std::size_t Pager::rows_of(std::string_view line) const {
    if (width_ == 0 || line.empty()) return 1;
    return (line.size() + width_ - 1) / width_;
}

std::string_view Pager::next() {
    if (page_ == 0) {
        const std::string_view all = rest_;
        rest_ = {};
        return all;
    }
    std::size_t size = 0;
    std::size_t rows = 0;
    while (size < rest_.size()) {
        const auto end = rest_.find('\n', size);
        const std::size_t next = end == std::string_view::npos ? rest_.size() : end + 1;
        const std::size_t more = rows_of(rest_.substr(size, next - size - 1));
        // A line that is higher than the terminal is shown all the same.
        if (rows > 0 && rows + more > rows_) break;
        rows += more;
        size = next;
        if (rows >= rows_) break;
    }
    const std::string_view part = rest_.substr(0, size);
    rest_.remove_prefix(size);
    rows_ = 0;
    return part;
}

void Pager::pressed(PagerKey key) {
    rows_ = key == PagerKey::page ? page_ : 1;
    if (key == PagerKey::quit) rest_ = {};
}

}  // namespace weir::config
