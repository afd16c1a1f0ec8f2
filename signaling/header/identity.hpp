// SPDX-License-Identifier: Apache-2.0
// Who calls, as the new leg says it: Remote-Party-ID, P-Asserted-Identity or P-Preferred-Identity,
// and Privacy (spec B.10; RFC 3323, 3325).
//
// Thread: any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/model/config.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

// How a leg says it: the settings of its peer.
struct IdentityStyle {
    config::AssertedId asserted_id = config::AssertedId::none;
    bool remote_party_id = true;
    std::string privacy;       // "", "disable", "pstn", "id", "id critical", ...
    bool passthru = false;     // privacy-policy passthru
    bool send_always = false;  // privacy-policy send-always
    bool strip_diversion = false;
    bool strip_history = false;
    bool history_info = false;
};
[[nodiscard]] IdentityStyle identity_style(const config::Config& config,
                                           const config::DialPeer& peer);

struct Identity {
    std::string display;
    std::string uri;                     // "sip:100@192.0.2.1"; "" = the party is not known
    bool is_private = false;             // the caller asked that its number be withheld
    std::string received_privacy;        // Privacy as it came, "" if none
    std::string_view party = "calling";  // of Remote-Party-ID: calling, called
};

// The identity header of that style, then Privacy, then Proxy-Require where `critical` asks for it.
// A withheld number that no Privacy header would protect is not asserted at all (RFC 3325 7).
[[nodiscard]] std::vector<Header> identity_headers(const Identity& who, const IdentityStyle& style);

// The first SIP or tel identity in P-Asserted-Identity, P-Preferred-Identity or Remote-Party-ID:
// what `preferred` names first, then whatever is there. Remote-Party-ID counts only for `party`.
struct AssertedParty {
    std::string display;
    std::string uri;
    bool is_private = false;  // by the privacy parameter of Remote-Party-ID
};
[[nodiscard]] std::vector<AssertedParty> asserted_parties(const SipMessage& message,
                                                          config::AssertedId preferred,
                                                          std::string_view party);

// Whether Privacy asks that the identity be withheld: id, user, header or session (RFC 3323 4.2;
// `none` says that it must not).
[[nodiscard]] bool asks_privacy(const SipMessage& message);
[[nodiscard]] std::string privacy_values(const SipMessage& message);  // "id;critical"

}  // namespace weir::signaling
