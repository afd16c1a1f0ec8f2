// SPDX-License-Identifier: Apache-2.0
// The verdict on one recorded track: who has what, and whose loss every missing packet was. Pure.
//
// A packet of the conversation goes through three hands, and each has its witness:
//
//   network before us | the gaps in the party's sequence numbers: lost_before_us, and lost_ours
//   where a
//                     | socket overflow, a missed counter or a restart of ours covers them
//   us                | the fork's conservation laws: eligible = copied + drops, copied = sent +
//   send drops network behind us | the recorder's own account (X-Weir-Recorded), or its RTCP
//   receiver reports
//
//   proven       its own account says that it has every packet sent, and none of the others is
//   missing consistent   the same by its receiver reports, as far as they reach unconfirmed  no
//   witness behind us, or one that contradicts itself, or a broken law of ours incomplete   at
//   least one packet is missing failed       no recorder took the track
#pragma once

#include <optional>
#include <span>
#include <string>

#include "dataplane/api/account.hpp"
#include "signaling/api/recording_summary.hpp"

namespace weir::forking {

// What is known about one track when its recording has ended.
struct TrackEvidence {
    bool taken = false;  // a recorder answered and the fork was started toward it
    dataplane::ForkAccount fork;
    std::uint64_t source_duplicates =
        0;  // the party's own duplicates: copied like every other packet
    std::optional<signaling::RecorderAccount> recorder;
};

struct TrackJudgement {
    signaling::RecordingVerdict verdict = signaling::RecordingVerdict::unconfirmed;
    std::uint64_t missing = 0;  // the sum of the three below
    std::uint64_t lost_before_us = 0;
    std::uint64_t lost_ours = 0;
    std::uint64_t lost_behind_us = 0;
    std::string note;  // "" when proven
};

[[nodiscard]] TrackJudgement judge(const TrackEvidence& evidence);

// Writes the judgement into the track, and the worst verdict of all tracks into the summary.
void judge_track(signaling::RecordedTrack& track, bool taken, std::uint64_t source_duplicates);
[[nodiscard]] signaling::RecordingVerdict worst_of(
    std::span<const signaling::RecordedTrack> tracks);

}  // namespace weir::forking
