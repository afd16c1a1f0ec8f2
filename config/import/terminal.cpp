// SPDX-License-Identifier: Apache-2.0
// A terminal of one line.
#include "config/import/terminal.hpp"

#include <algorithm>

#include "config/base/limits.hpp"
#include "config/import/import_limits.hpp"
#include "config/language/lines.hpp"

namespace weir::config {
namespace {

constexpr char kEscape = '\x1B';
constexpr char kBackspace = '\b';
constexpr char kDelete = '\x7F';
constexpr std::string_view kMore = "--More--";

// The bytes of a line, overwritten as the cursor goes back and forth.
class Row {
public:
    void put(char c) {
        if (cursor_ == cells_.size())
            cells_.push_back(c);
        else
            cells_[cursor_] = c;
        ++cursor_;
    }
    void back() {
        if (cursor_ > 0) --cursor_;
    }
    void to_front() { cursor_ = 0; }
    void erase_to_end() { cells_.resize(cursor_); }
    [[nodiscard]] std::string take() { return std::move(cells_); }

private:
    std::string cells_;
    std::size_t cursor_ = 0;
};

// Carries out an escape sequence at the beginning of `rest` (ECMA-48 5.4: CSI, parameters, one
// final byte) and gives its length.
std::size_t escape_sequence(std::string_view rest, Row& row) {
    if (rest.size() < 2) return rest.size();
    if (rest[1] != '[') return 2;
    std::size_t at = 2;
    while (at < rest.size() && (rest[at] < '@' || rest[at] > '~'))
        ++at;
    if (at == rest.size()) return at;
    if (rest[at] == 'K') row.erase_to_end();
    if (rest[at] == 'D') row.back();
    return at + 1;
}

std::string carried_out(std::string_view raw) {
    Row row;
    for (std::size_t at = 0; at < raw.size();) {
        const char c = raw[at];
        if (c == kEscape) {
            at += escape_sequence(raw.substr(at), row);
            continue;
        }
        ++at;
        if (c == kBackspace || c == kDelete) {
            row.back();
        } else if (c == '\r') {
            row.to_front();
        } else if (c == '\t' || static_cast<unsigned char>(c) >= 0x20) {
            row.put(c);
        } else if (c != '\0' && c != '\a') {  // ^C is the delimiter of banners
            row.put('^');
            row.put(static_cast<char>(c + '@'));
        }
    }
    return row.take();
}

std::string from_latin1(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            text.push_back(c);
        } else if (byte >= 0xA0) {  // 0x80 to 0x9F are control characters
            text.push_back(static_cast<char>(0xC0U | byte >> 6U));
            text.push_back(static_cast<char>(0x80U | (byte & 0x3FU)));
        } else {
            text.push_back('?');
        }
    }
    return text;
}

void cut_trailing_blanks(std::string& text) {
    const auto last = text.find_last_not_of(" \t");
    text.resize(last == std::string::npos ? 0 : last + 1);
}

}  // namespace

ShownLine shown_line(std::string_view raw) {
    ShownLine line;
    while (raw.ends_with('\r'))
        raw.remove_suffix(1);
    line.was_too_long = raw.size() > kMaxRawLine;
    line.text = carried_out(raw.substr(0, kMaxRawLine));
    cut_trailing_blanks(line.text);
    // Some programs write down what can be printed only: the blanks that took --More-- away stand
    // before the text, and how many of them are its own cannot be told.
    const auto more = line.text.find(kMore);
    if (more != std::string::npos && line.text.find_first_not_of(" \t<") == more) {
        line.was_paged = true;
        line.text.erase(0, more + kMore.size());
        line.text.erase(0, std::min(line.text.find_first_not_of(" \t>"), line.text.size()));
    }
    if (language::bad_byte(line.text)) {
        line.was_latin1 = true;
        line.text = from_latin1(line.text);
    }
    if (line.text.size() > kConfigMaxLine) {
        line.was_too_long = true;
        line.text.resize(kConfigMaxLine);
        while (language::bad_byte(line.text))  // a letter that was cut in two
            line.text.pop_back();
    }
    return line;
}

}  // namespace weir::config
