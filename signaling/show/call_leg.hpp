// SPDX-License-Identifier: Apache-2.0
// CallLeg: one leg of a call that runs or has ended, as values: the rows of every table of calls
// (spec H.5, H.6). Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/guid.hpp"
#include "signaling/api/call_events.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/call/call_snapshot.hpp"

namespace weir::signaling {

// Ids of legs: ten per call, 1 the caller's, 2 the callee's, 3 to 10 the forks.
[[nodiscard]] std::uint64_t leg_id(CallId call, unsigned leg);

// The codec of a stream as the language calls it: "g711ulaw"; its RTP name where the language has
// no word; "" before it is negotiated.
[[nodiscard]] std::string codec_word(const NegotiatedStream& stream);

// One direction of a leg's media.
struct LegTraffic {
    std::uint64_t packets = 0;
    std::uint64_t octets = 0;  // of RTP payload
};

struct LegEnd {
    std::uint8_t q850_cause = 16;
    std::optional<Side> released_by;
    MonoTime at;
    WallTime wall;
};

struct CallLeg {
    CallId call;
    std::uint64_t id = 0;
    Guid guid;
    Side side = Side::a;   // a: that party called us (CallOrigin 2, answer)
    bool is_fork = false;  // toward a recorder
    CallState state = CallState::routing;
    config::DialPeerTag peer;
    std::string number;  // of the party
    std::string display;
    std::array<std::string, 2> numbers;     // calling, called as they came
    std::array<std::string, 2> translated;  // as they went on
    std::string sip_call_id;
    std::string target;                // session target of its dial-peer, in words
    IpAddress signalling;              // the party's
    SipPath path;                      // of its dialog; not set of a call that has ended
    std::array<std::string, 2> uuids;  // of Session-ID: ours toward it, its own
    // Audio, or the stream that was asked for.
    bool has_media = false;
    bool video = false;
    std::string codec;
    std::uint32_t codec_bytes = 0;  // of one packet
    std::uint32_t streams = 0;
    std::uint32_t active_streams = 0;
    std::uint8_t payload_type = 0;
    std::optional<std::uint8_t> nte;  // payload type of telephone-event
    Endpoint local_rtp;
    Endpoint remote_rtp;
    LegTraffic sent;
    LegTraffic received;
    std::uint64_t lost = 0;       // on the way from the party to us
    std::uint64_t lost_ours = 0;  // by us: a queue that ran over, a restart
    std::uint64_t reordered = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t rtcp = 0;  // packets of the party
    std::uint32_t ssrc = 0;  // of the party, the last one
    std::uint32_t ssrc_changes = 0;
    std::uint32_t jitter_ms = 0;
    bool counted = false;  // weir-media has told the traffic
    // Times.
    MonoTime setup;
    std::optional<MonoTime> connect;
    WallTime setup_wall;
    WallTime connect_wall;
    MonoTime until;  // now, or the end
    std::optional<LegEnd> end;

    [[nodiscard]] std::chrono::nanoseconds duration() const {
        return connect ? until - *connect : std::chrono::nanoseconds(0);
    }
};

enum class LegMedia : std::uint8_t { voice, video };

// What the legs of a call are made of; pointers may be null.
struct LegFacts {
    const CallView& view;
    CallState state = CallState::finished;
    const CallSnapshot* active = nullptr;            // of a call that runs
    const dataplane::SessionState* media = nullptr;  // counters and addresses
    const CallEnd* end = nullptr;                    // of one that has ended
};

// The caller's leg, and the callee's where one was chosen. None where the call has no stream of
// that kind, or for `voice` when all it has is video.
[[nodiscard]] std::vector<CallLeg> legs_of(const LegFacts& facts, MonoTime now, LegMedia media);

// "connecting", "alerting", "active", "disconnecting": words of the brief tables.
[[nodiscard]] const char* leg_state_word(const CallLeg& leg);
// 3 the caller, 4 the callee, 5 we (spec I.2).
[[nodiscard]] unsigned release_source(const LegEnd& end);

}  // namespace weir::signaling
