// SPDX-License-Identifier: Apache-2.0
// Which headers go from one leg to the other (spec B.2, B.8): none but those that the operator lets
// pass, and never the ones that belong to a leg.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/model/config.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

enum class HeaderKind : std::uint8_t {
    leg,      // of one dialog, transaction or body, or a secret of one leg: never crosses
    known,    // consumed and made again by us: crosses only when a list names it
    forward,  // crosses always: Alert-Info (spec B.2)
    unknown,  // crosses with `pass-thru headers unsupp`
};
// Any case of the name.
[[nodiscard]] HeaderKind header_kind(std::string_view name);

// What `pass-thru headers` says at a peer; see pass_rule.
struct PassRule {
    bool unsupported = false;
    const config::HeaderPassList* list = nullptr;  // null: none
};
// Of the peer on whose leg the message was received. `config` outlives the result.
[[nodiscard]] PassRule pass_rule(const config::Config& config, const config::DialPeer& peer);

// Adds to `to` what may pass of `from`; what stands in `to` already stays as it is.
void pass_headers(const SipMessage& from, SipMessage& to, const PassRule& rule);

}  // namespace weir::signaling
