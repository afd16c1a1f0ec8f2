// SPDX-License-Identifier: Apache-2.0
// hide_host, and the chains of redirections that it is applied to.
#include "signaling/header/hiding.hpp"

#include "config/base/text.hpp"
#include "signaling/header/header_limits.hpp"

namespace weir::signaling {
namespace {

bool names_a_host(std::string_view parameter) {
    for (const std::string_view name :
         {"maddr=", "received=", "sent-by=", "rport=", "lr=", "transport="})
        if (text::istarts_with(parameter, name)) return true;
    return false;
}

std::string without_hosts(std::string_view parameters) {
    std::string kept;
    for (const auto piece : text::split(parameters, ';')) {
        const std::string_view parameter = text::trim(piece);
        if (!parameter.empty() && !names_a_host(parameter)) kept += ";" + std::string(parameter);
    }
    return kept;
}

std::vector<std::string> elements_of(const SipMessage& message, std::string_view name) {
    std::vector<std::string> elements;
    for (const auto value : message.all(name))
        for (const auto element : split_list(value))
            if (elements.size() < kRedirections) elements.emplace_back(element);
    return elements;
}

// "1.1" of the entry whose index is "1"; entries without index are counted.
std::string deeper_index(const std::vector<std::string>& entries) {
    if (entries.empty()) return "1.1";
    const auto last = NameAddr::parse(entries.back());
    const auto index = last ? last->parameter("index") : std::nullopt;
    const bool fits = index && !index->empty() &&
                      index->find_first_not_of("0123456789.") == std::string::npos &&
                      index->size() <= 2 * kRedirections;
    return (fits ? *index : std::to_string(entries.size())) + ".1";
}

}  // namespace

std::string hide_host(std::string_view name_addr, std::string_view host) {
    auto address = NameAddr::parse(name_addr);
    auto uri = address ? SipUri::parse(address->uri) : Result<SipUri>();
    if (!address || !uri || (uri->scheme != "sip" && uri->scheme != "sips") || uri->host.empty())
        return std::string(name_addr);
    uri->host = host;
    uri->port = 0;
    uri->parameters = without_hosts(uri->parameters);
    address->uri = uri->to_string();
    return address->to_string();
}

std::string hide_hosts(std::string_view value, std::string_view host) {
    std::string hidden;
    for (const auto element : split_list(value))
        hidden += (hidden.empty() ? "" : ", ") + hide_host(element, host);
    return hidden;
}

void hide_in_header(SipMessage& message, std::string_view name, std::string_view host) {
    for (auto& header : message.headers)
        if (text::iequals(header.name, name)) header.value = hide_hosts(header.value, host);
}

std::vector<Header> diversion_headers(const SipMessage& invite, const RedirectionWish& wish,
                                      bool changed) {
    std::vector<Header> made;
    for (auto& element : elements_of(invite, "Diversion")) {
        auto address = NameAddr::parse(element);
        if (!address) continue;
        if (made.empty() && changed) {
            const auto uri = SipUri::parse(address->uri);
            const std::string host =
                wish.hidden || !uri || uri->host.empty() ? wish.host : uri->host;
            address->uri = wish.first_uri + host;
        }
        std::string value = address->to_string();
        made.push_back({"Diversion", wish.hidden ? hide_host(value, wish.host) : std::move(value)});
    }
    return made;
}

std::vector<Header> history_headers(const SipMessage& invite, const std::string& target_uri,
                                    const std::string& host, bool hidden) {
    std::vector<std::string> entries = elements_of(invite, "History-Info");
    if (entries.empty()) entries.push_back("<" + invite.request_uri + ">;index=1");
    const std::string index = deeper_index(entries);
    std::vector<Header> made;
    for (auto& entry : entries)
        made.push_back({"History-Info", hidden ? hide_host(entry, host) : std::move(entry)});
    made.push_back({"History-Info", "<" + target_uri + ">;index=" + index});
    return made;
}

}  // namespace weir::signaling
