// SPDX-License-Identifier: Apache-2.0
// Questions that a configuration answers about itself.
#include "config/model/config.hpp"

#include "config/base/limits.hpp"

namespace weir::config {

bool DialPeer::has_inbound_matcher() const {
    return !incoming_called_number.empty() || !answer_address.empty() || !incoming_uri.empty() ||
           incoming_called_map || incoming_calling_map || !dnis_map.empty() ||
           !carrier_source.empty() || !destination_pattern.empty() ||
           (type == Type::pots && !port.empty());
}

bool DialPeer::has_outbound_matcher() const {
    return !destination_pattern.empty() || destination_map || destination_calling_map ||
           !destination_uri.empty() || !destination_uri_of.empty() || route_string.has_value() ||
           !dnis_map.empty();
}

bool DialPeer::usable_outbound() const {
    if (shutdown || !has_outbound_matcher()) return false;
    if (type == Type::pots) return !port.empty();
    return session_protocol_sip && (target.kind != SessionTarget::Kind::none || server_group);
}

bool DialPeer::oper_up() const {
    if (shutdown) return false;
    // Spec A.2: a peer with a destination-pattern but no target is down, unless it also takes calls
    // in.
    const bool takes_calls_in =
        !incoming_called_number.empty() || !answer_address.empty() || !incoming_uri.empty() ||
        incoming_called_map || incoming_calling_map || !dnis_map.empty() || !carrier_source.empty();
    return takes_calls_in || usable_outbound();
}

const DialPeer* Config::find_peer(DialPeerTag tag) const {
    if (tag == DialPeerTag{0}) return &default_dial_peer();
    const auto found = dial_peers.find(tag);
    return found == dial_peers.end() ? nullptr : &found->second;
}

std::vector<DialPeerTag> Config::recorders_of(std::uint32_t media_class) const {
    const auto found = media_classes.find(media_class);
    if (found == media_classes.end()) return {};
    if (found->second.recorder_parameter) return found->second.recorder_parameter->recorders;
    if (!found->second.recorder_profile) return {};
    const auto profile = recorder_profiles.find(*found->second.recorder_profile);
    return profile == recorder_profiles.end() ? std::vector<DialPeerTag>{}
                                              : profile->second.recorders;
}

const DialPeer& default_dial_peer() {
    static const DialPeer peer = [] {
        DialPeer zero;
        zero.session_protocol_sip = true;
        zero.description = "default dial-peer";
        return zero;
    }();
    return peer;
}

const std::vector<CodecInfo>& all_codecs() {
    static const std::vector<CodecInfo> codecs{
        {Codec::g711ulaw, "g711ulaw", "PCMU", 8000, 0, 160},
        {Codec::g711alaw, "g711alaw", "PCMA", 8000, 8, 160},
        {Codec::g729r8, "g729r8", "G729", 8000, 18, 20},
        {Codec::g729br8, "g729br8", "G729", 8000, 18, 20},
        {Codec::g722_64, "g722-64", "G722", 8000, 9, 160},
        {Codec::g726r16, "g726r16", "G726-16", 8000, 98, 40},
        {Codec::g726r24, "g726r24", "G726-24", 8000, 102, 60},
        {Codec::g726r32, "g726r32", "G726-32", 8000, 2, 80},
        {Codec::g723r53, "g723r53", "G723", 8000, 4, 20},
        {Codec::g723r63, "g723r63", "G723", 8000, 4, 24},
        {Codec::g728, "g728", "G728", 8000, 15, 40},
        {Codec::ilbc, "ilbc", "iLBC", 8000, 116, 50},
        {Codec::isac, "isac", "iSAC", 16000, 124, 0},
        {Codec::opus, "opus", "opus", 48000, 114, 0},
        {Codec::gsmamr_nb, "gsmamr-nb", "AMR", 8000, 117, 0},
        {Codec::gsmfr, "gsmfr", "GSM", 8000, 3, 33},
        {Codec::aacld, "aacld", "MP4A-LATM", 90000, 105, 0},
        {Codec::mp4a_latm, "mp4a-latm", "MP4A-LATM", 90000, 105, 0},
        {Codec::transparent, "transparent", "", 0, std::nullopt, 0},
    };
    return codecs;
}

const CodecInfo& codec_info(Codec codec) {
    for (const auto& info : all_codecs())
        if (info.codec == codec) return info;
    return all_codecs().front();
}

}  // namespace weir::config
