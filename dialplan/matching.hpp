// SPDX-License-Identifier: Apache-2.0
// The two searches of a call, over the compiled indexes; for the files of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialplan/compiled.hpp"
#include "dialplan/route.hpp"

namespace weir::dialplan {

struct InboundFound {
    InboundMatch match;
    const CompiledPeer* peer = nullptr;  // null = dial-peer 0
};

// Spec A.7, with its whole order; a call from a pots port looks at pots peers only.
[[nodiscard]] InboundFound find_inbound(const Compiled& plan, const RouteQuery& query);

// numbering-type: whether the peer takes numbers of this type; without the command, all.
[[nodiscard]] bool takes_type(const config::DialPeer& peer, config::NumberType type);

// The more specific score with `voice class uri sip preference` (spec A.4).
[[nodiscard]] UriScore ranked(UriScore score, bool prefer_user_id);

// One peer that matched outbound.
struct PeerMatch {
    PeerIndex peer = 0;
    unsigned length = 0;
    unsigned consumed = 0;           // of the called number; 0 where that was not looked at
    unsigned member_preference = 0;  // in a dial-peer group
    bool operator==(const PeerMatch&) const = default;
};

// What the outbound search looks at: the numbers are those after the inbound translation.
struct OutboundQuery {
    const RouteQuery& call;
    const TypedNumber& called;
    const TypedNumber& calling;
    const CompiledPeer* inbound = nullptr;  // null = dial-peer 0
};

// With the SIP answer that the tables give this cause (spec E.8).
[[nodiscard]] RouteRefusal refusal(int cause, std::string why);

struct OutboundFound {
    std::vector<PeerMatch> peers;  // ascending; before COR, busyout and ordering
    std::string by;                // the criterion
    bool group = false;            // a dial-peer group decided
    std::optional<RouteRefusal> refused;
};

// Spec A.8, criterion by criterion.
[[nodiscard]] OutboundFound find_outbound(const Compiled& plan, const OutboundQuery& query);

// The peers whose destination-pattern or map matches; criterion 7.
[[nodiscard]] std::vector<PeerMatch> by_called(const Compiled& plan, const TypedNumber& called);

// Whether the class of restriction lets this call out (spec A.8, corlist).
[[nodiscard]] bool cor_allows(const config::Config& config, const config::DialPeer& inbound,
                              const config::DialPeer& outbound);

// A SIP call reaches a voip peer only with `allow-connections sip to sip` (spec A.1).
[[nodiscard]] bool connection_allowed(const config::Config& config, const RouteQuery& call,
                                      const config::DialPeer& outbound);

// The servers of a group in the order of trying, without those that are busy (spec A.9).
[[nodiscard]] std::vector<ServerChoice> order_servers(const config::ServerGroup& group,
                                                      const UsageMap& usage,
                                                      const Busyout& busyout);

[[nodiscard]] bool is_busy(const CompiledPeer& peer, const Busyout& busyout);

// Wildcard `*` for any text, the rest literal (spec A.8, route strings). At most pattern
// times text steps.
[[nodiscard]] bool matches_wildcard(std::string_view pattern, std::string_view text);

}  // namespace weir::dialplan
