// SPDX-License-Identifier: Apache-2.0
// Fills a called number into the host of a session target.
#include "dialplan/session_host.hpp"

#include "dialplan/digits.hpp"

namespace weir::dialplan {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// What a host name can hold of a number: a plus, stars and wildcards are left out.
std::string digits_of(std::string_view number) {
    std::string digits;
    for (const char c : number)
        if (is_digit(c) || (c >= 'A' && c <= 'F')) digits += c;
    return digits;
}

}  // namespace

std::string dotted_digits(std::string_view number) {
    std::string name;
    for (std::size_t i = number.size(); i-- > 0;) {
        if (!is_digit(number[i])) continue;
        name += number[i];
        name += '.';
    }
    return name;
}

std::string session_host(const config::DialPeer& peer, std::string_view called,
                         std::string_view sent) {
    if (peer.target.kind != config::SessionTarget::Kind::dns) return "";
    const std::string_view host = peer.target.host;
    if (host.size() < 4 || host[0] != '$' || host.substr(2, 2) != "$.") return peer.target.host;
    const std::string rest(host.substr(4));
    std::string label;
    switch (host[1]) {
        case 'e':
            return dotted_digits(sent) + rest;
        case 's':
            label = digits_of(left_digits(peer.destination_pattern));
            break;
        case 'd':
            label = digits_of(sent);
            break;
        default: {
            const std::string left = left_digits(peer.destination_pattern);
            if (called.starts_with(left)) called.remove_prefix(left.size());
            label = digits_of(called);
            break;
        }
    }
    return label.empty() ? rest : label + "." + rest;
}

}  // namespace weir::dialplan
