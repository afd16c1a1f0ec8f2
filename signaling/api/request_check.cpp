// SPDX-License-Identifier: Apache-2.0
// Requests that no call can serve; see request_check.hpp.
#include "signaling/api/request_check.hpp"

#include <algorithm>
#include <array>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

// Methods that exist, so that refusing them is "not allowed" and not "never heard of" (RFC
// 3261 21.4.6, 21.5.2).
constexpr std::array<std::string_view, 14> kKnownMethods{
    "INVITE", "ACK",       "BYE",    "CANCEL", "OPTIONS", "REGISTER", "PRACK",
    "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER",  "INFO",    "MESSAGE",  "PUBLISH"};

std::string join(const std::vector<std::string>& items) {
    std::string text;
    for (const auto& item : items)
        text += (text.empty() ? "" : ", ") + item;
    return text;
}

template <typename List>
bool has(const List& list, std::string_view item) {
    return std::any_of(list.begin(), list.end(),
                       [&](const auto& entry) { return text::iequals(entry, item); });
}

// RFC 3261 8.2.1. Methods are case-sensitive.
std::optional<SipMessage> check_method(const SipMessage& request, const RequestRules& rules,
                                       std::string_view to_tag) {
    const auto& methods = rules.methods;
    if (std::find(methods.begin(), methods.end(), request.method) != methods.end())
        return std::nullopt;
    const bool is_known = std::find(kKnownMethods.begin(), kKnownMethods.end(), request.method) !=
                          kKnownMethods.end();
    auto response = make_response(request, is_known ? 405 : 501, "", to_tag);
    response.add("Allow", join(methods));
    return response;
}

// RFC 3261 8.2.2.1.
std::optional<SipMessage> check_scheme(const SipMessage& request, std::string_view to_tag) {
    const auto uri = SipUri::parse(request.request_uri);
    const bool is_served =
        uri && (uri->scheme == "sip" || uri->scheme == "sips" || uri->scheme == "tel");
    if (is_served) return std::nullopt;
    return make_response(request, 416, "", to_tag);
}

// RFC 3261 8.2.2.3.
std::optional<SipMessage> check_extensions(const SipMessage& request, const RequestRules& rules,
                                           std::string_view to_tag) {
    std::vector<std::string> unsupported;
    for (const auto value : request.all("Require"))
        for (const auto tag : split_list(value))
            if (!has(rules.extensions, tag)) unsupported.emplace_back(tag);
    if (unsupported.empty()) return std::nullopt;
    auto response = make_response(request, 420, "", to_tag);
    response.add("Unsupported", join(unsupported));
    return response;
}

// RFC 3261 8.2.3: a body that must be understood, in a type or encoding that is not.
std::optional<SipMessage> check_body(const SipMessage& request, const RequestRules& rules,
                                     std::string_view to_tag) {
    constexpr std::array<std::string_view, 3> kWithDescription{"INVITE", "UPDATE", "PRACK"};
    if (request.body.empty() || !has(kWithDescription, request.method)) return std::nullopt;
    if (const auto* disposition = request.find("Content-Disposition"))
        if (text::lower(*disposition).find("handling=optional") != std::string::npos)
            return std::nullopt;
    const auto* encoding = request.find("Content-Encoding");
    const bool is_encoded =
        encoding != nullptr && !encoding->empty() && !text::iequals(*encoding, "identity");
    const auto* type = request.find("Content-Type");
    const std::string_view name =
        type == nullptr ? std::string_view()
                        : text::trim(std::string_view(*type).substr(0, type->find(';')));
    if (!is_encoded && has(rules.content_types, name)) return std::nullopt;
    auto response = make_response(request, 415, "", to_tag);
    response.add("Accept", join(rules.content_types));
    if (is_encoded) response.add("Accept-Encoding", "identity");
    return response;
}

}  // namespace

std::optional<SipMessage> refuse(const SipMessage& request, const RequestRules& rules,
                                 std::string_view to_tag) {
    if (request.method == "ACK" || request.method == "CANCEL") return std::nullopt;
    if (auto refusal = check_method(request, rules, to_tag)) return refusal;
    if (auto refusal = check_scheme(request, to_tag)) return refusal;
    // A B2BUA is no proxy, yet a call that it would pass on with no hops left is in a loop.
    if (const auto* hops = request.find("Max-Forwards");
        hops != nullptr && text::number(*hops) == 0)
        return make_response(request, 483, "", to_tag);
    if (auto refusal = check_extensions(request, rules, to_tag)) return refusal;
    return check_body(request, rules, to_tag);
}

std::optional<SipMessage> refuse(const IncomingRequest& request, const RequestRules& rules,
                                 std::string_view to_tag) {
    return refuse(request.message, rules, to_tag);
}

}  // namespace weir::signaling
