// SPDX-License-Identifier: Apache-2.0
// voice service voip and its sub-modes (spec B.1 to B.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/address.hpp"
#include "config/model/dial_peer.hpp"
#include "config/model/sip_options.hpp"
#include "config/model/vocabulary.hpp"

namespace weir::config {

// ip address trusted list (spec B.3)
struct TrustedList {
    bool authenticate = true;  // default deny
    std::vector<Prefix> prefixes;
    std::uint8_t call_block_cause = 21;  // Q.850, call-reject
};

// rtp-port range MIN MAX (spec B.4)
struct RtpPortRange {
    std::uint16_t min = 8000;   // even
    std::uint16_t max = 48198;  // even: the RTP port of the last pair
    bool extended = false;      // rtp-port range extended: written so, the ports are the same
    bool operator==(const RtpPortRange&) const = default;
};

// voice service voip, and its sip sub-mode
struct VoiceService {
    bool border_element = false;  // mode border-element
    std::optional<std::uint32_t>
        license_capacity;           // mode border-element license capacity N: kept for printing
    bool allow_sip_to_sip = false;  // allow-connections sip to sip
    bool shutdown = false;
    bool shutdown_forced = false;  // shutdown forced: calls in progress end, too
    TrustedList trusted;
    RtpPortRange rtp_ports;
    Transport session_transport = Transport::udp;  // sip: session transport
    bool silent_discard_untrusted = true;          // sip: silent-discard untrusted
    bool inbound_profiles = false;                 // sip: the bare line `sip-profiles inbound`
    SrtpMode srtp = SrtpMode::off;
    MediaFlow media_flow = MediaFlow::flow_through;
    bool address_hiding = false;
    std::uint8_t rtp_media_loop = 6;  // rtp-media-loop count, 6..21
    SipOptions sip;                   // the global level of the SIP settings
    KeptLines kept;
    KeptLines kept_sip;
};

}  // namespace weir::config
