// SPDX-License-Identifier: Apache-2.0
// The text forms of the Cisco-Guid.
#include "config/base/guid.hpp"

#include <charconv>

#include "config/base/digits.hpp"

namespace weir {

Result<Guid> Guid::parse(std::string_view text) {
    Guid guid;
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (std::size_t i = 0; i < guid.words.size(); ++i) {
        if (i > 0 && (at == end || *at++ != '-'))
            return fail(ErrorCode::invalid, "Cisco-Guid needs four words joined by '-'");
        const auto [next, error] = std::from_chars(at, end, guid.words.at(i));
        if (error != std::errc{} || next - at > 10)
            return fail(ErrorCode::invalid, "Cisco-Guid word " + std::to_string(i + 1) +
                                                " is not a 32-bit decimal number");
        at = next;
    }
    if (at != end) return fail(ErrorCode::invalid, "Cisco-Guid has text behind its fourth word");
    return guid;
}

std::string Guid::to_string() const {
    std::string text;
    text.reserve(sizeof "0123456789-0123456789-0123456789-0123456789");
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text.push_back('-');
        text::append_padded(text, words[i], 10);
    }
    return text;
}

std::string Guid::to_conf_id() const {
    std::string text;
    text.reserve(sizeof "01234567 01234567 01234567 01234567");
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text.push_back(' ');
        text::append_upper_hex(text, words[i]);
    }
    return text;
}

}  // namespace weir
