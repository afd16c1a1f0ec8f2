// SPDX-License-Identifier: Apache-2.0
// Provisional responses: contrary settings for one system, and blocks that block nothing (spec E).
#include <map>

#include <fmt/format.h>

#include "config/base/text.hpp"
#include "config/model/resolve.hpp"
#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::Rel1xx;

// The addresses of the systems that the peer talks to: those it sends to, and those it takes calls
// from.
std::vector<std::string> systems_of(const config::Config& config, const DialPeer& peer) {
    std::vector<std::string> systems;
    if (peer.target.kind == config::SessionTarget::Kind::address)
        systems.push_back(peer.target.address.to_string());
    if (peer.target.kind == config::SessionTarget::Kind::dns) systems.push_back(peer.target.host);
    const auto group = peer.server_group ? config.server_groups.find(*peer.server_group)
                                         : config.server_groups.end();
    if (group != config.server_groups.end())
        for (const auto& server : group->second.servers)
            systems.push_back(server.address.to_string());
    if (const auto via = peer.incoming_uri.find(config::UriHeader::via);
        via != peer.incoming_uri.end()) {
        const auto uris = config.uri_classes.find(via->second);
        if (uris != config.uri_classes.end()) {
            for (const IpAddress& address : uris->second.host_addresses)
                systems.push_back(address.to_string());
            systems.insert(systems.end(), uris->second.host_names.begin(),
                           uris->second.host_names.end());
        }
    }
    return systems;
}

void check_rel1xx(LintContext& context) {
    struct Sides {
        const DialPeer* requires_it = nullptr;
        const DialPeer* disables_it = nullptr;
    };
    std::map<std::string, Sides> systems;
    for (const auto& [tag, peer] : context.config.dial_peers) {
        if (peer.shutdown || peer.type != DialPeer::Type::voip) continue;
        const auto mode =
            config::resolve(context.config, peer, &config::SipOptions::rel1xx).value.mode;
        for (const std::string& system : systems_of(context.config, peer)) {
            Sides& sides = systems[system];
            if (mode == Rel1xx::Mode::require && sides.requires_it == nullptr)
                sides.requires_it = &peer;
            if (mode == Rel1xx::Mode::disable && sides.disables_it == nullptr)
                sides.disables_it = &peer;
        }
    }
    for (const auto& [system, sides] : systems) {
        if (sides.requires_it == nullptr || sides.disables_it == nullptr) continue;
        context.add(
            "WL601", block_of(sides.disables_it->tag), "voice-class sip rel1xx",
            fmt::format("{} either can do 100rel or cannot: dial-peer {} requires it there, "
                        "dial-peer {} disables it",
                        system, sides.requires_it->tag.value(), sides.disables_it->tag.value()),
            "use the same rel1xx on both, or rel1xx supported 100rel if in doubt");
    }
}

void check_option_tag(LintContext& context, const std::string& block, const std::string& command,
                      const config::SipOptions& sip) {
    if (!sip.rel1xx || sip.rel1xx->mode == Rel1xx::Mode::disable ||
        text::iequals(sip.rel1xx->option_tag, "100rel"))
        return;
    context.add("WL601", block, command,
                fmt::format("the option tag {} is not the one of reliable provisional responses: "
                            "RFC 3262 calls it 100rel",
                            sip.rel1xx->option_tag),
                "write 100rel");
}

}  // namespace

void lint_signalling(LintContext& context) {
    check_rel1xx(context);
    check_option_tag(context, "sip", "rel1xx", context.config.voice.sip);
    for (const auto& [tag, tenant] : context.config.tenants)
        check_option_tag(context, fmt::format("voice class tenant {}", tag), "rel1xx", tenant.sip);
    for (const auto& [tag, peer] : context.config.dial_peers) {
        check_option_tag(context, block_of(tag), "voice-class sip rel1xx", peer.sip);
        const bool is_dialled =
            peer.has_outbound_matcher() &&
            (peer.server_group || peer.target.kind != config::SessionTarget::Kind::none);
        if (peer.shutdown || peer.sip.block.empty() || is_dialled) continue;
        context.add("WL602", block_of(tag), "voice-class sip block",
                    fmt::format("block {} on dial-peer {} blocks nothing: it acts on the dial-peer "
                                "that the call goes out on, and this one is for inbound calls only",
                                peer.sip.block.begin()->first, tag.value()),
                    "put it on the outbound dial-peer whose responses are to be blocked");
    }
}

}  // namespace weir::dialplan
