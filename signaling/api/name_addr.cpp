// SPDX-License-Identifier: Apache-2.0
// NameAddr: display name, URI and header parameters (RFC 3261 20.10, 25.1).
#include <algorithm>

#include "config/base/text.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/parameter_list.hpp"

namespace weir::signaling {
namespace {

tl::unexpected<Error> bad(std::string_view text, const char* why) {
    return fail(ErrorCode::invalid, "address '" + text::printable(text) + "' " + why);
}

// The length of the quoted string at the front, with its quotes; npos if it never ends.
std::size_t quoted_length(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            return i + 1;
    }
    return std::string_view::npos;
}

bool has_control_byte(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7F;
    });
}

bool is_parameter_list(std::string_view text) {
    return text.empty() || text.front() == ';';
}

}  // namespace

Result<NameAddr> NameAddr::parse(std::string_view whole) {
    NameAddr result;
    std::string_view rest = text::trim(whole);
    if (rest.starts_with('"')) {
        const std::size_t length = quoted_length(rest);
        if (length == std::string_view::npos) return bad(whole, "has a quote that does not end");
        result.display = unquote(rest.substr(0, length));
        rest = text::trim(rest.substr(length));
        if (!rest.starts_with('<')) return bad(whole, "has no < behind its display name");
    }
    const std::size_t open = rest.find('<');
    if (open == std::string_view::npos ||
        rest.substr(0, open).find(';') != std::string_view::npos) {
        // RFC 3261 20.10: without brackets, what follows a semicolon belongs to the header, and a
        // question mark may not stand in the URI.
        const std::size_t semicolon = rest.find(';');
        result.uri = text::trim(rest.substr(0, semicolon));
        if (semicolon != std::string_view::npos) result.parameters = rest.substr(semicolon);
        if (result.uri.find_first_of("<>?, \t\"") != std::string::npos)
            return bad(whole, "needs < and > around its URI");
    } else {
        if (result.display.empty()) result.display = text::trim(rest.substr(0, open));
        if (result.display.find('"') != std::string::npos && open != 0)
            return bad(whole, "has a quote inside its display name");
        const std::size_t close = rest.find('>', open);
        if (close == std::string_view::npos) return bad(whole, "has a < without its >");
        result.uri = rest.substr(open + 1, close - open - 1);
        result.parameters = text::trim(rest.substr(close + 1));
        if (!is_parameter_list(result.parameters)) return bad(whole, "has text behind its >");
    }
    if (result.uri.empty()) return bad(whole, "has no URI");
    if (result.uri.find('<') != std::string::npos) return bad(whole, "has a < inside its URI");
    if (has_control_byte(result.uri) || has_control_byte(result.parameters))
        return bad(whole, "holds a control byte");
    return result;
}

std::string NameAddr::to_string() const {
    std::string text;
    if (!display.empty()) {
        text.push_back('"');
        for (const char c : display) {
            if (c == '"' || c == '\\') text.push_back('\\');
            text.push_back(c);
        }
        text += "\" ";
    }
    return text + "<" + uri + ">" + parameters;
}

std::optional<std::string> NameAddr::parameter(std::string_view name) const {
    return find_parameter(parameters, name);
}

std::string NameAddr::tag() const {
    return parameter("tag").value_or("");
}

}  // namespace weir::signaling
