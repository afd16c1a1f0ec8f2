// SPDX-License-Identifier: Apache-2.0
// The next hops of sessions and forks: taken when an address is signalled, given back at its end.
// In socket mode there are none, and every hop is kNoHop.
#include "dataplane/control/session_control.hpp"

namespace weir::dataplane {

void SessionControl::aim(HopPair& hops, RealmIndex realm, const Endpoint& rtp,
                         const Endpoint& rtcp) {
    if (parts_.destinations == nullptr) return;
    // The new one first: a hop that stays must not be given up in between.
    HopPair before = hops;
    hops = parts_.destinations->acquire(realm, rtp, rtcp);
    parts_.destinations->release(before);
}

void SessionControl::release_hops(HopPair& hops) {
    if (parts_.destinations != nullptr) parts_.destinations->release(hops);
}

void SessionControl::release_stream_hops(SessionId session) {
    for (auto& stream : table_.record(session).hops)
        for (auto& hops : stream)
            release_hops(hops);
}

// The predecessor's numbers mean nothing to this process; the addresses do.
void SessionControl::adopt_stream_hops(SessionId session) {
    SessionSlot& slot = *table_.find(session);
    for (std::size_t stream = 0; stream < slot.stream_count; ++stream) {
        for (const std::size_t side : {0U, 1U}) {
            DirectionSlot& direction = slot.streams[stream].from[side];
            HopPair& hops = table_.record(session).hops[stream][side];
            if (slot.use != SlotUse::closed)
                aim(hops, direction.realm, direction.remote_rtp, direction.remote_rtcp);
            direction.rtp_hop = hops.rtp;
            direction.rtcp_hop = hops.rtcp;
        }
    }
}

void SessionControl::adopt_fork_hops(SessionId session, std::uint32_t index) {
    ForkSlot& fork = table_.find(session)->forks[index];
    HopPair& hops = table_.record(session).forks[index].hops;
    if (fork.started != 0) aim(hops, fork.realm, fork.remote_rtp, fork.remote_rtcp);
    fork.rtp_hop = hops.rtp;
    fork.rtcp_hop = hops.rtcp;
}

}  // namespace weir::dataplane
