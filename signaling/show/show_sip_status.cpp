// SPDX-License-Identifier: Apache-2.0
// The lines of `show sip-ua status`. What Weir has no command for is left out rather than shown as
// if it could be changed.
#include "signaling/show/show_sip_status.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "config/model/resolve.hpp"

namespace weir::signaling {
namespace {

const char* enabled(bool on) {
    return on ? "ENABLED" : "DISABLED";
}

bool listens(const Listeners& listeners, SipTransport transport) {
    return std::any_of(listeners.begin(), listeners.end(),
                       [transport](const auto& each) { return each.first == transport; });
}

// Of all levels but dial-peer and tenant.
template <typename Value>
Value global(const config::Config& config, std::optional<Value> config::SipOptions::*field) {
    return config::resolve(config, config::default_dial_peer(), field).value;
}

std::string bind_text(const std::string& interface) {
    return interface.empty() ? "DISABLED" : "ENABLED (" + interface + ")";
}

std::string sdp_text() {
    return "SDP application configuration:\n"
           " Version line (v=) required\n Owner line (o=) required\n"
           " Timespec line (t=) required\n"
           " Media supported: audio video image application\n"
           " Network types supported: IN\n Address types supported: IP4 IP6\n"
           " Transport types supported: RTP/AVP udptl\n";
}

}  // namespace

std::string show_sip_ua_status(const config::Config& config, const Listeners& listeners) {
    using config::SipOptions;
    std::string text = "SIP User Agent Status\n";
    text += fmt::format("SIP User Agent for UDP : {}\n",
                        enabled(listens(listeners, SipTransport::udp)));
    text += fmt::format("SIP User Agent for TCP : {}\n",
                        enabled(listens(listeners, SipTransport::tcp)));
    text += fmt::format("SIP User Agent for TLS over TCP : {}\n",
                        enabled(listens(listeners, SipTransport::tls)));
    const config::Bind& bind = config.voice.sip.bind;
    text += fmt::format("SIP User Agent bind status(signaling): {}\n", bind_text(bind.control));
    text += fmt::format("SIP User Agent bind status(media): {}\n", bind_text(bind.media));
    text += fmt::format("SIP early-media for 180 responses with SDP: {}\n",
                        enabled(!global(config, &SipOptions::disable_early_media_180)));
    text += fmt::format("SIP max-forwards : {}\n", global(config, &SipOptions::max_forwards));
    text += "SIP DNS SRV version: 2 (rfc 2782)\n";
    text += fmt::format("Redirection (3xx) message handling: {}\n",
                        enabled(global(config, &SipOptions::redirection)));
    text += fmt::format("Reason Header will override Response/Request Codes: {}\n",
                        enabled(global(config, &SipOptions::reason_header_override)));
    text += "Out-of-dialog Refer: DISABLED\nPresence support is DISABLED\n";
    text += "protocol mode is ipv4 and ipv6\n\n";
    return text + sdp_text();
}

std::string sip_ua_status_json(const config::Config& config, const Listeners& listeners) {
    using config::SipOptions;
    boost::json::array sockets;
    for (const auto& [transport, endpoint] : listeners)
        sockets.push_back(boost::json::object{{"transport", to_string(transport)},
                                              {"address", endpoint.to_string()}});
    return boost::json::serialize(boost::json::object{
               {"listeners", std::move(sockets)},
               {"bind_control", config.voice.sip.bind.control},
               {"bind_media", config.voice.sip.bind.media},
               {"early_media_180", !global(config, &SipOptions::disable_early_media_180)},
               {"max_forwards", global(config, &SipOptions::max_forwards)},
               {"redirection", global(config, &SipOptions::redirection)},
               {"reason_header_override", global(config, &SipOptions::reason_header_override)}}) +
           "\n";
}

std::string show_sip_service(bool stopped) {
    return stopped ? "SIP service is shut under 'voice service voip', 'sip' submode\n"
                   : "SIP service is up\n";
}

}  // namespace weir::signaling
