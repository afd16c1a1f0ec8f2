// SPDX-License-Identifier: Apache-2.0
// What a recording turned out to be, for the CDR, `show recording ledger` and metrics.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/guid.hpp"
#include "config/model/config.hpp"
#include "dataplane/api/account.hpp"
#include "signaling/api/call_events.hpp"

namespace weir::signaling {

// How sure we are that the recorder has every eligible packet (design section 4). Only `proven` is
// called whole.
enum class RecordingVerdict : std::uint8_t {
    proven,       // the recorder's own account agrees with ours, packet for packet
    consistent,   // its RTCP receiver reports agree, it gave no account
    unconfirmed,  // neither: nothing contradicts, nothing confirms
    incomplete,   // packets are missing, and the ledger says whose loss each was
    failed,       // no recorder took the call
};
[[nodiscard]] const char* to_string(RecordingVerdict verdict);

// The recorder's own words about one track, from its answer to our BYE.
struct RecorderAccount {
    std::uint64_t packets = 0;
    std::uint64_t octets = 0;
    std::uint64_t lost = 0;
    std::uint16_t first_sequence = 0;
    std::uint16_t last_sequence = 0;
    std::uint64_t duplicates = 0;  // of `packets`: copies of a packet that it had already
    bool operator==(const RecorderAccount&) const = default;
};

struct RecordedTrack {
    std::uint8_t media_index = 0;  // m-line in the recording dialog: 0 near end (anchor), 1 far end
    dataplane::Side source = dataplane::Side::a;
    std::string participant;  // sip:number@ip
    dataplane::ForkAccount fork;
    std::optional<RecorderAccount> recorder;
    RecordingVerdict verdict = RecordingVerdict::unconfirmed;
    std::uint64_t missing = 0;         // eligible packets the recorder has not, as far as known
    std::uint64_t lost_before_us = 0;  // the network before us
    std::uint64_t lost_ours = 0;       // us: overflow, pool, pre-roll, restart
    std::uint64_t lost_behind_us = 0;  // the network behind us, or the recorder
    std::string note;  // why the verdict is not better, for people; "" if it is proven
};

struct RecordingSummary {
    CallId call;
    Guid guid;
    std::uint32_t media_class = 0;
    std::optional<config::DialPeerTag> recorder;  // the one that took it
    std::vector<config::DialPeerTag> tried;       // in order, with the failures of the others below
    std::vector<std::string> failures;            // "8001: 503", "8002: no response within 1 s"
    std::string sip_call_id;                      // of the recording dialog
    RecordingVerdict verdict = RecordingVerdict::unconfirmed;  // the worst of its tracks
    std::vector<RecordedTrack> tracks;
    WallTime started;
    WallTime ended;
    bool finished = false;
    // Of a call's recordings: a transfer into another realm ends one and begins the next.
    std::uint32_t part = 1;
};

}  // namespace weir::signaling
