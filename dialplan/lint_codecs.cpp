// SPDX-License-Identifier: Apache-2.0
// Calls that no codec can carry: nothing is transcoded, so both dial-peers must agree (spec A.10).
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "dialplan/lint_parts.hpp"

namespace weir::dialplan {
namespace {

using config::Codec;
using config::DialPeer;
using config::DialPeerTag;

// What the peer is configured for (spec A.10, N22); empty: its class does not exist.
std::vector<Codec> codecs_of(const config::Config& config, const DialPeer& peer) {
    if (!peer.codec_class) return {peer.codec ? peer.codec->codec : Codec::g729r8};
    std::vector<Codec> codecs;
    if (const auto found = config.codec_classes.find(*peer.codec_class);
        found != config.codec_classes.end())
        for (const auto& preference : found->second.preferences)
            codecs.push_back(preference.codec);
    return codecs;
}

std::string words_of(const std::vector<Codec>& codecs) {
    std::vector<const char*> words;
    for (const Codec codec : codecs)
        words.push_back(config::codec_info(codec).keyword);
    return fmt::format("{}", fmt::join(words, " "));
}

bool have_common(const std::vector<Codec>& a, const std::vector<Codec>& b) {
    const auto holds = [](const std::vector<Codec>& codecs, Codec codec) {
        return std::find(codecs.begin(), codecs.end(), codec) != codecs.end();
    };
    // Transparent passes what comes, but only to a leg that does the same: then it is common.
    return std::any_of(a.begin(), a.end(), [&](Codec codec) { return holds(b, codec); });
}

const char* command_of(const DialPeer& peer) {
    return peer.codec_class ? "voice-class codec" : "codec";
}

std::string unsaid(const DialPeer& peer) {
    return peer.codec_class || peer.codec ? "" : ", which is what a dial-peer without codec has";
}

}  // namespace

void lint_codecs(LintContext& context) {
    std::set<std::pair<DialPeerTag, DialPeerTag>> seen;
    for (const SampledCall& call : context.calls) {
        const DialPeer* inbound = context.config.find_peer(call.inbound);
        // Dial-peer 0 takes every codec; a trunk has its own.
        if (inbound == nullptr || inbound->tag == DialPeerTag{0} ||
            inbound->type != DialPeer::Type::voip)
            continue;
        for (const DialPeerTag tag : call.candidates) {
            const DialPeer* outbound = context.config.find_peer(tag);
            if (outbound == nullptr || outbound->type != DialPeer::Type::voip ||
                context.recorders.contains(tag) || !seen.emplace(inbound->tag, tag).second)
                continue;
            const auto theirs = codecs_of(context.config, *inbound);
            const auto ours = codecs_of(context.config, *outbound);
            if (theirs.empty() || ours.empty() || have_common(theirs, ours)) continue;
            context.add(
                "WL501", block_of(tag), command_of(*outbound),
                fmt::format("{} fails with 488: dial-peer {} has {}{}, dial-peer {} has "
                            "{}{}",
                            example_of(call), inbound->tag.value(), words_of(theirs),
                            unsaid(*inbound), tag.value(), words_of(ours), unsaid(*outbound)),
                "give both a voice class codec with a common member; nothing is transcoded");
        }
    }
}

}  // namespace weir::dialplan
