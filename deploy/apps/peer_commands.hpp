// SPDX-License-Identifier: Apache-2.0
// `show dial-peer voice N` and `summary`, as text and as JSON.
#pragma once

#include "config/admin/command_table.hpp"
#include "deploy/apps/plan_commands.hpp"
#include "signaling/call/show_dial_peers.hpp"

namespace weir::apps {

// What the keepalive knows of the peers now; empty: there is none. Thread: admin.
using KeepaliveSource = std::function<signaling::KeepaliveColumn()>;

void add_peer_commands(config::CommandTable& table, const PlanSources& plans,
                       const KeepaliveSource& keepalive = nullptr);

}  // namespace weir::apps
