// SPDX-License-Identifier: Apache-2.0
// The rows of dial-peers by subject; dial_peer.cpp puts them into the order of printing.
#pragma once

#include <vector>

#include "config/language/command.hpp"

namespace weir::config::language {

using PeerRows = std::vector<Command<DialPeer>>;

// dial_peer_selection.cpp
[[nodiscard]] PeerRows peer_head_rows();         // description .. destination-pattern
[[nodiscard]] PeerRows peer_inbound_rows();      // incoming ..., answer-address
[[nodiscard]] PeerRows peer_number_type_rows();  // numbering-type
[[nodiscard]] PeerRows peer_destination_rows();  // destination dpg, uri, maps
// dial_peer_numbers.cpp
[[nodiscard]] PeerRows peer_translation_rows();  // translation-profile, call-block
// dial_peer_session.cpp
[[nodiscard]] PeerRows peer_session_rows();  // session protocol, target, transport
// dial_peer_sip.cpp
[[nodiscard]] PeerRows
peer_sip_rows();  // voice-class sip tenant, options-keepalive; authentication
// dial_peer_media.cpp
[[nodiscard]] PeerRows peer_media_rows();  // media-class, media, voice-class media, voice-class codec
[[nodiscard]] PeerRows peer_codec_rows();  // codec, dtmf-relay, srtp, ip qos dscp, vad
// dial_peer_pots.cpp
[[nodiscard]] PeerRows peer_pots_rows();  // digits, port
// dial_peer_kept.cpp
[[nodiscard]] PeerRows peer_kept_rows();       // of both types
[[nodiscard]] PeerRows peer_kept_voip_rows();  // fax, modem, rtp payload-type, ...
[[nodiscard]] PeerRows peer_kept_pots_rows();

}  // namespace weir::config::language
