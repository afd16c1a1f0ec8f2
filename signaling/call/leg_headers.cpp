// SPDX-License-Identifier: Apache-2.0
// Headers of a new leg: addresses, identity, redirections, hops.
#include "signaling/call/leg_headers.hpp"

#include <algorithm>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "dialplan/cause.hpp"
#include "dialplan/uri_text.hpp"
#include "signaling/header/hiding.hpp"
#include "signaling/header/identity.hpp"
#include "signaling/header/loop_token.hpp"

namespace weir::signaling {
namespace {

using config::SipOptions;

template <typename Value>
Value setting(const config::Config& config, const config::DialPeer& peer,
              std::optional<Value> SipOptions::*field) {
    return resolve(config, peer, field).value;
}

const std::vector<std::string>& permitted_hosts(const config::Config& config,
                                                const config::DialPeer& peer) {
    const config::Tenant* tenant = tenant_of(config, peer);
    const bool own = tenant != nullptr && !tenant->sip.permit_hostname.empty();
    return own ? tenant->sip.permit_hostname : config.voice.sip.permit_hostname;
}

// An address that requests may name: a listener's, or any where we listen on all of them.
bool is_ours(const IpAddress& address, const RoutingInput& input, const SipPath& path) {
    const auto matches = [&](const IpAddress& local) {
        return local == address || local.is_unspecified();
    };
    return matches(path.local.address) ||
           std::any_of(input.listeners.begin(), input.listeners.end(),
                       [&](const auto& listener) { return matches(listener.second.address); });
}

std::string uri_in(std::string_view name_addr) {
    const auto address = NameAddr::parse(name_addr);
    return address ? address->uri : std::string();
}

// Host and port as they stand in a received URI, "" if it has none.
std::string host_port_in(const std::string& uri_text) {
    const auto uri = SipUri::parse(uri_text);
    if (!uri || (uri->scheme != "sip" && uri->scheme != "sips")) return {};
    return uri->port == 0 ? uri->host : uri->host + ":" + std::to_string(uri->port);
}

std::string uri_with_scheme(config::UrlScheme scheme, const std::string& called,
                            const std::string& host) {
    switch (scheme) {
        case config::UrlScheme::sip:
            return sip_uri(called, host);
        case config::UrlScheme::sips:
            return "sips" + sip_uri(called, host).substr(3);
        case config::UrlScheme::tel:
        case config::UrlScheme::tel_phone_context:
            break;
    }
    // RFC 3966 5.1.5: a number that is not global is meaningless without its context.
    const bool with_context =
        scheme == config::UrlScheme::tel_phone_context && !called.starts_with('+');
    return "tel:" + escape_user(called) + (with_context ? ";phone-context=" + host : "");
}

}  // namespace

std::string escape_user(std::string_view user) {
    constexpr std::string_view kPlain = "-_.!~*'()&=+$,;?/";
    std::string text;
    for (const char c : user) {
        const auto byte = static_cast<unsigned char>(c);
        const bool alphanumeric = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                                  (byte >= 'A' && byte <= 'Z');
        if (alphanumeric || kPlain.find(c) != std::string_view::npos) {
            text.push_back(c);
            continue;
        }
        constexpr std::string_view kHex = "0123456789ABCDEF";
        text += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
    return text;
}

std::string sip_uri(std::string_view user, std::string_view host) {
    return "sip:" + (user.empty() ? std::string() : escape_user(user) + "@") + std::string(host);
}

std::string name_addr(const std::string& display, const std::string& uri) {
    NameAddr address;
    address.display = display;
    address.uri = uri;
    return address.to_string();
}

std::optional<Refusal> refusal_by_headers(const IncomingRequest& invite,
                                          const config::DialPeer& inbound,
                                          const RoutingInput& input) {
    if (!input.box.empty() && LoopTokens(input.box, invite.message).is_loop())
        return Refusal{482, dialplan::q850_from_sip(482), {}};
    const auto& names = permitted_hosts(*input.plan.config(), inbound);
    if (names.empty()) return std::nullopt;
    const auto uri = SipUri::parse(invite.message.request_uri);
    if (!uri || uri->host.empty()) return std::nullopt;  // tel: names no host
    const auto address = IpAddress::parse(uri->host);
    const bool permitted = address ? is_ours(*address, input, invite.path)
                                   : std::any_of(names.begin(), names.end(), [&](const auto& name) {
                                         return text::iequals(name, uri->host);
                                     });
    if (permitted) return std::nullopt;
    return Refusal{400, dialplan::q850_from_sip(400), {}};
}

std::optional<std::string> called_by_header(const SipMessage& invite, const config::Config& config,
                                            const config::DialPeer& inbound) {
    const auto first_number = [&](const char* name) -> std::optional<std::string> {
        const std::string* value = invite.find(name);
        const auto elements =
            value == nullptr ? std::vector<std::string_view>() : split_list(*value);
        if (elements.empty()) return std::nullopt;
        std::string number = dialplan::number_in_uri(uri_in(elements[0]));
        if (number.empty()) return std::nullopt;
        return number;
    };
    std::optional<std::string> number;
    if (setting(config, inbound, &SipOptions::call_route_p_called_party_id))
        number = first_number("P-Called-Party-ID");
    if (!number && setting(config, inbound, &SipOptions::call_route_history_info))
        number = first_number("History-Info");
    return number;
}

LegAddresses leg_addresses(const config::Config& config, const config::DialPeer& peer,
                           const SipMessage& invite, const std::string& called,
                           const std::string& target_host) {
    std::string host = target_host;
    std::string to_host = target_host;
    if (setting(config, peer, &SipOptions::requri_passing)) {
        const std::string* to = invite.find("To");
        if (auto theirs = host_port_in(invite.request_uri); !theirs.empty()) host = theirs;
        if (to != nullptr)
            if (auto theirs = host_port_in(uri_in(*to)); !theirs.empty()) to_host = theirs;
    }
    const config::UrlScheme scheme = setting(config, peer, &SipOptions::url);
    return {uri_with_scheme(scheme, called, host),
            "<" + uri_with_scheme(scheme, called, to_host) + ">"};
}

std::string local_host(const config::Config& config, const config::DialPeer& peer,
                       const IpAddress& address) {
    std::string name = setting(config, peer, &SipOptions::localhost);
    return name.empty() ? uri_host(address) : name;
}

std::vector<Header> leg_identity(const CallSetup& setup, const config::DialPeer& peer,
                                 const LegCaller& who, const std::string& host) {
    const config::Config& config = *setup.config;
    const SipMessage& invite = setup.invite.message;
    const IdentityStyle style = identity_style(config, peer);
    Identity identity;
    identity.display = who.caller.asserted_display;
    identity.uri = sip_uri(who.caller.asserted, host);
    identity.is_private = who.caller.is_private;
    identity.received_privacy = who.caller.privacy;
    std::vector<Header> made = identity_headers(identity, style);
    const auto add = [&](std::vector<Header> headers) {
        made.insert(made.end(), headers.begin(), headers.end());
    };
    const bool hidden = config.voice.address_hiding;
    if (!style.strip_diversion) {
        const std::string* diversion = invite.find("Diversion");
        const auto elements =
            diversion == nullptr ? std::vector<std::string_view>() : split_list(*diversion);
        const bool changed =
            !elements.empty() && who.redirecting != dialplan::number_in_uri(uri_in(elements[0]));
        const std::string user = escape_user(who.redirecting);
        add(diversion_headers(
            invite, {who.redirecting, "sip:" + (user.empty() ? user : user + "@"), host, hidden},
            changed));
    }
    if (style.history_info && !style.strip_history)
        add(history_headers(invite, who.target_uri, host, hidden));
    return made;
}

bool leads_to_ourselves(const Endpoint& target, const RoutingInput& input) {
    const auto takes = [&](const Endpoint& listener) {
        if (listener == target) return true;
        const bool any = listener.address.is_unspecified() && listener.port == target.port &&
                         listener.address.family == target.address.family;
        // The kernel reaches an address of ours from that address itself.
        return any && input.network.source_of &&
               input.network.source_of(target.address) == target.address;
    };
    return std::any_of(input.listeners.begin(), input.listeners.end(),
                       [&](const auto& listener) { return takes(listener.second); });
}

std::uint8_t leg_max_forwards(const CallSetup& setup, const config::DialPeer& peer,
                              const Endpoint& target, const RoutingInput& input) {
    const std::uint8_t own = setting(*setup.config, peer, &SipOptions::max_forwards);
    const bool to_ourselves = leads_to_ourselves(target, input);
    const bool was_here =
        !input.box.empty() && LoopTokens(input.box, setup.invite.message).passes() > 0;
    const std::string* came = setup.invite.message.find("Max-Forwards");
    const auto hops = came == nullptr ? std::nullopt : text::number(text::trim(*came));
    if ((!to_ourselves && !was_here) || !hops || *hops == 0 || *hops > own) return own;
    return static_cast<std::uint8_t>(*hops - 1);
}

}  // namespace weir::signaling
