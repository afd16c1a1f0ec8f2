// SPDX-License-Identifier: Apache-2.0
// Intersects codec lists in the orders that spec A.10 asks for.
#include "signaling/edge/codec_choice.hpp"

#include <algorithm>

namespace weir::signaling {

namespace {

bool contains(const CodecList& list, config::Codec codec) {
    return std::find(list.begin(), list.end(), codec) != list.end();
}

CodecList only_in(const CodecList& ordered, const CodecList& other) {
    CodecList common;
    for (const auto codec : ordered) {
        if (contains(other, codec) && !contains(common, codec)) common.push_back(codec);
    }
    return common;
}

bool is_transparent(const CodecList& configured) {
    return contains(configured, config::Codec::transparent);
}

CodecList every_voice_codec() {
    CodecList all;
    for (const auto& info : config::all_codecs()) {
        if (info.codec != config::Codec::transparent) all.push_back(info.codec);
    }
    return all;
}

}  // namespace

CodecList configured_codecs(const config::Config& config, const config::DialPeer& peer) {
    if (peer.tag == config::DialPeerTag{0}) return every_voice_codec();
    if (peer.codec_class) {
        CodecList codecs;
        const auto found = config.codec_classes.find(*peer.codec_class);
        // A class that does not exist holds nothing: the call fails with 488 rather than with a
        // codec that nobody asked for; `weir check` names the missing class.
        if (found == config.codec_classes.end()) return codecs;
        for (const auto& preference : found->second.preferences) {
            if (!contains(codecs, preference.codec)) codecs.push_back(preference.codec);
        }
        return codecs;
    }
    if (peer.codec) return {peer.codec->codec};
    // A pots peer names no codec: what the SIP gateway behind its port offers and takes decides.
    if (peer.type == config::DialPeer::Type::pots) return every_voice_codec();
    return {config::Codec::g729r8};
}

CodecList acceptable_codecs(const config::Config& config, const config::DialPeer& peer,
                            const CodecList& offer) {
    const CodecList configured = configured_codecs(config, peer);
    return is_transparent(configured) ? offer : only_in(offer, configured);
}

CodecList outbound_offer(const config::Config& config, const LegPeers& peers,
                         const CodecList& inbound_offer) {
    const CodecList outbound = configured_codecs(config, peers.outbound);
    const bool inbound_transparent = is_transparent(configured_codecs(config, peers.inbound));
    if (is_transparent(outbound)) {
        // Spec A.10: both legs must be transparent; one alone has no codec in common.
        return inbound_transparent ? inbound_offer : CodecList{};
    }
    if (peers.outbound.codec_offer_all) return outbound;
    return only_in(outbound, acceptable_codecs(config, peers.inbound, inbound_offer));
}

}  // namespace weir::signaling
