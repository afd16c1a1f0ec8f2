// SPDX-License-Identifier: Apache-2.0
// The `show` commands of weir-sip: snapshots taken on the SIP thread, printed by pure functions.
#pragma once

#include <functional>
#include <vector>

#include "config/admin/command_table.hpp"
#include "config/base/clock.hpp"
#include "config/base/metrics.hpp"
#include "config/store/store.hpp"
#include "deploy/apps/live_config.hpp"
#include "deploy/apps/media_reports.hpp"
#include "deploy/apps/node.hpp"
#include "forking/ledger/book.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/call/show_dial_peers.hpp"
#include "signaling/show/call_history.hpp"
#include "signaling/show/show_sip_statistics.hpp"
#include "signaling/sip/sofia_stack.hpp"
#include "signaling/tls/tls_stack.hpp"

namespace weir::apps {

// What the commands look at; all outlive the admin server. Touched on the SIP thread only.
struct OperatorSources {
    signaling::EventLoop& loop;
    const Node& node;
    const signaling::SipStack& stack;
    const dataplane::MediaPlane& plane;
    signaling::CallTable& calls;
    const forking::LedgerBook& ledger;
    MediaReports& reports;
    signaling::SofiaStack& plain;
    signaling::TlsStack& secure;
    signaling::CallHistory& history;
    signaling::ClearedCounts& cleared;  // by clear sip-ua statistics
    MonoTime started_at;
    // Asked on the admin thread.
    const LiveConfig& live;
    const config::Store& store;
    std::function<signaling::KeepaliveColumn()> keepalive{};  // of the dial-peers, from any thread
};

[[nodiscard]] config::CommandTable operator_commands(const OperatorSources& sources);

}  // namespace weir::apps
