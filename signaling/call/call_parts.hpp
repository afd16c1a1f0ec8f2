// SPDX-License-Identifier: Apache-2.0
// CallParts: the values that a call is made of: legs, offers, exchanges, media, transfers. Used by
// Call alone (call.hpp), which keeps them and says what happens to them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/model/resolve.hpp"
#include "signaling/call/boxed.hpp"
#include "signaling/call/call_types.hpp"
#include "signaling/call/digits.hpp"
#include "signaling/call/early_dialogs.hpp"
#include "signaling/call/early_media.hpp"
#include "signaling/call/midcall.hpp"
#include "signaling/call/redirect.hpp"
#include "signaling/call/refer.hpp"
#include "signaling/call/session_timer.hpp"
#include "signaling/edge/digest.hpp"
#include "signaling/header/session_id.hpp"
#include "signaling/sdp/rewrite.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling {

// A base class instead of a namespace: the names stay those of Call, and nobody else gets them.
class CallParts {
protected:
    // Our ACK of the latest 2xx on a leg, as far as the dialog does not know it: it goes out again
    // for a retransmitted 2xx.
    struct Acked {
        Token token = 0;  // of our INVITE; 0: none has had a 2xx
        std::uint32_t cseq = 0;
        std::string sdp;
    };
    // A party's side of the call.
    struct Leg {
        enum class State : std::uint8_t { idle, inviting, answered, up, closing, gone };
        State state = State::idle;
        std::optional<Dialog> dialog;
        sdp::CodecPolicy codecs;
        sdp::LocalOrigin origin;
        std::vector<std::string> hosts;  // names of the party in its headers (spec N21)
        bool allows_update = false;      // its Allow listed UPDATE (spec N6)
        bool bye_waits_for_ack = false;  // RFC 3261 15: no BYE before the ACK of our 2xx
        Token bye = 0;
        Acked acked;
        std::optional<IpAddress> advertised;  // in our SDP, of a party that came later
    };
    // An offer that is on its way, and both texts of it.
    struct OfferState {
        Side offerer = Side::a;
        sdp::Description received;  // as it came from the offerer
        sdp::Description sent;      // as it went to the other side
    };
    // An offer of one side in an early dialog, on its way to the other by UPDATE
    // (early_update.cpp).
    struct EarlyExchange {
        ServerTxn txn;       // the UPDATE or PRACK that brought it; none: a fork's description
        SipMessage request;  // the same
        Token token = 0;     // our UPDATE
        OfferState offer;
    };
    // Before the answer: 100rel on both legs, early dialogs and their media.
    struct Early {
        // A callee's reliable offer that the caller is asked to answer by PRACK.
        struct Offered {
            SipMessage response;
            int status = 183;      // on the caller's leg
            Token invite = 0;      // of the attempt
            bool is_sent = false;  // false: a stream is being added first
        };
        // The callee has answered; the 2xx to the caller waits for its PRACK.
        struct HeldAnswer {
            SipMessage from;
            std::string sdp;  // "" where a reliable response has brought it
        };
        bool reliable = false;  // the caller gets its 18x reliably (spec E.1)
        ReliableSender sender;
        std::vector<std::string> dropped;  // Call-ID;tag of late 2xx that got ACK and BYE
        EarlyDialogs forks;                // of the current attempt
        std::string media_of;              // tag of the early dialog whose media the caller hears
        std::optional<sdp::Description> agreed;  // the caller's description, once it has agreed
        std::optional<sdp::Description> shown;   // what the caller has last been told
        bool streams_stand = false;              // set_streams has been done for the initial offer
        bool out_of_step = false;                // the answer is not what the caller has been told
        bool gate_is_shut = false;               // P-Early-Media lets no media to the caller
        Boxed<Offered> offered;
        Boxed<HeldAnswer> held;
        Boxed<EarlyExchange> exchange;
        std::vector<Token> pracks;  // ours that wait for their responses
    };
    // A re-INVITE or UPDATE that one side began.
    struct Exchange {
        // waiting_back: our own re-INVITE has brought an offer, which the other side must answer.
        enum class Phase : std::uint8_t { adding, waiting_answer, waiting_ack, waiting_back };
        Phase phase = Phase::waiting_answer;
        Side from = Side::a;
        ServerTxn txn;
        SipMessage request;
        Token token = 0;  // ours to the other side
        std::uint32_t cseq = 0;
        bool is_invite = true;  // what we sent
        bool delayed = false;   // the request had no offer: it comes in the 2xx
        bool cancelled = false;
        bool here = false;  // answered by us: the other side hears nothing (spec B.6)
        bool own = false;   // nobody's request: a renegotiation of ours, `from` is its far end
        Token back = 0;     // of it: the re-INVITE with the offer to `from`
        std::uint32_t back_cseq = 0;
        MonoTime since;
        std::optional<OfferState> offer;
        std::optional<IncomingResponse> held;  // a delayed offer that waits for a stream
    };
    // An INVITE that nobody waits for any more, until its final response.
    struct Stray {
        Token token = 0;
        Dialog dialog;
        std::uint32_t cseq = 0;
        bool in_dialog = false;  // a re-INVITE: its 2xx is only ACKed
        bool done = false;       // it has ended; kept to ACK a retransmitted 2xx again
    };
    // What the legs keep for mid-call signalling (spec B.5 to B.7).
    struct MidCall {
        // A session refresh of ours that has no answer yet (RFC 4028 7.4).
        struct Refresh {
            Token token = 0;
            std::uint32_t cseq = 0;
            bool is_invite = false;
        };
        std::array<SessionTimer, 2> timers;  // [Side]
        std::array<Refresh, 2> refreshes;
        std::array<std::string, 2> remote;          // the description that each party gave last
        std::optional<sdp::Description> own_offer;  // early-offer forced: what the callee was sent
        std::uint32_t session_retries = 0;          // INVITEs repeated after a 422
        std::uint32_t renegotiations = 0;           // tries of it after a 491
        bool held = false;                          // timers hold runs
    };
    struct Media {
        enum class State : std::uint8_t { none, opening, open, closing };
        State state = State::none;
        bool worker_ready = false;
        dataplane::SessionId session;
        std::array<dataplane::RealmIndex, 2> realms{};
        std::array<dataplane::LeasedStream, kMaxStreams> local{};
        std::array<dataplane::StreamKind, kMaxStreams> kinds{};
        std::uint8_t count = 0;
        std::array<std::array<Endpoint, 2>, kMaxStreams> remote_rtp{};  // [stream][Side]
        std::array<std::array<Endpoint, 2>, kMaxStreams> remote_rtcp{};
        std::vector<std::optional<std::uint8_t>> stream_of_line;  // by m-line
        bool add_refused = false;  // for the offer at hand: its other new lines stay without
        // By stream and [Side]: payload types of that side's packets that the other one knows by
        // other numbers (payload_types.cpp). Mostly there are none, and it is empty.
        std::vector<std::array<std::vector<sdp::NumberPair>, 2>> numbers;
        bool numbers_differ = false;  // there are such, or may be
        // No session of its own: the other pass of the loop, on this side, relays (loop_media.cpp).
        std::optional<Side> elsewhere;
        // The accounts at its end: 2 KB that a call which goes on need not have.
        std::unique_ptr<dataplane::SessionState> final_state;
    };
    // The final response that the caller gets when nothing else decides.
    struct Failure {
        int status = 0;
        int cause = 0;
        std::vector<Header> headers;
    };
    // A new party in the place of one of the two (transfer.cpp, takeover.cpp).
    struct Takeover {
        enum class Phase : std::uint8_t {
            routing,
            taking,
            leasing,
            inviting,
            waiting_ack,
            syncing
        };
        Phase phase = Phase::routing;
        Side side = Side::a;   // whose place it takes
        bool by_refer = true;  // else by an INVITE with Replaces
        bool rang = false;
        bool heard = false;       // its early media go to the party that remains
        bool peer_taken = false;  // max-conn of routes[route] is held
        Leg fresh;                // the new party's
        // Where it is in another realm than the one before: ports of its own.
        std::optional<Media> media;
        CallParty party;
        std::vector<OutboundRoute> routes;
        std::size_t route = 0;
        std::string referred_by;
        std::string replaces;  // of the INVITE that we send
        // The same dialog as the transferor has it, where that is with us: what we replace
        // ourselves if the target cannot.
        std::string own_dialog;
        std::optional<SipPath> to_ourselves;  // of RoutesFound
        ServerTxn txn;                        // the INVITE with Replaces
        SipMessage invite;
        Token token = 0;  // our INVITE to the new party, then our re-INVITE to the other
        std::uint32_t cseq = 0;
        sdp::Description sent;  // the offer in it
        std::uint32_t syncs = 0;
        MonoTime since;
    };
    // The subscription of a transferor (RFC 3515).
    struct Referral {
        Side side = Side::a;
        ReferNotifier notifier;
        std::string package;  // Event
        Token notify = 0;     // on its way
    };
    // A leg that was put aside, until its last requests are answered.
    struct Departed {
        Dialog dialog;
        Side side = Side::a;
        bool refers = false;  // the NOTIFYs of the referral go there
        bool over = false;    // a BYE was sent or received
        Token bye = 0;
        Acked acked;
    };
    // A request that went on to the other leg.
    struct Relayed {
        Token token = 0;
        Side from = Side::a;
        ServerTxn txn;
        SipMessage request;
        std::optional<SipMessage> then;  // follows it: the end of a digit
        std::string tag;                 // of the one that was asked
    };
    // A request of ours that may be challenged.
    struct Asked {
        Token token = 0;
        config::DialPeerTag peer;
        OutgoingRequest request;
        DigestAttempt attempt;
    };
    // The party that took a place, instead of the one of the setup.
    struct Joined {
        CallParty party;
        bool counts = false;  // max-conn of its peer is held
    };
    // Transfers, redirections, requests that pass, challenges.
    struct Services {
        std::unique_ptr<Takeover> takeover;
        Boxed<Referral> referral;
        std::vector<Departed> departed;
        std::vector<Relayed> relayed;
        std::vector<Asked> asked;
        std::array<Boxed<Joined>, 2> joined;
        std::array<KeyPress, 2> presses;
        RedirectList redirects;
        bool redirecting = false;     // FindRoutes of a Contact is on its way
        std::uint32_t transfers = 0;  // consumed so far
    };
};

}  // namespace weir::signaling
