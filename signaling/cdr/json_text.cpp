// SPDX-License-Identifier: Apache-2.0
// Texts of JSON (RFC 8259 7).
#include "signaling/cdr/json_text.hpp"

#include <algorithm>

#include <boost/json.hpp>

namespace weir::signaling {
namespace {

bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

}  // namespace

void JsonText::value(std::string_view text) {
    separate();
    if (std::ranges::any_of(text, needs_escape)) {
        out_ += boost::json::serialize(boost::json::string(text));
        return;
    }
    out_.push_back('"');
    out_.append(text);
    out_.push_back('"');
}

}  // namespace weir::signaling
