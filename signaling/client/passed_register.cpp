// SPDX-License-Identifier: Apache-2.0
// Headers of both sides of a REGISTER that is passed through.
#include "signaling/client/passed_register.hpp"

#include <algorithm>
#include <array>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "signaling/call/dialog.hpp"
#include "signaling/client/registrar_place.hpp"
#include "signaling/edge/digest_text.hpp"

namespace weir::signaling {
namespace {

// Of the registrar's answer: what the endpoint needs to try again, or to know who it is.
constexpr std::array<const char*, 8> kPassedBack{
    "WWW-Authenticate", "Proxy-Authenticate", "Authentication-Info", "Min-Expires", "Retry-After",
    "Warning",          "Unsupported",        "P-Associated-URI"};

std::string at_registrar(const std::string& uri_text, const config::Registrar& registrar) {
    const auto uri = SipUri::parse(uri_text);
    if (!uri) return "sip:" + registrar_host(registrar);
    std::string made = uri_at_registrar(*uri, registrar_host(registrar));
    if (registrar.sips && made.starts_with("sip:")) made.replace(0, 4, "sips:");
    return made;
}

// From or To with the registrar's host in its URI; the tag stays.
std::string party_at_registrar(const std::string* value, const config::Registrar& registrar) {
    auto address = value == nullptr ? Result<NameAddr>(NameAddr{}) : NameAddr::parse(*value);
    if (!address) return {};
    address->uri = at_registrar(address->uri, registrar);
    return address->to_string();
}

// The same for all REGISTERs of an endpoint (RFC 3261 10.2.4), and no address of it inside.
std::string call_id_of(const RegisterRequest& request) {
    constexpr std::size_t kDigits = 32;
    const auto hash = digest_hash(DigestAlgorithm::sha256, request.aor + "\n" + request.call_id);
    return hash ? hash->substr(0, kDigits) : request.call_id;
}

std::string contact_of_ours(const RegisterContact& contact, const SipPath& path) {
    std::string header = contact_header(contact.user, path);
    header.insert(header.size() - 1, ";" + std::string(kBindingParameter) + "=" + contact.token);
    return header + contact.parameters;
}

}  // namespace

SipMessage register_for(const SipMessage& received, const RegisterRequest& request,
                        const config::Registrar& registrar, const SipPath& path,
                        const Passthrough::Ask& ask) {
    SipMessage message;
    message.method = "REGISTER";
    message.request_uri = at_registrar(received.request_uri, registrar);
    message.add("From", party_at_registrar(received.find("From"), registrar));
    message.add("To", party_at_registrar(received.find("To"), registrar));
    message.add("Call-ID", call_id_of(request));
    message.add("CSeq", std::to_string(ask.cseq) + " REGISTER");
    const std::string* hops = received.find("Max-Forwards");
    const auto left = hops == nullptr ? std::nullopt : text::number(text::trim(*hops));
    constexpr std::uint64_t kMostHops = 70;
    message.add("Max-Forwards",
                std::to_string(left && *left > 0 ? std::min(*left, kMostHops) - 1 : kMostHops));
    if (request.all) message.add("Contact", "*");
    for (std::size_t i = 0; i < request.contacts.size(); ++i)
        message.add("Contact", contact_of_ours(request.contacts[i], path) +
                                   ";expires=" + std::to_string(ask.expires[i].count()));
    if (request.all) message.add("Expires", "0");
    if (!ask.expires.empty()) message.add("Expires", std::to_string(ask.expires.front().count()));
    for (const char* name : {"Authorization", "Proxy-Authorization"})
        for (const auto value : received.all(name))
            message.add(name, std::string(value));
    message.add("User-Agent", product_token());
    return message;
}

SipMessage answer_to_register(const SipMessage& received, const Passthrough::Answer& answer,
                              const SipMessage* from, const std::vector<const Binding*>& bound,
                              MonoTime now) {
    // A registrar that sends endpoints elsewhere would send them past us.
    const int status = answer.status / 100 == 3 ? 503 : answer.status;
    SipMessage response = make_response(received, status, default_phrase(status), "");
    response.add("Server", product_token());
    if (answer.min_expires)
        response.add("Min-Expires", std::to_string(answer.min_expires->count()));
    if (answer.own && status == 503)
        response.add("Retry-After", std::to_string(std::chrono::seconds(kRetryAfter).count()));
    if (from != nullptr)
        for (const char* name : kPassedBack)
            for (const auto value : from->all(name))
                response.add(name, std::string(value));
    if (status / 100 != 2) return response;
    for (const Binding* binding : bound)
        response.add("Contact", "<" + binding->contact + ">" + binding->parameters + ";expires=" +
                                    std::to_string(left_until(binding->until, now).count()));
    for (const auto path : received.all("Path"))  // RFC 3327 5.3
        response.add("Path", std::string(path));
    return response;
}

std::chrono::seconds left_until(MonoTime until, MonoTime now) {
    if (until <= now) return std::chrono::seconds(0);
    return std::chrono::ceil<std::chrono::seconds>(until - now);
}

}  // namespace weir::signaling
