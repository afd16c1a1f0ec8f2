// SPDX-License-Identifier: Apache-2.0
// CallSnapshot: one active call as values, for show commands on another thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "signaling/call/call.hpp"

namespace weir::signaling {

struct CallSnapshot {
    CallView view;  // parties, guid, streams, times
    CallState state = CallState::routing;
    // [stream][Side]: our port toward each party, and the party's address as signalled.
    std::array<std::array<Endpoint, 2>, kMaxStreams> local_rtp{};
    std::array<std::array<Endpoint, 2>, kMaxStreams> remote_rtp{};
    std::array<SipPath, 2> paths;      // [Side]: where requests of the leg go
    std::array<std::string, 2> uuids;  // [Side]: the party's of Session-ID
    bool recordable = false;
};

// Which calls; what is not set does not count. Numbers are those that came or those that went on.
struct CallChoice {
    std::size_t most = 0;  // the oldest so many; 0 = all
    CallId after;          // those that began later than this one
    std::optional<CallId> id;
    std::string calling;
    std::string called;
    std::string voice_port;  // of one of its pots dial-peers
    [[nodiscard]] bool wants(const Call& call) const;
};
struct ChosenCalls {
    std::vector<CallSnapshot> calls;  // by id
    std::size_t left_out = 0;         // beyond CallChoice::most
};

// A media session that weir-media holds for nobody here (after a restart of ours): it relays on
// until it has been silent for kOrphanIdle.
struct OrphanSession {
    dataplane::SessionId session;
    Guid guid;
};

}  // namespace weir::signaling
