// SPDX-License-Identifier: Apache-2.0
// The words of values that are more than a keyword.
#include "config/model/sip_words.hpp"

namespace weir::config {

std::string to_words(const Rel1xx& rel1xx) {
    std::string words = words_of(kRel1xxModes, rel1xx.mode);
    if (rel1xx.mode != Rel1xx::Mode::disable) words += " " + rel1xx.option_tag;
    if (rel1xx.strict) words += " strict";
    return words;
}

std::string to_words(const SipHop& hop) {
    const std::string port = hop.port == 0 ? "" : ":" + std::to_string(hop.port);
    switch (hop.kind) {
        case SipHop::Kind::none:
            return "";
        case SipHop::Kind::dhcp:
            return "dhcp";
        case SipHop::Kind::dns:
            return "dns:" + hop.host + port;
        case SipHop::Kind::address:
            return (hop.address.family == Family::v4 ? "ipv4:" : "ipv6:") + uri_host(hop.address) +
                   port;
    }
    return "";
}

std::string to_words(const SessionTimer& timer) {
    return std::to_string(timer.min_se) + " session-expires " +
           std::to_string(timer.session_expires);
}

}  // namespace weir::config
