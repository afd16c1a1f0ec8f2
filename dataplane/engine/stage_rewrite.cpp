// SPDX-License-Identifier: Apache-2.0
// Stage rewrite: the other party's address becomes the target, our port toward it the source. (The
// map of payload types comes here when signalling needs one.)
#include "dataplane/engine/stages.hpp"

namespace weir::dataplane {

void rewrite(Burst& burst, WorkerState& worker) noexcept {
    TxBurst& out = worker.relay;
    // The burst fits: emit() has emptied `relay`, and kTxBurst is larger than kBurst.
    for (std::uint16_t i = 0; i < burst.count; ++i) {
        const PacketMeta& meta = burst.meta[i];
        DirectionSlot& from = *burst.from[i];
        const DirectionSlot& to = WorkerState::opposite(from, meta.owner);
        TxMeta& next = out.meta[out.count];
        out.packets[out.count++] = burst.packets[i];
        const bool on_rtp_port = meta.local.port == from.local_rtp.port;
        next.to = on_rtp_port ? to.remote_rtp : to.remote_rtcp;
        next.from.port = static_cast<std::uint16_t>(to.local_rtp.port + (on_rtp_port ? 0 : 1));
        next.from.realm = to.realm;
        next.hop = on_rtp_port ? to.rtp_hop : to.rtcp_hop;
        const bool rtcp = meta.owner.role == PortRole::rtcp;
        next.relay = rtcp ? nullptr : &from.account;
        next.relay_rtcp = rtcp ? &from.account : nullptr;
        next.fork = nullptr;
        next.payload_sum = meta.payload_sum;
    }
}

}  // namespace weir::dataplane
