// SPDX-License-Identifier: Apache-2.0
// Small grammar of RFC 3261; see syntax.hpp.
#include "signaling/sip/syntax.hpp"

#include <algorithm>
#include <array>

#include "config/base/text.hpp"
#include "signaling/api/parameter_list.hpp"

namespace weir::signaling {
namespace {

constexpr bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr auto kTokenBytes = [] {
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const char c = static_cast<char>(i);
        table[i] =
            is_alphanumeric(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
    }
    return table;
}();

bool is_token_char(char c) {
    return kTokenBytes[static_cast<unsigned char>(c)];
}

bool is_parameter_value(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return true;
    // RFC 3261 25.1 gen-value: a token or a host. sofia reads no more either.
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_token_char(c) || c == '[' || c == ']' || c == ':';
    });
}

// Takes the token in front of `rest`, with the blanks around it; "" if there is none.
std::string_view take_token(std::string_view& rest) {
    rest = text::trim(rest);
    std::size_t length = 0;
    while (length < rest.size() && is_token_char(rest[length]))
        ++length;
    const std::string_view token = rest.substr(0, length);
    rest = text::trim(rest.substr(length));
    return token;
}

bool take_slash(std::string_view& rest) {
    if (!rest.starts_with('/')) return false;
    rest.remove_prefix(1);
    return true;
}

bool is_host(std::string_view text) {
    if (text.starts_with('[')) return text.ends_with(']') && IpAddress::parse(text).has_value();
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
    });
}

bool take_sent_by(std::string_view text, Via& via) {
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
    if (bracket == std::string_view::npos) return false;
    const std::size_t colon = text.find(':', bracket);
    via.host = text::trim(text.substr(0, colon));
    if (!is_host(via.host)) return false;
    if (colon == std::string_view::npos) return true;
    const auto port = text::number(text::trim(text.substr(colon + 1)));
    if (!port || *port == 0 || *port > 65535) return false;
    via.port = static_cast<std::uint16_t>(*port);
    return true;
}

std::string upper(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return result;
}

// The length of the parameter in front of `list` (which begins with a semicolon), quotes respected.
std::size_t parameter_length(std::string_view list) {
    bool quoted = false;
    for (std::size_t i = 1; i < list.size(); ++i) {
        if (quoted && list[i] == '\\')
            ++i;
        else if (list[i] == '"')
            quoted = !quoted;
        else if (list[i] == ';' && !quoted)
            return i;
    }
    return list.size();
}

}  // namespace

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_registered_method(std::string_view method) {
    constexpr std::array<std::string_view, 14> kMethods{
        "INVITE", "ACK",       "BYE",    "CANCEL", "OPTIONS", "REGISTER", "PRACK",
        "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER",  "INFO",    "MESSAGE",  "PUBLISH"};
    return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

bool is_parameter_list(std::string_view list) {
    list = text::trim(list);
    while (!list.empty()) {
        if (list.front() != ';') return false;
        const std::size_t length = parameter_length(list);
        const std::string_view parameter = text::trim(list.substr(1, length - 1));
        const std::size_t equal = parameter.find('=');
        if (!is_token(text::trim(parameter.substr(0, equal)))) return false;
        if (equal != std::string_view::npos &&
            !is_parameter_value(text::trim(parameter.substr(equal + 1))))
            return false;
        list = list.substr(length);
    }
    return true;
}

Result<Via> Via::parse(std::string_view whole) {
    const auto bad = [&](const char* why) {
        return fail(ErrorCode::invalid, "Via '" + text::printable(whole) + "' " + why);
    };
    std::string_view rest = whole;
    if (!text::iequals(take_token(rest), "SIP") || !take_slash(rest) || take_token(rest) != "2.0" ||
        !take_slash(rest))
        return bad("does not begin with SIP/2.0");
    Via via;
    via.transport = upper(take_token(rest));
    if (via.transport.empty()) return bad("has no transport");
    const std::size_t semicolon = rest.find(';');
    if (!take_sent_by(text::trim(rest.substr(0, semicolon)), via)) return bad("has no valid host");
    if (semicolon != std::string_view::npos) via.parameters = rest.substr(semicolon);
    if (!is_parameter_list(via.parameters)) return bad("has malformed parameters");
    return via;
}

std::string Via::to_string() const {
    std::string text = "SIP/2.0/" + transport + " " + host;
    if (port != 0) text += ":" + std::to_string(port);
    return text + parameters;
}

std::string Via::branch() const {
    return find_parameter(parameters, "branch").value_or("");
}

void Via::remove_parameter(std::string_view name) {
    std::string kept;
    std::string_view list = parameters;
    while (!list.empty()) {
        const std::size_t length = parameter_length(list);
        const std::string_view parameter = list.substr(1, length - 1);
        if (!text::iequals(text::trim(parameter.substr(0, parameter.find('='))), name))
            kept += list.substr(0, length);
        list = list.substr(length);
    }
    parameters = kept;
}

TopVia top_via(const SipMessage& message) {
    TopVia top;
    for (const auto& header : message.headers) {
        if (!text::iequals(header.name, "Via")) continue;
        for (const auto element : split_list(header.value)) {
            if (++top.count > 1) continue;
            auto via = Via::parse(element);
            if (!via) return {};
            top.via = std::move(*via);
        }
    }
    return top;
}

void stamp_via(SipMessage& request, Via& top, const Endpoint& source) {
    const auto header =
        std::find_if(request.headers.begin(), request.headers.end(),
                     [](const Header& each) { return text::iequals(each.name, "Via"); });
    if (header == request.headers.end()) return;
    const bool wants_port = find_parameter(top.parameters, "rport").has_value();
    const bool claims_address = find_parameter(top.parameters, "received").has_value();
    const bool is_elsewhere = top.host != uri_host(source.address);
    if (!wants_port && !claims_address && !is_elsewhere) return;
    if (claims_address) top.remove_parameter("received");
    if (wants_port) {
        top.remove_parameter("rport");
        top.parameters += ";rport=" + std::to_string(source.port);
    }
    // RFC 3581 4: with rport, received is given even if it equals the sent-by host.
    if (wants_port || is_elsewhere) top.parameters += ";received=" + source.address.to_string();
    std::string value = top.to_string();
    const auto elements = split_list(header->value);
    for (std::size_t i = 1; i < elements.size(); ++i) {
        value += ", ";
        value += elements[i];
    }
    header->value = std::move(value);
}

void stamp_via(SipMessage& request, const Endpoint& source) {
    TopVia top = top_via(request);
    if (top.count > 0) stamp_via(request, top.via, source);
}

Endpoint response_target(const Via& top, const Endpoint& source, SipTransport transport) {
    Endpoint target = source;
    const bool is_udp = transport == SipTransport::udp;
    if (is_udp && find_parameter(top.parameters, "rport")) return target;
    const std::uint16_t default_port = transport == SipTransport::tls ? 5061 : 5060;
    target.port = top.port != 0 ? top.port : default_port;
    return target;
}

}  // namespace weir::signaling
