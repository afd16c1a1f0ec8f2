// SPDX-License-Identifier: Apache-2.0
// What goes into the call machine (setup, events) and what comes out (actions): values only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/base/clock.hpp"
#include "config/base/guid.hpp"
#include "config/model/config.hpp"
#include "dataplane/api/media_plane.hpp"
#include "signaling/api/call_events.hpp"
#include "signaling/api/sip_stack.hpp"
#include "signaling/call/boxed.hpp"
#include "signaling/call/dialog.hpp"
#include "signaling/call/reliable.hpp"
#include "signaling/sdp/codec_policy.hpp"

namespace weir::signaling {

using dataplane::Side;

// A client transaction of one call, numbered by its machine from 1; the driver knows the stack's
// number.
using Token = std::uint32_t;

// Both clocks at the moment of an event: the machine has none of its own.
struct Moment {
    MonoTime mono;
    WallTime wall;
};

// Q.850 causes of this folder beside those of dialplan/cause.hpp.
inline constexpr int kCauseNoCircuit = 34;
inline constexpr int kCauseTemporaryFailure = 41;
inline constexpr int kCauseResourceUnavailable = 47;
inline constexpr int kCauseQosUnavailable = 49;  // of service: no bandwidth

// ---- Setup: what routing has decided and what random sources have given ------------------------

// The server of a server group that an attempt goes to (spec A.9).
struct GroupServer {
    std::uint32_t group = 0;
    std::uint8_t index = 0;  // place in the order of writing, from 0
};

// One outbound dial-peer to try, ready to be sent to; a peer with a server group has a route for
// each server, one behind the other.
struct OutboundRoute {
    CallParty party;     // number called, its signalling address, dial-peer, Call-ID of the leg
    DialogStart dialog;  // ids, From, To, Request-URI, Contact, path
    // Remote-Party-ID or what stands for it, Privacy, Diversion, History-Info, X-Loop (spec B.2,
    // B.10)
    std::vector<Header> identity;
    std::uint8_t max_forwards = 70;  // 1..70
    dataplane::RealmIndex realm = 0;
    IpAddress media_address;  // stands in SDP where NAT stands before us; none: as leased
    sdp::CodecPolicy codecs;
    std::uint64_t sdp_session = 1;  // id in o=
    // Another address of the name of the route before it: tried when that one did not answer, or
    // with 503 (RFC 3263 4.3).
    bool alternative = false;
    bool reachable = true;  // false: the session target has no address or no listener fits
    // Its INVITE comes back to us as another call, and both share one media session (spec G).
    bool feeds_back = false;
    std::optional<GroupServer> server;
};

// What a call waited for before it was routed: names that nobody had asked for before.
struct NameWait {
    std::string names;  // "trunk.example, 8.4.1.0.e164.arpa"
    std::chrono::milliseconds time{0};
    bool known = false;  // false: no answer came in time
};

// Why a call cannot be routed: it lives only to be refused and to leave its record.
struct Refusal {
    int status = 404;
    int q850_cause = 1;
    std::vector<Header> headers;
};

struct CallSetup {
    CallId id;
    Guid guid;
    config::ConfigPtr config;
    std::uint64_t config_commit = 0;  // see CallView
    std::string calling;              // see CallView
    std::string called;
    IncomingRequest invite;
    CallParty caller;       // with the inbound dial-peer
    std::string local_tag;  // of the caller's dialog
    std::string contact;    // toward the caller
    dataplane::RealmIndex realm = 0;
    IpAddress media_address;
    sdp::CodecPolicy codecs;
    std::uint64_t sdp_session = 1;
    std::uint64_t seed =
        0;  // the machine's random values are drawn from it: a replay draws the same
    bool recordable = false;            // some listener wants the media of this call
    std::vector<OutboundRoute> routes;  // in hunting order; empty only with a refusal
    std::optional<Refusal> refusal;
    std::string replaces;  // the INVITE takes the place of another dialog (RFC 3891), which the
                           // other leg is told; "" = none
    // The second pass of a loop whose first pass has the media session: the realm of its side b.
    std::optional<dataplane::RealmIndex> first_pass_realm{};
    Boxed<NameWait> name_wait{};
    // The second pass of a loop whose first pass leaves the offer that it owes to this one.
    std::optional<config::EarlyOffer> first_pass_offer{};
    bool from_first_pass = false;  // the INVITE is our own: the second pass of a loop
};

// ---- Events -----------------------------------------------------------------------------------

enum class CallTimer : std::uint8_t {
    expires,    // sip-ua timers expires: the callee has not answered
    exchange,   // a mid-call offer has not been answered
    media,      // weir-media owes an answer (kMediaGuard)
    refresh_a,  // a session refresh of ours is due on that leg (RFC 4028 10)
    refresh_b,
    session_a,  // nobody has refreshed the session of that leg
    session_b,
    hold,         // timers hold: the call has been on hold for too long (spec B.12)
    renegotiate,  // a renegotiation of ours waits after a 491
    release,      // a leg owes the confirmation of its BYE (kByeGuard)
    rel1xx,       // timers rel1xx: the caller owes a PRACK
    transfer,     // the target of a transfer has not answered, or a party has to be told again
    ping_a,       // options-ping: OPTIONS is due on that leg (spec A.12)
    ping_b,
    count_
};

struct PeerTaken {};  // max-conn has room for the attempt
struct PeerFull {     // it has not, or no bandwidth, or too many calls came at once
    std::string warning;
    int status = 503;
    int q850_cause = kCauseNoCircuit;
};
struct MediaLeased {
    dataplane::Leased leased;
};
struct MediaRefused {};  // no port, no slot, or weir-media is away
struct MediaOpened {
    dataplane::SessionId session;
};
struct MediaClosed {
    dataplane::SessionState state;
};
struct MediaLost {};  // weir-media came back without the session
struct MediaKept {};  // it came back with it: what it was asked meanwhile may be lost
struct RequestReceived {
    Side side = Side::a;  // whose dialog it is in
    IncomingRequest request;
    // REFER: what its Refer-To replaces is a dialog of ours; the value that the far party of that
    // one knows it by.
    std::string replaces{};
};
// The answer to FindRoutes.
struct RoutesFound {
    std::vector<OutboundRoute> routes;
    std::optional<Refusal> refusal;
    // From a listener of ours to itself, not over TLS: for an INVITE that joins two calls.
    std::optional<SipPath> to_ourselves{};
};
// An INVITE with Replaces that names the dialog of `side`, to be taken in its place (RFC 3891).
struct ReplacementReceived {
    Side side = Side::a;
    bool early_only = false;
    CallSetup setup;  // of the INVITE, as for a call of its own; its routes do not count
};
struct CancelReceived {
    ServerTxn invite;
    std::vector<Header> reasons;  // Reason of the CANCEL
};
struct AckReceived {
    ServerTxn invite;
    IncomingRequest ack;
};
struct AckMissing {
    ServerTxn invite;
};
struct ResponseReceived {
    Token token = 0;
    IncomingResponse response;
};
struct RequestFailed {
    Token token = 0;
    TxnFailure failure = TxnFailure::timeout;
};
struct TimerFired {
    CallTimer timer = CallTimer::expires;
};
struct ReleaseOrdered {  // by the operator or the end of the process
    std::uint8_t q850_cause = 41;
};
// What the other pass of a loop says by TellLoop.
struct LoopTold {
    std::string tag;                       // ours, of the dialog between both passes
    std::vector<dataplane::Remote> lines;  // by m-line
};

using CallInput =
    std::variant<PeerTaken, PeerFull, MediaLeased, MediaRefused, MediaOpened, MediaClosed,
                 MediaLost, MediaKept, RequestReceived, RoutesFound, ReplacementReceived,
                 CancelReceived, AckReceived, AckMissing, ResponseReceived, RequestFailed,
                 TimerFired, ReleaseOrdered, LoopTold>;

// ---- Actions ----------------------------------------------------------------------------------

struct Respond {
    ServerTxn txn;
    SipMessage response;
};
struct SendRequest {
    Token token = 0;
    OutgoingRequest request;
};
struct SendAck {
    OutgoingRequest ack;
};
struct CancelInvite {
    Token token = 0;
    std::string reason;  // value of Reason
};
struct TakePeer {  // answered at once by PeerTaken or PeerFull
    config::DialPeerTag peer;
    std::optional<GroupServer> server;
};
// Who is called instead: the target of a transfer or the Contact of a redirection, by ordinary
// outbound lookup with the dial-peer of side `from` as the inbound one. Answered by RoutesFound.
struct FindRoutes {
    std::string uri;  // becomes the Request-URI of the query
    Side from = Side::a;
    std::string identity;         // From of the query: who calls
    std::vector<Header> headers;  // Referred-By, Diversion
};
struct ReleasePeer {
    config::DialPeerTag peer;
};
struct OpenMedia {  // answered by MediaLeased and MediaOpened, or MediaRefused
    dataplane::OpenSession session;
};
struct AddMedia {  // answered by MediaLeased or MediaRefused
    dataplane::AddStream stream;
};
struct PointMedia {
    dataplane::SetRemote remote;
};
struct NumberPayloads {  // payload types of one direction that are others on the other leg
    dataplane::SetPayloadTypes numbers;
};
struct CloseMedia {  // answered by MediaClosed
    dataplane::SessionId session;
};
struct StartTimer {  // restarts one that runs
    CallTimer timer = CallTimer::expires;
    std::chrono::nanoseconds delay{0};
};
struct StopTimer {
    CallTimer timer = CallTimer::expires;
};
// 100rel of one leg, for counters and the alarm about a peer that does not PRACK.
struct CountReliable {
    Reliable1xxEvent event = Reliable1xxEvent::sent;
    config::DialPeerTag peer;  // of the leg
};
// To the other pass of a loop, which has the media session: who speaks at this end for now.
struct TellLoop {
    std::string tag;                       // of the other pass, in the dialog between both
    std::vector<dataplane::Remote> lines;  // by m-line
};
// What listeners are told (call_events.hpp); the driver passes view() along.
struct TellConnected {};
struct TellMediaChanged {
    MonoTime since;
};
struct TellReleasing {
    CallEnd end;
};
struct TellEnded {
    CallEnd end;
    bool was_connected = false;
    dataplane::SessionState accounts;
};
// The machine is done: nothing follows, and the driver forgets the call.
struct Finish {};

using CallAction =
    std::variant<Respond, SendRequest, SendAck, CancelInvite, TakePeer, FindRoutes, ReleasePeer,
                 OpenMedia, AddMedia, PointMedia, CloseMedia, StartTimer, StopTimer, CountReliable,
                 TellConnected, TellMediaChanged, TellReleasing, TellEnded, Finish, NumberPayloads,
                 TellLoop>;

// How one attempt of hunting ended, for CDRs and `show`.
struct AttemptOutcome {
    config::DialPeerTag peer;
    int sip_status = 0;  // 0: no final response
    std::uint8_t q850_cause = 0;
};

}  // namespace weir::signaling
