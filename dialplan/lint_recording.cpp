// SPDX-License-Identifier: Apache-2.0
// What keeps calls from being recorded, and recorders from being only that (spec F.1).
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "config/model/number_pattern.hpp"
#include "config/model/resolve.hpp"
#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::DialPeer;
using config::DialPeerTag;

bool is_dialable(const std::string& number) {
    return number.find_first_not_of("0123456789*#+") == std::string::npos;
}

void check_dialable_recorders(LintContext& context) {
    std::set<DialPeerTag> reported;
    for (const SampledCall& call : context.calls) {
        if (!is_dialable(call.called)) continue;
        for (const DialPeerTag tag : call.candidates) {
            if (!context.recorders.contains(tag) || !reported.insert(tag).second) continue;
            const DialPeer& peer = *context.config.find_peer(tag);
            context.add("WL301", block_of(tag), "destination-pattern",
                        fmt::format("recorder {} is an ordinary destination too: {} is routed to "
                                    "it (inbound dial-peer {})",
                                    tag.value(), example_of(call), call.inbound.value()),
                        fmt::format("give it a number that no telephone can dial, as "
                                    "destination-pattern A{}, or lead the inbound dial-peers on by "
                                    "destination dpg",
                                    peer.destination_pattern));
        }
    }
}

bool records_anything(const config::Config& config) {
    return std::any_of(config.dial_peers.begin(), config.dial_peers.end(),
                       [](const auto& one) { return one.second.media_class.has_value(); });
}

// Dial-peer 0 never records: one finding for the whole configuration.
void check_escapes(LintContext& context) {
    if (!records_anything(context.config)) return;
    const SampledCall* example = nullptr;
    std::vector<DialPeerTag> outbound;
    for (const SampledCall& call : context.calls) {
        if (call.inbound != DialPeerTag{0} || !is_dialable(call.called)) continue;
        const DialPeerTag first = call.candidates.front();
        const DialPeer* peer = context.config.find_peer(first);
        if (peer == nullptr || peer->media_class || peer->type != DialPeer::Type::voip ||
            context.recorders.contains(first) ||
            std::find(outbound.begin(), outbound.end(), first) != outbound.end())
            continue;
        if (example == nullptr) example = &call;
        outbound.push_back(first);
    }
    if (example == nullptr) return;
    context.add(
        "WL302", block_of(outbound.front()), "destination-pattern",
        fmt::format("{} matches no inbound dial-peer, gets dial-peer 0 and goes out on "
                    "dial-peer {}, not recorded{}",
                    example_of(*example), outbound.front().value(),
                    outbound.size() == 1 ? ""
                                         : "; so it is with dial-peers " +
                                               list_of({outbound.begin() + 1, outbound.end()})),
        "give the inbound dial-peer with the media-class incoming called-number . if every "
        "call is to be recorded, or put a media-class on the outbound dial-peer");
}

bool can_record(const DialPeer* peer) {
    return peer != nullptr && peer->type == DialPeer::Type::voip && peer->usable_outbound() &&
           config::is_plain_number(peer->destination_pattern) && !peer->server_group;
}

void check_classes(LintContext& context) {
    const config::Config& config = context.config;
    for (const auto& [tag, media] : config.media_classes) {
        const config::RecorderProfile* profile = nullptr;
        if (media.recorder_parameter) {
            profile = &*media.recorder_parameter;
        } else if (media.recorder_profile) {
            const auto found = config.recorder_profiles.find(*media.recorder_profile);
            if (found == config.recorder_profiles.end()) continue;  // WL701 says so
            profile = &found->second;
        }
        if (profile != nullptr && !profile->proxy.empty()) continue;
        const bool any = profile != nullptr &&
                         std::any_of(profile->recorders.begin(), profile->recorders.end(),
                                     [&](auto peer) { return can_record(config.find_peer(peer)); });
        if (any) continue;
        context.add("WL303", fmt::format("media class {}", tag), "",
                    fmt::format("calls of media class {} are not recorded: {}", tag,
                                profile == nullptr || profile->recorders.empty()
                                    ? "it names no recorder"
                                    : "none of its recorders can be used: dial-peer " +
                                          list_of(profile->recorders)),
                    "name a voip dial-peer that is up, with a plain number as destination-pattern, "
                    "session protocol sipv2 and a session target (no server-group)");
    }
}

void check_anchors(LintContext& context) {
    for (const auto& [tag, peer] : context.config.dial_peers) {
        if (!peer.media_class || peer.shutdown) continue;
        const auto srtp = config::resolve_srtp(context.config, peer).value;
        const bool around = config::resolve_media_flow(context.config, peer).value ==
                            config::MediaFlow::flow_around;
        std::string why;
        if (peer.type != DialPeer::Type::voip)
            why = "it is a pots dial-peer: only SIP to SIP calls are forked";
        else if (around)
            why = "media flow around us";
        else if (srtp == config::SrtpMode::pass_through)
            why = "srtp pass-thru leaves its media encrypted";
        else if (srtp == config::SrtpMode::on)
            why = "its leg is SRTP: the fork point is the RTP leg";
        if (!why.empty())
            context.add(
                "WL305", block_of(tag), "media-class",
                fmt::format("media-class on dial-peer {} records nothing: {}", tag.value(), why),
                "put the media-class on the dial-peer of the RTP leg");
    }
}

void check_both(LintContext& context) {
    std::set<std::pair<DialPeerTag, DialPeerTag>> reported;
    for (const SampledCall& call : context.calls) {
        const DialPeer* inbound = context.config.find_peer(call.inbound);
        const DialPeer* outbound = context.config.find_peer(call.candidates.front());
        if (inbound == nullptr || outbound == nullptr || !inbound->media_class ||
            !outbound->media_class || inbound->media_class == outbound->media_class ||
            !reported.emplace(inbound->tag, outbound->tag).second)
            continue;
        context.add("WL304", block_of(outbound->tag), "media-class",
                    fmt::format("{} is recorded once, by media class {} of its inbound dial-peer "
                                "{}: class {} of dial-peer {} is not asked",
                                example_of(call), *inbound->media_class, inbound->tag.value(),
                                *outbound->media_class, outbound->tag.value()),
                    "several recorders at once need a Media Proxy");
    }
}

}  // namespace

void lint_recording(LintContext& context) {
    check_dialable_recorders(context);
    check_escapes(context);
    check_classes(context);
    check_anchors(context);
    check_both(context);
}

}  // namespace weir::dialplan
