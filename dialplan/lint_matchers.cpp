// SPDX-License-Identifier: Apache-2.0
// Inbound matchers that two dial-peers share: the lower tag is taken, always (spec A.7).
#include <map>
#include <utility>

#include <fmt/format.h>

#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::DialPeerTag;

// The inbound matchers of a peer as they are written: command and value.
using WrittenMatcher = std::pair<std::string, std::string>;

const char* uri_command(config::UriHeader header) {
    switch (header) {
        case config::UriHeader::via:
            return "incoming uri via";
        case config::UriHeader::request:
            return "incoming uri request";
        case config::UriHeader::to:
            return "incoming uri to";
        case config::UriHeader::from:
            break;
    }
    return "incoming uri from";
}

std::vector<WrittenMatcher> matchers_of(const DialPeer& peer) {
    std::vector<WrittenMatcher> matchers;
    for (const auto& [header, tag] : peer.incoming_uri)
        matchers.emplace_back(uri_command(header), tag);
    const auto add = [&](const char* command, const std::string& value) {
        if (!value.empty()) matchers.emplace_back(command, value);
    };
    const auto add_map = [&](const char* command, const std::optional<std::uint32_t>& map) {
        if (map) matchers.emplace_back(command, std::to_string(*map));
    };
    add("incoming called-number", peer.incoming_called_number);
    add_map("incoming called e164-pattern-map", peer.incoming_called_map);
    add_map("incoming calling e164-pattern-map", peer.incoming_calling_map);
    add("answer-address", peer.answer_address);
    add("carrier-id source", peer.carrier_source);
    return matchers;
}

bool takes_inbound(const DialPeer& peer) {
    return !peer.shutdown && peer.type == DialPeer::Type::voip && peer.session_protocol_sip &&
           peer.permission != config::Permission::none &&
           peer.permission != config::Permission::orig;
}

}  // namespace

void lint_matchers(LintContext& context) {
    std::map<WrittenMatcher, DialPeerTag> owners;  // the lowest tag
    for (const auto& [tag, peer] : context.config.dial_peers) {
        if (!takes_inbound(peer)) continue;
        const auto matchers = matchers_of(peer);
        std::vector<std::pair<WrittenMatcher, DialPeerTag>> lost;
        for (const WrittenMatcher& matcher : matchers) {
            const auto [owner, is_first] = owners.emplace(matcher, tag);
            if (!is_first) lost.emplace_back(matcher, owner->second);
        }
        const bool never = lost.size() == matchers.size() && !peer.has_outbound_matcher();
        for (const auto& [matcher, owner] : lost)
            context.add(
                "WL102", block_of(tag), matcher.first,
                fmt::format("{} {} is that of dial-peer {} too, which is taken because its "
                            "tag is lower{}",
                            matcher.first, matcher.second, owner.value(),
                            never ? fmt::format(": dial-peer {} is never used", tag.value()) : ""),
                "make one of them more specific, or take it out");
    }
}

}  // namespace weir::dialplan
