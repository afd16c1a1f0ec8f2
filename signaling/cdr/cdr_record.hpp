// SPDX-License-Identifier: Apache-2.0
// CdrRecord: what is written about one call, and its JSON line.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/base/guid.hpp"
#include "dataplane/api/media_plane.hpp"
#include "signaling/api/call_events.hpp"
#include "signaling/api/recording_summary.hpp"

namespace weir::signaling {

// One outbound peer that was tried (spec A.8).
struct CdrAttempt {
    config::DialPeerTag dial_peer;
    int sip_status = 0;  // 0: no final response
    std::uint8_t q850_cause = 0;
};

struct CdrRecord {
    CallView call;            // parties, guid, streams; durations come from its monotonic times
    bool has_callee = false;  // an outbound peer was chosen
    bool emergency = false;   // exempt from limits: one of its peers is marked e911
    std::array<Endpoint, 2> rtp{};  // [Side]: signalled address of the first stream
    std::vector<CdrAttempt> attempts;
    CallEnd end;
    dataplane::SessionState accounts;
};

// A recording as a JSON object (forking/ledger has the one that the operator sees as well).
using RecordingRenderer = std::function<std::string(const RecordingSummary&)>;

// One line without its end. Fields (README.md): durations in milliseconds of the monotonic clock,
// instants in UTC of the wall clock, counts in packets.
[[nodiscard]] std::string to_json(const CdrRecord& record,
                                  const std::vector<RecordingSummary>& recordings,
                                  const RecordingRenderer& render);

}  // namespace weir::signaling
