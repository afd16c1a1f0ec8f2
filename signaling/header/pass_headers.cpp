// SPDX-License-Identifier: Apache-2.0
// pass_headers: the table of kinds, and the passing.
#include "signaling/header/pass_headers.hpp"

#include <algorithm>
#include <array>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "config/model/sip_headers.hpp"
#include "signaling/header/header_limits.hpp"

namespace weir::signaling {
namespace {

using Name = std::string_view;

// Of a dialog, a transaction or a body; credentials; and what would tell one side about the other
// or make it believe something that we do not do.
constexpr auto kOfOneLeg = std::to_array<Name>({
    "Via",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Max-Forwards",
    "Max-Breadth",
    "Contact",
    "Route",
    "Record-Route",
    "Path",
    "Service-Route",
    "Content-Length",
    "Content-Type",
    "Content-Encoding",
    "Content-Disposition",
    "Content-Id",
    "MIME-Version",
    "Authorization",
    "Proxy-Authorization",
    "WWW-Authenticate",
    "Proxy-Authenticate",
    "Authentication-Info",
    "Proxy-Authentication-Info",
    "Require",
    "Proxy-Require",
    "Supported",
    "Unsupported",
    "RSeq",
    "RAck",
    "Session-Expires",
    "Min-SE",
    "Session-ID",
    "Cisco-Guid",
    "Replaces",
    "Join",
    "Target-Dialog",
    "SIP-ETag",
    "SIP-If-Match",
    "Timestamp",
    "X-Loop",
    "Allow",
    "Flow-Timer",
    "Security-Client",
    "Security-Server",
    "Security-Verify",
});

// Consumed and made again by us although they are in no rule's vocabulary (spec D.2).
constexpr auto kAlsoKnown = std::to_array<Name>({
    "Accept",
    "Accept-Language",
    "Allow-Events",
    "Error-Info",
    "In-Reply-To",
    "Organization",
    "Priority",
    "Subject",
    "P-RTP-Stat",
    "Refer-Sub",
    "Suppress-If-Match",
    "X-Cisco-Recording-Participant",
    "X-Cisco-Dest-Route-String",
});

template <typename Names>
bool is_in(const Names& names, Name name) {
    return std::any_of(names.begin(), names.end(),
                       [&](Name known) { return text::iequals(known, name); });
}

}  // namespace

HeaderKind header_kind(std::string_view name) {
    if (text::iequals(name, "Alert-Info")) return HeaderKind::forward;
    if (is_in(kOfOneLeg, name)) return HeaderKind::leg;
    if (is_in(kAlsoKnown, name) || config::is_known_header(name)) return HeaderKind::known;
    return HeaderKind::unknown;
}

PassRule pass_rule(const config::Config& config, const config::DialPeer& peer) {
    PassRule rule;
    rule.unsupported = resolve(config, peer, &config::SipOptions::pass_unsupported_headers).value;
    const auto found =
        config.pass_lists.find(resolve(config, peer, &config::SipOptions::pass_headers).value);
    if (found == config.pass_lists.end()) return rule;
    rule.list = &found->second;
    rule.unsupported = rule.unsupported || found->second.unsupported;
    return rule;
}

void pass_headers(const SipMessage& from, SipMessage& to, const PassRule& rule) {
    const std::size_t own = to.headers.size();
    const auto is_there = [&](Name name) {
        return std::any_of(to.headers.begin(),
                           to.headers.begin() + static_cast<std::ptrdiff_t>(own),
                           [&](const Header& header) { return text::iequals(header.name, name); });
    };
    std::size_t passed = 0;
    for (const auto& header : from.headers) {
        const HeaderKind kind = header_kind(header.name);
        const bool listed = rule.list != nullptr && is_in(rule.list->headers, header.name);
        const bool passes = kind == HeaderKind::forward ||
                            (kind == HeaderKind::unknown && (rule.unsupported || listed)) ||
                            (kind == HeaderKind::known && listed);
        if (!passes || is_there(header.name)) continue;
        if (++passed > kPassedHeaders) return;
        to.add(header.name, header.value);
    }
}

}  // namespace weir::signaling
