// SPDX-License-Identifier: Apache-2.0
// Dial-peer commands that change numbers or refuse calls for them (spec C.3, C.4).
#include "config/language/fields.hpp"
#include "config/language/tables/dial_peer_rows.hpp"
#include "config/model/release_cause.hpp"

namespace weir::config::language {
namespace {

// The causes that the command takes (spec A.2); without it a call is refused with no-service.
constexpr const char* kBlockCauses =
    "{call-reject | invalid-number | unassigned-number | user-busy}";

Command<DialPeer> call_block_cause() {
    return {std::string("call-block disconnect-cause incoming ") + kBlockCauses,
            "Why a blocked call is refused",
            [](const Words& words, DialPeer& peer) -> Result<void> {
                for (const auto& cause : release_causes())
                    if (words.has(cause.keyword)) peer.call_block_cause = cause.value;
                return {};
            },
            [](const Words&, DialPeer& peer) { peer.call_block_cause.reset(); },
            [](const DialPeer& peer, Printer& out) {
                if (peer.call_block_cause)
                    out.line("call-block disconnect-cause incoming " +
                             release_cause_text(*peer.call_block_cause));
            }};
}

}  // namespace

PeerRows peer_translation_rows() {
    return {
        text_field("translation-profile incoming <name>", "Numbers of calls that come in",
                   &DialPeer::translation_incoming),
        text_field("translation-profile outgoing <name>", "Numbers of calls that go out",
                   &DialPeer::translation_outgoing),
        optional_number("translate-outgoing called <1-2147483647>",
                        "Rules for the called number of calls that go out, the older form",
                        &DialPeer::translate_outgoing_called),
        optional_number("translate-outgoing calling <1-2147483647>",
                        "Rules for the calling number of calls that go out, the older form",
                        &DialPeer::translate_outgoing_calling),
        text_field("call-block translation-profile incoming <name>",
                   "Profile whose reject rules refuse calls that come in",
                   &DialPeer::call_block_profile),
        call_block_cause(),
    };
}

}  // namespace weir::config::language
