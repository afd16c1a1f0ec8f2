// SPDX-License-Identifier: Apache-2.0
// What goes into a recording session and what comes out: values only.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/base/log.hpp"
#include "dataplane/api/media_plane.hpp"
#include "forking/policy/policy.hpp"
#include "signaling/api/call_events.hpp"
#include "signaling/api/recording_summary.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/call/dialog.hpp"

namespace weir::forking {

// A client transaction of one session, numbered by it from 1; the driver knows the stack's number.
using Token = std::uint32_t;

// One copy: a party's packets of one stream. The position in the list is the m-line and the
// media-index.
struct SessionTrack {
    std::uint8_t stream = 0;
    dataplane::Side source = dataplane::Side::a;
    std::string media = "audio";
    std::vector<signaling::NegotiatedFormat> formats;
    std::uint32_t ptime_ms = 20;
    bool sends = true;  // the party may send: not on hold
};

struct SessionSetup {
    signaling::CallView call;
    RecordingPlan plan;
    std::vector<SessionTrack> tracks;  // audio near, audio far, video near, video far (spec F.3)
    dataplane::RealmIndex realm = 0;   // of the copies
    IpAddress advertised;  // stands in SDP instead of the leased address; unset: that one
    std::uint32_t part = 1;  // see RecordingSummary
};

// A timer of the session; each runs at most once at a time.
enum class SessionTimer : std::uint8_t {
    attempt,  // the recorder's patience: kRecorderNoAnswer, then kRecorderProvisionalOnly
    media,    // weir-media owes a lease or a final account
    retry,    // a re-INVITE is sent again
    bye,      // the recorder owes the answer to our BYE
    forks,    // another 2xx of an INVITE may still come (RFC 3261 13.2.2.4)
    count_
};

// ---- Actions ----------------------------------------------------------------------------------

// Asks for ids and a path to a recorder; answered at once by on_prepared or on_unreachable.
struct PrepareAttempt {
    RecorderTarget target;
};
struct SubmitMedia {
    dataplane::Command command;
    std::size_t track = 0;  // whose; of LeaseFork
};
struct SendRequest {
    Token token = 0;
    signaling::OutgoingRequest request;
};
struct SendAck {
    signaling::OutgoingRequest ack;
};
struct CancelInvite {
    Token token = 0;
};
struct Respond {
    signaling::ServerTxn txn;
    signaling::SipMessage response;
};
struct StartTimer {  // restarts one that runs
    SessionTimer timer = SessionTimer::attempt;
    std::chrono::nanoseconds delay{0};
};
struct StopTimer {
    SessionTimer timer = SessionTimer::attempt;
};
struct Note {  // a log line
    LogLevel level = LogLevel::info;
    const char* event = "";
    std::string text;
};
struct LawBroken {  // a fork's books do not balance
    std::size_t track = 0;
    dataplane::Law law = dataplane::Law::none;
};
struct Publish {};  // the summary has changed
struct Finish {};   // the summary is final; the session may still wait for abandoned INVITEs

using SessionAction =
    std::variant<PrepareAttempt, SubmitMedia, SendRequest, SendAck, CancelInvite, Respond,
                 StartTimer, StopTimer, Note, LawBroken, Publish, Finish>;
using SessionActions = std::vector<SessionAction>;

}  // namespace weir::forking
