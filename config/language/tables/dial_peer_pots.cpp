// SPDX-License-Identifier: Apache-2.0
// Commands of pots peers: the digits that are sent, and the port (spec A.3, G).
#include <algorithm>

#include "config/language/fields.hpp"
#include "config/language/tables/dial_peer_limits.hpp"
#include "config/language/tables/dial_peer_rows.hpp"

namespace weir::config::language {
namespace {

using Forwarded = ForwardDigits::Kind;

Command<DialPeer> forward_digits() {
    return {
        "forward-digits {all | extra | <0-32>}", "Digits that are sent to the trunk",
        [](const Words& words, DialPeer& peer) -> Result<void> {
            if (words.has("all"))
                peer.forward_digits = {Forwarded::all, 0};
            else if (words.has("extra"))
                peer.forward_digits = {Forwarded::extra, 0};
            else
                peer.forward_digits = {Forwarded::count, static_cast<std::uint8_t>(words.number())};
            return {};
        },
        [](const Words&, DialPeer& peer) { peer.forward_digits = {}; },
        [](const DialPeer& peer, Printer& out) {
            const auto& [kind, count] = peer.forward_digits;
            if (kind == Forwarded::all) out.line("forward-digits all");
            if (kind == Forwarded::extra) out.line("forward-digits extra");
            if (kind == Forwarded::count) out.line("forward-digits " + std::to_string(count));
        }};
}

// Digits to dial, with `,` for a pause of one second.
bool is_dial_string(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f') ||
               c == '*' || c == '#' || c == ',' || c == '+';
    });
}

Command<DialPeer> prefix() {
    return {"prefix <digits=word>", "Digits in front of those that are sent",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                const std::string digits = words.text("digits");
                if (!is_dial_string(digits) || digits.size() > kMaxPrefixDigits)
                    return fail(ErrorCode::invalid,
                                "a prefix is digits, A to F, '*', '#', '+' and ',' for a pause, at "
                                "most " +
                                    std::to_string(kMaxPrefixDigits));
                peer.prefix = digits;
                return {};
            },
            [](const Words&, DialPeer& peer) { peer.prefix.clear(); },
            [](const DialPeer& peer, Printer& out) {
                if (!peer.prefix.empty()) out.line("prefix " + peer.prefix);
            }};
}

// "0/1/0:15", also written "0/1/0 :15" and by some releases "0/1/0:D".
Result<void> read_port(const Words& words, DialPeer& peer) {
    const std::string port = words.text("port") + words.text("channel");
    const bool good = std::all_of(port.begin(), port.end(), [](char c) {
        return (c >= '0' && c <= '9') || c == '/' || c == ':' || c == '.' || c == 'D';
    });
    if (!good || port.size() > kMaxPortBytes || port.front() < '0' || port.front() > '9')
        return fail(ErrorCode::invalid, "a port is written as in 0/1/0:15");
    peer.port = port;
    return {};
}

}  // namespace

PeerRows peer_pots_rows() {
    return {
        flag("digit-strip", "Leave the explicit digits of destination-pattern out",
             &DialPeer::digit_strip),
        forward_digits(),
        prefix(),
        flag("direct-inward-dial", "Take the received called number as dialled",
             &DialPeer::direct_inward_dial),
        {"port <port=word> [<channel=word>]", "Voice port, that is the trunk", read_port,
         [](const Words&, DialPeer& peer) { peer.port.clear(); },
         [](const DialPeer& peer, Printer& out) {
             if (!peer.port.empty()) out.line("port " + peer.port);
         }},
    };
}

}  // namespace weir::config::language
