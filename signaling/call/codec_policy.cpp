// SPDX-License-Identifier: Apache-2.0
// codec_policy: the codecs, events and noise of a dial-peer as the SDP editor takes them (spec
// A.10).
#include <algorithm>

#include "config/model/payload_types.hpp"
#include "config/model/resolve.hpp"
#include "signaling/call/routing.hpp"
#include "signaling/edge/codec_choice.hpp"

namespace weir::signaling {
namespace {

// Payload of one packet where the configuration says `bytes N`.
std::optional<std::uint16_t> bytes_of(const config::Config& config, const config::DialPeer& peer,
                                      config::Codec codec) {
    if (peer.codec && peer.codec->codec == codec) return peer.codec->bytes;
    const auto found = peer.codec_class ? config.codec_classes.find(*peer.codec_class)
                                        : config.codec_classes.end();
    if (found == config.codec_classes.end()) return std::nullopt;
    for (const auto& preference : found->second.preferences)
        if (preference.codec == codec) return preference.bytes;
    return std::nullopt;
}

// Milliseconds of one packet: 20 with the codec's default payload, 30 for G.723.1, whose frames are
// that long.
std::uint32_t ptime_of(const config::CodecInfo& info, std::optional<std::uint16_t> bytes) {
    const bool g723 = info.codec == config::Codec::g723r53 || info.codec == config::Codec::g723r63;
    const std::uint32_t usual = g723 ? 30 : 20;
    if (!bytes || *bytes == 0 || info.default_bytes == 0) return usual;
    return std::clamp<std::uint32_t>(usual * *bytes / info.default_bytes, 5, 200);
}

sdp::AnnexB annexb_of(config::Codec codec, bool either) {
    if (either) return sdp::AnnexB::any;
    if (codec == config::Codec::g729r8) return sdp::AnnexB::no;
    return codec == config::Codec::g729br8 ? sdp::AnnexB::yes : sdp::AnnexB::any;
}

}  // namespace

sdp::CodecPolicy codec_policy(const config::Config& config, const config::DialPeer& peer) {
    sdp::CodecPolicy policy;
    // g729 annexb-all: with and without annex B are one codec. Dial-peer 0 takes both as well.
    const bool either = config::resolve(config, peer, &config::SipOptions::g729_annexb_all).value ||
                        peer.tag == config::DialPeerTag{0};
    for (const auto codec : configured_codecs(config, peer)) {
        if (codec == config::Codec::transparent) {
            policy.transparent = true;
            continue;
        }
        const auto& info = config::codec_info(codec);
        sdp::AllowedCodec allowed;
        allowed.encoding = info.encoding;
        allowed.clock_rate = info.clock_rate;
        allowed.annexb = annexb_of(codec, either);
        allowed.payload_type = info.payload_type.value_or(0);
        allowed.ptime_ms = ptime_of(info, bytes_of(config, peer, codec));
        const bool known = std::any_of(
            policy.codecs.begin(), policy.codecs.end(), [&](const sdp::AllowedCodec& other) {
                return other.encoding == allowed.encoding &&
                       other.clock_rate == allowed.clock_rate && other.annexb == allowed.annexb;
            });
        if (!known) policy.codecs.push_back(std::move(allowed));
    }
    policy.telephone_event =
        std::any_of(peer.dtmf_relay.begin(), peer.dtmf_relay.end(), [](config::DtmfRelay relay) {
            return relay == config::DtmfRelay::rtp_nte ||
                   relay == config::DtmfRelay::rtp_nte_digit_drop;
        });
    policy.comfort_noise = peer.vad;
    for (const auto& [encoding, number] : config::payload_types(peer))
        policy.numbers.push_back({std::string(encoding), number});
    for (const auto& [encoding, number] : config::video_codecs(peer)) {
        sdp::AllowedCodec allowed;
        allowed.encoding = encoding;
        allowed.clock_rate = 90000;  // RFC 3551 5: of all video
        allowed.payload_type = number;
        policy.video.push_back(std::move(allowed));
    }
    return policy;
}

}  // namespace weir::signaling
