// SPDX-License-Identifier: Apache-2.0
// Calls that are being recorded, as the router's three tables of forking tell them: `show voip
// recmsp session`, `show call media-forking`, `show media-proxy sessions` (spec H.8, H.10). Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "signaling/show/call_leg.hpp"

namespace weir::signaling {

enum class ForkState : std::uint8_t { setup, active, hold, ending };

// One direction of one stream on its way to the recorder.
struct ForkedStream {
    std::uint64_t leg = 0;  // id, as in every other `show`
    bool near_end = true;   // what the anchor sends
    bool video = false;
    ForkState state = ForkState::setup;
    std::string codec;  // keyword of the language; "" = not negotiated yet
    Endpoint local;
    Endpoint remote;  // unset before the recorder answered
    LegTraffic sent;
};

struct CallRecording {
    CallLeg anchor;                // whose dial-peer records; has its counters
    std::optional<CallLeg> other;  // none while the call is still being routed
    Guid guid;
    std::optional<config::DialPeerTag> recorder;  // none before one has taken the call
    std::string recorder_number;                  // its pattern
    std::vector<config::DialPeerTag> tried;       // recorders asked so far, in order
    std::vector<config::DialPeerTag> failed;      // those that did not take it, or have left
    std::string sip_call_id;                      // of the recording dialog
    bool siprec = false;                          // its form, else ORA
    std::chrono::seconds age{0};                  // since the first packet that was copied
    std::vector<ForkedStream> streams;            // empty while weir-media does not answer

    // What the router calls the MSP Call-ID: the id of the recording among the ids of legs.
    [[nodiscard]] std::uint64_t id() const { return leg_id(anchor.call, 0); }
    [[nodiscard]] bool has_leg(std::uint64_t leg) const;
};

[[nodiscard]] std::string show_recmsp_sessions(const std::vector<CallRecording>& calls);
// By the ids of the session table: the recording's or any of its legs'.
[[nodiscard]] std::string show_recmsp_detail(const CallRecording& call);
[[nodiscard]] std::string show_recmsp_forked(const CallRecording& call);
[[nodiscard]] std::string show_media_forking(const std::vector<CallRecording>& calls);
[[nodiscard]] std::string show_media_proxy(const std::vector<CallRecording>& calls);
[[nodiscard]] std::string show_media_proxy_summary(const std::vector<CallRecording>& calls);
[[nodiscard]] std::string show_media_proxy_detail(const CallRecording& call);
// A list of objects; ends in \n.
[[nodiscard]] std::string recordings_json(const std::vector<CallRecording>& calls);

}  // namespace weir::signaling
