// SPDX-License-Identifier: Apache-2.0
// `show dial-peer voice summary` and the settings of one peer, as text and as JSON.
#pragma once

#include "config/admin/command_table.hpp"
#include "deploy/apps/plan_commands.hpp"
#include "signaling/call/show_dial_peers.hpp"

namespace weir::apps {

// What the keepalive knows of the peers now; empty: there is none. Thread: admin.
using KeepaliveSource = std::function<signaling::KeepaliveColumn()>;

// The settings of the peer that the first word names.
[[nodiscard]] config::Answer show_peer_of(const dialplan::DialPlan& plan,
                                          const std::vector<std::string>& typed, bool as_json);

void add_peer_commands(config::CommandTable& table, const PlanSources& plans,
                       const KeepaliveSource& keepalive = nullptr);

}  // namespace weir::apps
