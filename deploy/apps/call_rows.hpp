// SPDX-License-Identifier: Apache-2.0
// Rows of the `show` tables from snapshots of calls, recordings and weir-media's reports. Pure.
#pragma once

#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "dataplane/api/media_plane.hpp"
#include "signaling/api/recording_summary.hpp"
#include "signaling/call/call_snapshot.hpp"
#include "signaling/call/show_calls.hpp"
#include "signaling/call/show_rtp.hpp"
#include "signaling/show/call_leg.hpp"

namespace weir::apps {

// A call with what weir-media says about its forks, and its recording if it has one.
struct CallPicture {
    signaling::CallSnapshot call;
    const dataplane::Report* report = nullptr;               // null: not recorded, or no answer
    const signaling::RecordingSummary* recording = nullptr;  // null: not recorded
};

using signaling::leg_id;

// The id of the leg of a copy: behind those of the two parties.
[[nodiscard]] std::uint64_t fork_leg_id(signaling::CallId call, std::size_t fork);
// The side whose media class records: its track has m-line 0.
[[nodiscard]] dataplane::Side anchor_of(const CallPicture& picture);
// The pattern of the recorder that has taken the call; "": none has.
[[nodiscard]] std::string recorder_number(const CallPicture& picture);

// Two legs of each call, and one for the recorder while it takes the call.
[[nodiscard]] std::vector<signaling::ActiveLeg> active_legs(const std::vector<CallPicture>& calls,
                                                            MonoTime now);
// The same legs with all that is known of them; `media` chooses the stream.
[[nodiscard]] std::vector<signaling::CallLeg> full_legs(const std::vector<CallPicture>& calls,
                                                        MonoTime now, signaling::LegMedia media);
// Each stream of each leg, and each fork.
[[nodiscard]] std::vector<signaling::RtpConnection> rtp_connections(
    const std::vector<CallPicture>& calls);
// The same of a session whose call died with an earlier weir-sip: its rows have no call, leg 0.
void add_orphan_connections(const dataplane::Report& report,
                            std::vector<signaling::RtpConnection>& connections);
[[nodiscard]] std::vector<signaling::ForkGroup> fork_groups(const std::vector<CallPicture>& calls);

// A call and its session in weir-media.
struct MediaCall {
    dataplane::SessionId session;
    std::uint64_t legs[2] = {};  // 0: of no call here, or still being routed
    bool orphan = false;         // its call died with an earlier weir-sip
};
[[nodiscard]] std::vector<MediaCall> media_calls(
    const std::vector<CallPicture>& calls, const std::vector<signaling::OrphanSession>& orphans);
// `show voip fpi calls` (spec H.11).
[[nodiscard]] std::string fpi_calls_text(const std::vector<MediaCall>& calls);
[[nodiscard]] std::string fpi_calls_json(const std::vector<MediaCall>& calls);

// The same rows for programs: lists of objects; ends in \n.
[[nodiscard]] std::string active_legs_json(const std::vector<signaling::ActiveLeg>& legs);
[[nodiscard]] std::string rtp_connections_json(
    const std::vector<signaling::RtpConnection>& connections);

}  // namespace weir::apps
