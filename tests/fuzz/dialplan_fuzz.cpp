// SPDX-License-Identifier: Apache-2.0
// Fuzzes what the dial plan reads: a pattern or an expression, and the number or URI it meets.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/result.hpp"
#include "dialplan/number_pattern.hpp"
#include "dialplan/uri_class.hpp"
#include "dialplan/uri_text.hpp"

namespace {

using namespace weir::dialplan;

void try_pattern(std::string_view text, std::string_view number) {
    const auto pattern = NumberPattern::compile(text);
    if (!pattern) return;
    const auto match = pattern->match(number);
    if (!match) return;
    WEIR_ASSERT(match->consumed <= number.size());
    WEIR_ASSERT(match->length <= match->consumed);
}

void try_uri(std::string_view expression, std::string_view uri) {
    WEIR_ASSERT(number_in_uri(uri).size() <= uri.size());
    weir::config::UriClass source;
    source.host_pattern = expression;
    source.user_id = expression;
    const auto compiled = CompiledUriClass::compile(source);
    if (!compiled) return;
    static_cast<void>(compiled->match(uri));
    static_cast<void>(compiled->match_via(uri));
}

}  // namespace

// The input is two texts with a line end between them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(data, data + size);
    const auto end = input.find('\n');
    const std::string_view first = std::string_view(input).substr(0, end);
    const std::string_view second =
        end == std::string::npos ? std::string_view() : std::string_view(input).substr(end + 1);
    try_pattern(first, second);
    try_uri(first, second);
    return 0;
}
