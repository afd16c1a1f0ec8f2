// SPDX-License-Identifier: Apache-2.0
// The words of a session target (spec A.6).
#include "config/model/dial_peer.hpp"

namespace weir::config {

std::string to_words(const SessionTarget& target) {
    using Kind = SessionTarget::Kind;
    const std::string port = target.port == 0 ? "" : ":" + std::to_string(target.port);
    const std::string number = target.number == 0 ? "" : std::to_string(target.number);
    switch (target.kind) {
        case Kind::none:
            return "";
        case Kind::address:
            return (target.address.family == Family::v4 ? "ipv4:" : "ipv6:") +
                   uri_host(target.address) + port;
        case Kind::dns:
            return "dns:" + target.host + port;
        case Kind::sip_uri:
            return "sip-uri";
        case Kind::sip_server:
            return "sip-server";
        case Kind::registrar:
            return "registrar";
        case Kind::enum_table:
            return "enum:" + number;
        case Kind::loopback_rtp:
            return "loopback:rtp";
        case Kind::dhcp:
            return "dhcp";
        case Kind::ras:
            return "ras";
        case Kind::settlement:
            return "settlement" + (number.empty() ? "" : " " + number);
    }
    return "";
}

}  // namespace weir::config
