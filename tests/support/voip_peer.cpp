// SPDX-License-Identifier: Apache-2.0
// The settings of an ordinary dial-peer.
#include "tests/support/voip_peer.hpp"

namespace weir::tests {

config::DialPeer voip_peer(std::uint32_t tag, const char* destination, const char* incoming,
                           const char* target) {
    config::DialPeer peer;
    peer.tag = config::DialPeerTag{tag};
    peer.session_protocol_sip = true;
    peer.destination_pattern = destination;
    peer.incoming_called_number = incoming;
    peer.codec = config::CodecPreference{1, config::Codec::g711ulaw, {}};
    peer.dtmf_relay = {config::DtmfRelay::rtp_nte};
    if (*target != '\0') {
        peer.target.kind = config::SessionTarget::Kind::address;
        peer.target.address = *IpAddress::parse(target);
    }
    return peer;
}

}  // namespace weir::tests
