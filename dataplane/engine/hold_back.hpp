// SPDX-License-Identifier: Apache-2.0
// HoldBack: RTP that came before signalling had told us both parties' addresses, kept for a moment.
//
// A callee may send its first packet in the same millisecond as its 2xx, and the answer's SDP takes
// a little longer through the SIP thread. Such packets belong to the conversation: they wait here,
// at most kHoldBack, and are judged again when SetRemote comes.
// Thread: the worker. Allocated at start.
#pragma once

#include <vector>

#include "dataplane/engine/burst.hpp"

namespace weir::dataplane {

class HoldBack {
public:
    HoldBack();

    // False: full (in all or for this direction); the caller drops the packet.
    [[nodiscard]] bool keep(rte_mbuf* packet, const PacketMeta& meta) noexcept;
    [[nodiscard]] bool is_empty() const noexcept { return entries_.empty(); }

    // Takes out, in order of arrival, packets of the stream (slot and stream of `owner`) until the
    // burst is full. True: there may be more.
    bool take_stream(PortEntry owner, Burst& burst) noexcept;
    // Takes out those that came before `before_ns`, likewise.
    bool take_older(std::int64_t before_ns, Burst& burst) noexcept;

private:
    struct Entry {
        rte_mbuf* packet = nullptr;
        PacketMeta meta;
    };
    std::vector<Entry> entries_;  // in order of arrival
};

}  // namespace weir::dataplane
