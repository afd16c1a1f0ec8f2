// SPDX-License-Identifier: Apache-2.0
// NameAddr: display name, URI and header parameters (RFC 3261 20.10, 25.1).
#include "config/base/text.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/parameter_list.hpp"
#include "signaling/api/party.hpp"

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

PartyText faulty(const char* why) {
    PartyText party;
    party.fault = why;
    return party;
}

// RFC 3261 20.10: without brackets, what follows a semicolon belongs to the header, and a question
// mark may not stand in the URI.
PartyText read_addr_spec(std::string_view text) {
    PartyText party;
    const std::size_t semicolon = text.find(';');
    party.uri = text::trim(text.substr(0, semicolon));
    if (semicolon != std::string_view::npos) party.parameters = text.substr(semicolon);
    if (party.uri.find_first_of("<>?, \t\"") != std::string_view::npos)
        return faulty("needs < and > around its URI");
    return party;
}

}  // namespace

PartyText read_party(std::string_view text) {
    PartyText party;
    std::string_view rest = text::trim(text);
    if (rest.starts_with('"')) {
        const std::size_t length = quoted_length(rest);
        if (length == std::string_view::npos) return faulty("has a quote that does not end");
        party.display = rest.substr(0, length);
        rest = text::trim(rest.substr(length));
        if (!rest.starts_with('<')) return faulty("has no < behind its display name");
    }
    const std::size_t open = rest.find('<');
    if (open == std::string_view::npos ||
        rest.substr(0, open).find(';') != std::string_view::npos) {
        party = read_addr_spec(rest);
        if (party.fault != nullptr) return party;
    } else {
        if (party.display.empty()) {
            party.display = text::trim(rest.substr(0, open));
            if (party.display.find('"') != std::string_view::npos)
                return faulty("has a quote inside its display name");
        }
        const std::size_t close = rest.find('>', open);
        if (close == std::string_view::npos) return faulty("has a < without its >");
        party.uri = rest.substr(open + 1, close - open - 1);
        party.parameters = text::trim(rest.substr(close + 1));
        if (!party.parameters.empty() && party.parameters.front() != ';')
            return faulty("has text behind its >");
    }
    if (party.uri.empty()) return faulty("has no URI");
    if (party.uri.find('<') != std::string_view::npos) return faulty("has a < inside its URI");
    if (text::has_control(party.uri) || text::has_control(party.parameters))
        return faulty("holds a control byte");
    return party;
}

std::string tag_of(std::string_view party) {
    const PartyText read = read_party(party);
    if (read.fault != nullptr) return {};
    return find_parameter(read.parameters, "tag").value_or("");
}

std::string tag_in(const SipMessage& message, std::string_view header) {
    const std::string* value = message.find(header);
    return value == nullptr ? std::string() : tag_of(*value);
}

Result<NameAddr> NameAddr::parse(std::string_view text) {
    const PartyText read = read_party(text);
    if (read.fault != nullptr) return bad(text, read.fault);
    NameAddr result;
    result.display =
        read.display.starts_with('"') ? unquote(read.display) : std::string(read.display);
    result.uri = read.uri;
    result.parameters = read.parameters;
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
