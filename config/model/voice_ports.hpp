// SPDX-License-Identifier: Apache-2.0
// voice-port PORT / signal sip target ipv4:A.B.C.D[:PORT]: the SIP media gateway behind a TDM port
// (spec G.5), as values.
//
// The configuration keeps these lines as they were written; here they are read once per commit.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/address.hpp"
#include "config/base/result.hpp"
#include "config/model/config.hpp"

namespace weir::config {

struct VoicePort {
    Endpoint gateway;  // where calls of the port go to and come from; port 0 = 5060
    bool shutdown = false;
};

// By the name of the port, "0/1/0:23". Ports without a gateway are not in it.
using VoicePorts = std::map<std::string, VoicePort>;

// Thread: any.
[[nodiscard]] VoicePorts voice_ports(const Config& config);
// "ipv4:192.0.2.1:5070" or "ipv6:[2001:db8::1]". Errors: invalid, with the form that is needed.
[[nodiscard]] Result<Endpoint> voice_port_target(std::string_view text);
// The port whose gateway has that address, "" = none. Of several the first by name: their calls are
// told apart by the numbers they bring.
[[nodiscard]] std::string voice_port_of(const VoicePorts& ports, const IpAddress& gateway);
// voice service voip / tdm-forking direct: calls between a pots and a voip peer are recorded
// without the loop.
[[nodiscard]] bool tdm_forking_direct(const Config& config);
// voice service voip / tdm-forking separate-media: each pass of a loop has a media session of its
// own. Without it both passes share one (spec G).
[[nodiscard]] bool loop_media_separate(const Config& config);

}  // namespace weir::config
