// SPDX-License-Identifier: Apache-2.0
// Dial-peer commands of SIP that exist only at a peer: its tenant, its keepalive, its passwords
// (spec A.12, A.13, B.11). The settings of three levels come from sip_setting.hpp.
#include "config/language/fields.hpp"
#include "config/language/tables/authentication.hpp"
#include "config/language/tables/dial_peer_rows.hpp"

namespace weir::config::language {
namespace {

// voice-class sip options-keepalive, with intervals of its own or with a profile.
Command<DialPeer> options_keepalive() {
    Command<DialPeer> row;
    row.syntax =
        "voice-class sip options-keepalive {profile <profile=1-10000> | "
        "[up-interval <up=5-1200> | down-interval <down=5-1200> | retry <retry=1-10>]+}";
    row.help = "Ping the target with OPTIONS and take the peer out of use while it is dead";
    row.read = [](const Words& words, DialPeer& peer) -> Result<void> {
        PeerKeepalive keepalive;
        keepalive.enabled = true;
        if (words.given("profile"))
            keepalive.profile = static_cast<std::uint32_t>(words.number("profile"));
        if (words.given("up"))
            keepalive.up_interval = static_cast<std::uint16_t>(words.number("up"));
        if (words.given("down"))
            keepalive.down_interval = static_cast<std::uint16_t>(words.number("down"));
        if (words.given("retry"))
            keepalive.retry = static_cast<std::uint8_t>(words.number("retry"));
        peer.keepalive = keepalive;
        return {};
    };
    row.no = [](const Words&, DialPeer& peer) { peer.keepalive = {}; };
    row.print = [](const DialPeer& peer, Printer& out) {
        const auto& keepalive = peer.keepalive;
        if (!keepalive.enabled) return;
        PeerKeepalive plain;
        plain.enabled = true;
        std::string line = "voice-class sip options-keepalive";
        if (keepalive.profile)
            line += " profile " + std::to_string(*keepalive.profile);
        else if (keepalive != plain)
            line += " up-interval " + std::to_string(keepalive.up_interval) + " down-interval " +
                    std::to_string(keepalive.down_interval) + " retry " +
                    std::to_string(keepalive.retry);
        out.line(line);
    };
    return row;
}

Command<DialPeer> authentication() {
    Command<DialPeer> row;
    row.syntax = authentication_syntax();
    row.help = "User and password for a digest challenge";
    row.read = [](const Words& words, DialPeer& peer) {
        return read_authentication(words, peer.sip);
    };
    row.no = [](const Words& words, DialPeer& peer) { remove_authentication(words, peer.sip); };
    row.print = [](const DialPeer& peer, Printer& out) {
        for (const auto& entry : peer.sip.authentication)
            out.line(authentication_text(entry));
    };
    row.key_words = 1;
    return row;
}

}  // namespace

PeerRows peer_sip_rows() {
    return {
        optional_number("voice-class sip tenant <1-10000>", "Tenant whose settings this peer has",
                        &DialPeer::tenant),
        options_keepalive(),
        authentication(),
    };
}

}  // namespace weir::config::language
