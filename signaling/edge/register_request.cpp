// SPDX-License-Identifier: Apache-2.0
// Reads REGISTERs and the answers to them.
#include "signaling/edge/register_request.hpp"

#include <algorithm>
#include <array>

#include "config/base/address.hpp"
#include "config/base/text.hpp"
#include "signaling/edge/binding_limits.hpp"
#include "signaling/edge/binding_table.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;

std::optional<seconds> seconds_in(std::string_view value) {
    const auto number = text::number(text::trim(value.substr(0, value.find_first_of(" ;("))));
    if (!number) return std::nullopt;
    return seconds(std::min<std::uint64_t>(*number, UINT32_MAX));
}

// reg-id and the GRUUs belong to a registrar that sees the endpoint's own flow (RFC 5626, 5627),
// which ours does not; expires is written anew.
std::string kept_parameters(const std::string& parameters) {
    constexpr std::array<std::string_view, 4> kLeftOut{"expires", "reg-id", "pub-gruu",
                                                       "temp-gruu"};
    std::string kept;
    for (const auto piece : text::split(parameters, ';')) {
        const auto trimmed = text::trim(piece);
        const auto name = text::trim(trimmed.substr(0, trimmed.find('=')));
        const bool left_out = std::any_of(kLeftOut.begin(), kLeftOut.end(),
                                          [&](auto each) { return text::iequals(each, name); });
        if (!trimmed.empty() && !left_out) kept += ";" + std::string(trimmed);
    }
    return kept;
}

Result<RegisterContact> read_contact(std::string_view element, const std::string& aor) {
    if (element.size() > kMaxContactLength)
        return fail(ErrorCode::invalid, "a Contact is too long");
    const auto address = NameAddr::parse(element);
    const auto uri = address ? SipUri::parse(address->uri) : Result<SipUri>();
    if (!address || !uri || (uri->scheme != "sip" && uri->scheme != "sips"))
        return fail(ErrorCode::invalid, "a Contact is no sip: address");
    RegisterContact contact;
    contact.uri = address->uri;
    contact.user = uri->user;
    contact.parameters = kept_parameters(address->parameters);
    if (const auto expires = address->parameter("expires")) contact.expires = seconds_in(*expires);
    contact.token = binding_token(aor, contact.uri);
    if (contact.token.empty()) return fail(ErrorCode::unavailable, "no SHA-256 for a token");
    return contact;
}

Result<void> read_contacts(const SipMessage& message, RegisterRequest& request) {
    for (const auto value : message.all("Contact"))
        for (const auto element : split_list(value)) {
            if (text::trim(element) == "*") {
                request.all = true;
                continue;
            }
            if (request.contacts.size() >= kMaxContacts)
                return fail(ErrorCode::invalid, "too many Contacts");
            auto contact = read_contact(element, request.aor);
            if (!contact) return fail(contact.error());
            request.contacts.push_back(*std::move(contact));
        }
    // RFC 3261 10.3 step 6: alone, and only to remove.
    if (request.all && (!request.contacts.empty() || request.expires != seconds(0)))
        return fail(ErrorCode::invalid, "Contact: * needs Expires: 0 and no other Contact");
    return {};
}

}  // namespace

std::string uri_at_registrar(const SipUri& uri, const std::string& registrar_host) {
    SipUri made = uri;
    made.password.clear();
    made.headers.clear();
    made.parameters.clear();
    if (!IpAddress::parse(uri.host)) return made.to_string();
    made.host.clear();
    made.port = 0;
    return made.scheme + ":" + (made.user.empty() ? "" : made.user + "@") + registrar_host;
}

Result<RegisterRequest> read_register(const SipMessage& message,
                                      const std::string& registrar_host) {
    RegisterRequest request;
    const std::string* to = message.find("To");
    const std::string* call_id = message.find("Call-ID");
    const auto cseq = message.cseq();
    const auto address = to == nullptr ? Result<NameAddr>() : NameAddr::parse(*to);
    const auto uri = to != nullptr && address ? SipUri::parse(address->uri) : Result<SipUri>();
    if (to == nullptr || !address || !uri || call_id == nullptr || !cseq)
        return fail(ErrorCode::invalid, "no To, Call-ID or CSeq that can be read");
    if ((uri->scheme != "sip" && uri->scheme != "sips") || uri->host.empty())
        return fail(ErrorCode::invalid, "To is no sip: address");
    const std::string whole = uri_at_registrar(*uri, registrar_host);
    request.aor = whole.substr(whole.find(':') + 1);
    const auto host = request.aor.find('@');
    request.aor = request.aor.substr(0, host + 1) + text::lower(request.aor.substr(host + 1));
    request.call_id = *call_id;
    request.cseq = cseq->number;
    request.expires = seconds_in_header(message, "Expires");
    for (const auto value : message.all("Path"))
        for (const auto hop : split_list(value)) {
            if (request.routes.size() >= kMaxPathHops || hop.size() > kMaxContactLength)
                return fail(ErrorCode::invalid, "a Path that is too long");
            request.routes.emplace_back(hop);
        }
    if (const auto read = read_contacts(message, request); !read) return fail(read.error());
    return request;
}

std::optional<seconds> seconds_in_header(const SipMessage& message, std::string_view name) {
    const std::string* value = message.find(name);
    return value == nullptr ? std::nullopt : seconds_in(*value);
}

std::optional<seconds> granted_to_token(const SipMessage& response, std::string_view token) {
    for (const auto value : response.all("Contact"))
        for (const auto element : split_list(value)) {
            const auto address = NameAddr::parse(element);
            if (!address || token_in(address->uri) != std::string(token)) continue;
            const auto said = address->parameter("expires");
            if (const auto granted = said ? seconds_in(*said) : std::nullopt) return granted;
            return seconds_in_header(response, "Expires");
        }
    return std::nullopt;
}

}  // namespace weir::signaling
