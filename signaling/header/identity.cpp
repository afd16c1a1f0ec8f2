// SPDX-License-Identifier: Apache-2.0
// identity_headers, and the reading of the three identity headers.
#include "signaling/header/identity.hpp"

#include <array>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"

namespace weir::signaling {
namespace {

using config::AssertedId;
using config::SipOptions;

// The value of Privacy, "" for none. Spec B.10: the received one, the configured one, or what the
// caller's wish amounts to.
std::string privacy_of(const Identity& who, const IdentityStyle& style) {
    if (style.passthru && !who.received_privacy.empty()) return who.received_privacy;
    std::string value;
    const bool configured =
        !style.privacy.empty() && style.privacy != "pstn" && style.privacy != "disable";
    if (configured) {
        for (const auto word : text::words(style.privacy))
            value += (value.empty() ? "" : ";") + std::string(word);
    } else if (who.is_private && style.privacy != "disable" &&
               style.asserted_id != AssertedId::none) {
        value = "id";
    }
    return value.empty() && style.send_always ? "none" : value;
}

bool protects(std::string_view privacy) {
    for (const auto value : text::split(privacy, ';'))
        for (const std::string_view kind : {"id", "user", "header", "session"})
            if (text::iequals(text::trim(value), kind)) return true;
    return false;
}

std::string name_addr(const Identity& who) {
    NameAddr address;
    address.display = who.display;
    address.uri = who.uri;
    return address.to_string();
}

void read_header(const SipMessage& message, std::string_view name, std::string_view party,
                 std::vector<AssertedParty>& found) {
    for (const auto value : message.all(name)) {
        for (const auto element : split_list(value)) {
            const auto address = NameAddr::parse(element);
            if (!address) continue;
            const auto role = address->parameter("party");
            if (role && !text::iequals(*role, party)) continue;
            const auto privacy = address->parameter("privacy");
            found.push_back(
                {address->display, address->uri, privacy && !text::iequals(*privacy, "off")});
        }
    }
}

}  // namespace

IdentityStyle identity_style(const config::Config& config, const config::DialPeer& peer) {
    const auto of = [&](auto field) { return resolve(config, peer, field).value; };
    IdentityStyle style;
    style.asserted_id = of(&SipOptions::asserted_id);
    style.remote_party_id = of(&SipOptions::remote_party_id);
    style.privacy = of(&SipOptions::privacy);
    style.passthru = of(&SipOptions::privacy_passthru);
    style.send_always = of(&SipOptions::privacy_send_always);
    style.strip_diversion = of(&SipOptions::privacy_strip_diversion);
    style.strip_history = of(&SipOptions::privacy_strip_history_info);
    style.history_info = of(&SipOptions::history_info);
    return style;
}

std::vector<Header> identity_headers(const Identity& who, const IdentityStyle& style) {
    std::vector<Header> made;
    const std::string privacy = privacy_of(who, style);
    const bool exposed = who.is_private && !protects(privacy);
    if (!who.uri.empty() && style.asserted_id != AssertedId::none && !exposed) {
        const bool pai = style.asserted_id == AssertedId::pai;
        made.push_back({pai ? "P-Asserted-Identity" : "P-Preferred-Identity", name_addr(who)});
    }
    if (!who.uri.empty() && style.asserted_id == AssertedId::none && style.remote_party_id)
        made.push_back(
            {"Remote-Party-ID", name_addr(who) + ";party=" + std::string(who.party) +
                                    ";screen=yes;privacy=" + (who.is_private ? "full" : "off")});
    if (privacy.empty()) return made;
    made.push_back({"Privacy", privacy});
    // RFC 3323 4.2: critical means nothing unless a privacy service is required to look.
    if (privacy.find("critical") != std::string::npos) made.push_back({"Proxy-Require", "privacy"});
    return made;
}

std::vector<AssertedParty> asserted_parties(const SipMessage& message, AssertedId preferred,
                                            std::string_view party) {
    using Order = std::array<std::string_view, 3>;
    constexpr std::string_view kPai = "P-Asserted-Identity";
    constexpr std::string_view kPpi = "P-Preferred-Identity";
    constexpr std::string_view kRpid = "Remote-Party-ID";
    const Order order = preferred == AssertedId::pai   ? Order{kPai, kRpid, kPpi}
                        : preferred == AssertedId::ppi ? Order{kPpi, kPai, kRpid}
                                                       : Order{kRpid, kPai, kPpi};
    std::vector<AssertedParty> found;
    for (const auto name : order)
        read_header(message, name, party, found);
    return found;
}

bool asks_privacy(const SipMessage& message) {
    return protects(privacy_values(message));
}

std::string privacy_values(const SipMessage& message) {
    std::string values;
    for (const auto value : message.all("Privacy"))
        for (const auto part : text::split(value, ';'))
            for (const auto element : split_list(part))
                values += (values.empty() ? "" : ";") + std::string(element);
    return values;
}

}  // namespace weir::signaling
