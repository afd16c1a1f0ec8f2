// SPDX-License-Identifier: Apache-2.0
// CallSnapshot: one active call as values, for show commands on another thread.
#pragma once

#include <array>
#include <vector>

#include "signaling/call/call.hpp"

namespace weir::signaling {

struct CallSnapshot {
    CallView view;  // parties, guid, streams, times
    CallState state = CallState::routing;
    // [stream][Side]: our port toward each party, and the party's address as signalled.
    std::array<std::array<Endpoint, 2>, kMaxStreams> local_rtp{};
    std::array<std::array<Endpoint, 2>, kMaxStreams> remote_rtp{};
    bool recordable = false;
};

// A media session that weir-media holds for nobody here (after a restart of ours): it relays on
// until it has been silent for kOrphanIdle.
struct OrphanSession {
    dataplane::SessionId session;
    Guid guid;
};

}  // namespace weir::signaling
