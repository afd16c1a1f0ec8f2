// SPDX-License-Identifier: Apache-2.0
// screen: the checks in the order of RFC 3261 8.2 and 16.3.
#include "signaling/call/screening.hpp"

#include <algorithm>
#include <array>

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

// 100rel is each peer's own matter (spec E.1): the call decides.
constexpr std::array<std::string_view, 4> kKnown{"100rel", "replaces", "timer", "norefersub"};

bool is_sdp(std::string_view content_type) {
    return text::iequals(text::trim(content_type.substr(0, content_type.find(';'))),
                         "application/sdp");
}

// RFC 3261 20.11: a body that need not be understood is ignored by those who do not.
bool is_optional_body(const SipMessage& invite) {
    const std::string* disposition = invite.find("Content-Disposition");
    return disposition != nullptr &&
           text::lower(*disposition).find("handling=optional") != std::string::npos;
}

}  // namespace

std::string unknown_extensions(const SipMessage& request) {
    std::string tags;
    for (const auto value : request.all("Require")) {
        for (const auto tag : split_list(value)) {
            const bool is_known = std::any_of(kKnown.begin(), kKnown.end(), [&](const auto known) {
                return text::iequals(tag, known);
            });
            if (!is_known) tags += (tags.empty() ? "" : ", ") + std::string(tag);
        }
    }
    return tags;
}

void drop_optional_body(SipMessage& invite) {
    const std::string* type = invite.find("Content-Type");
    const bool is_read = type != nullptr && is_sdp(*type) && !invite.find("Content-Encoding");
    if (is_read || !is_optional_body(invite)) return;
    invite.body.clear();
    for (const char* header : {"Content-Type", "Content-Encoding", "Content-Disposition"})
        invite.remove(header);
}

ScreenVerdict screen(const SipMessage& invite) {
    const std::string* forwards = invite.find("Max-Forwards");
    if (forwards != nullptr && text::number(text::trim(*forwards)) == 0) return {483, {}};
    const auto uri = SipUri::parse(invite.request_uri);
    if (!uri) return {400, {}};
    if (uri->scheme != "sip" && uri->scheme != "tel") return {416, {}};
    const std::string* from = invite.find("From");
    if (from == nullptr || !NameAddr::parse(*from)) return {400, {}};
    if (const auto tags = unknown_extensions(invite); !tags.empty())
        return {420, {{"Unsupported", tags}}};
    if (invite.body.empty()) return {};
    const std::string* type = invite.find("Content-Type");
    const bool encoded = invite.find("Content-Encoding") != nullptr;
    if ((type == nullptr || !is_sdp(*type) || encoded) && !is_optional_body(invite))
        return {415, {{"Accept", "application/sdp"}, {"Accept-Encoding", "identity"}}};
    return {};
}

}  // namespace weir::signaling
