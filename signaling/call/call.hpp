// SPDX-License-Identifier: Apache-2.0
// Call: the state machine of one call through us: two legs, their offers and answers, one media
// session.
//
// Pure: events in, actions out; no clock, socket, random source or library. Thread: the caller's.
//
// clang-format off
// | state      | what it waits for                 | goes on to |
// |------------|-----------------------------------|------------|
// | routing    | PeerTaken of the next candidate   | opening; next candidate; releasing (none left) |
// | opening    | MediaLeased                       | inviting; releasing (refused: 503) |
// | inviting   | final response of the callee      | answered (2xx); routing (hunting); releasing |
// | answered   | the caller's ACK of our 2xx       | connected; releasing (no ACK in 64*T1) |
// | connected  | BYE, re-INVITE, UPDATE, OPTIONS   | releasing |
// | releasing  | both legs to be gone              | closing |
// | closing    | MediaClosed with final accounts   | ended |
// | ended      | late 2xx of abandoned attempts    | finished |
// clang-format on
//
// One source file for each thing that a call can do: invite, progress, answer, ack, cancel, hunt,
// bye, exchange (re-INVITE and UPDATE), in_dialog (OPTIONS and what is not offered), media.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/model/resolve.hpp"
#include "signaling/call/boxed.hpp"
#include "signaling/call/call_parts.hpp"
#include "signaling/call/call_types.hpp"
#include "signaling/call/digits.hpp"
#include "signaling/call/early_dialogs.hpp"
#include "signaling/call/early_media.hpp"
#include "signaling/call/loop_media.hpp"
#include "signaling/call/midcall.hpp"
#include "signaling/call/options_ping.hpp"
#include "signaling/call/redirect.hpp"
#include "signaling/call/refer.hpp"
#include "signaling/call/session_timer.hpp"
#include "signaling/edge/digest.hpp"
#include "signaling/header/session_id.hpp"
#include "signaling/sdp/rewrite.hpp"
#include "signaling/sdp/view.hpp"

namespace weir::signaling {

enum class CallState : std::uint8_t {
    routing,
    opening,
    inviting,
    answered,
    connected,
    releasing,
    closing,
    ended,
    finished,
};
[[nodiscard]] const char* to_string(CallState state);

class Call : CallParts {
public:
    // `caller` is the caller's dialog, made from setup.invite by Dialog::from_invite.
    Call(CallSetup setup, Dialog caller);

    // The first step, once.
    [[nodiscard]] std::vector<CallAction> begin(Moment now);
    [[nodiscard]] std::vector<CallAction> step(const CallInput& input, Moment now);

    [[nodiscard]] CallView view() const;
    [[nodiscard]] CallState state() const { return state_; }
    // The leg whose dialog a received request belongs to.
    [[nodiscard]] std::optional<Side> side_of(const SipMessage& request) const;
    // The dialog of that leg as its party knows it; none: it has none yet.
    [[nodiscard]] std::optional<Replaces> replaces_of(Side side) const;
    [[nodiscard]] const CallSetup& setup() const { return setup_; }
    [[nodiscard]] const std::optional<CallEnd>& end() const { return end_; }
    [[nodiscard]] const std::vector<AttemptOutcome>& attempts() const { return attempts_; }
    [[nodiscard]] std::optional<config::DialPeerTag> outbound_peer() const;
    // The leg of a message of ours or theirs, by its Call-ID; and the dial-peer of a leg.
    [[nodiscard]] Side side_of_message(const SipMessage& message) const;
    [[nodiscard]] const config::DialPeer& peer(Side side) const;
    // RTP addresses by stream and side: ours, and the parties' as signalled.
    [[nodiscard]] Endpoint local_rtp(std::size_t stream, Side side) const;
    [[nodiscard]] Endpoint remote_rtp(std::size_t stream, Side side) const;
    [[nodiscard]] dataplane::SessionId session() const { return media_.session; }
    // For operators: where requests of that leg go, not set before it has a dialog; and the UUID of
    // that party in Session-ID, "" while it is not known.
    [[nodiscard]] SipPath path(Side side) const {
        return leg(side).dialog ? leg(side).dialog->path() : SipPath{};
    }
    [[nodiscard]] const std::string& session_uuid(Side side) const {
        return headers_.sessions.uuid(static_cast<std::size_t>(side));
    }
    // How the call that this INVITE of ours has come back as takes part in our media; none: it is
    // no INVITE of this call.
    [[nodiscard]] std::optional<FirstPass> first_pass_of(const SipMessage& invite) const;

private:
    // invite.cpp
    void try_route();
    void on_peer_taken();
    void send_invite();
    void fail_call(int status, int cause, std::vector<Header> headers = {});
    void dispatch_invite(std::string body);
    // progress.cpp
    void on_progress(const IncomingResponse& response);
    [[nodiscard]] bool describe(EarlyDialog& fork, const SipMessage& message, bool reliable);
    [[nodiscard]] ProgressDecision decide_on(const SipMessage& message, bool described) const;
    [[nodiscard]] std::string cut_through(EarlyDialog& fork, const SipMessage& message);
    void pass_offerless_progress(EarlyDialog& fork, const SipMessage& message,
                                 const ProgressDecision& decision, bool reliable);
    void pass_early_offer();
    [[nodiscard]] bool answer_for_caller(EarlyDialog& fork, const SipMessage& message);
    void pass_progress(const SipMessage& from, int status, std::string body);
    [[nodiscard]] std::string own_offer(const SipMessage& from, int status);
    void gate_early_media(const SipMessage& message);
    void open_early_media();
    // prack.cpp
    [[nodiscard]] std::optional<Header> begin_reliable();
    void send_reliably(SipMessage response);
    void put_reliable(const SipMessage& response);
    void on_rel1xx_timer();
    void on_prack(const IncomingRequest& request);
    void answer_prack(const IncomingRequest& request, std::string sdp);
    [[nodiscard]] bool take_early_answer(const IncomingRequest& request);
    [[nodiscard]] bool answer_must_wait() const;
    void answer_caller(const SipMessage& from, std::string sdp);
    void release_answer();
    [[nodiscard]] bool is_next_reliable(EarlyDialog& fork, const SipMessage& response);
    void send_prack(const SipMessage& response, std::string sdp);
    [[nodiscard]] bool note_prack_end(Token token, int status);
    // early_update.cpp
    void on_early_update(Side side, const IncomingRequest& request);
    [[nodiscard]] int early_refusal(Side side);
    [[nodiscard]] std::size_t early_lines(Side side);
    void on_early_offer(Side side, const IncomingRequest& request);
    [[nodiscard]] bool can_renew(Side to);
    void send_early_update(const SipMessage& cause);
    void renew_caller(const EarlyDialog& fork);
    [[nodiscard]] Result<std::string> local_answer(Side to, const sdp::Description& offer,
                                                   const sdp::Description* agreed);
    void answer_early_here(Side side, const IncomingRequest& request,
                           const sdp::Description& offer);
    void note_early_description(Side side, const sdp::Description& description);
    void on_early_answer(const IncomingResponse& response);
    void finish_early_exchange(const EarlyExchange& exchange, int status, std::string sdp);
    void drop_early_exchange(int status);
    void forget_early_dialogs();
    // answer.cpp
    void on_invite_response(const IncomingResponse& response);
    void on_answer(const IncomingResponse& response);
    void answer_early_offer(const IncomingResponse& response);
    void answer_delayed_offer(const IncomingResponse& response);
    void answer_settled_offer(const IncomingResponse& response, const EarlyDialog& fork);
    void answer_offer_here(const IncomingResponse& response);
    [[nodiscard]] bool stand_on_agreed(std::string* answer);
    void compare_with_shown(const sdp::Description& projected);
    void renegotiate_early();
    void offer_to_caller(const SipMessage& from);
    void abandon_answered_callee(int cause);
    void connect();
    void on_late_response(const IncomingResponse& response);
    void drop_fork(const Dialog& dialog, std::uint32_t cseq, const SipMessage& response);
    // ack.cpp
    void on_ack(const AckReceived& event);
    void forget_setup();
    void on_ack_missing(const AckMissing& event);
    void finish_delayed_offer(const SipMessage& ack);
    void ack_callee(std::string sdp);
    [[nodiscard]] static SendAck ack_of(const Dialog& dialog, const Acked& acked);
    void acknowledge(Leg& party, Acked acked);
    // cancel.cpp
    void on_cancel(const CancelReceived& event);
    void cancel_callee(int cause);
    // hunt.cpp
    void attempt_failed(int status, int cause, std::vector<Header> headers = {});
    void note_attempt(int sip_status, int cause);
    [[nodiscard]] std::size_t next_route(int cause, bool locally) const;
    void on_invite_failure(const SipMessage& response);
    void on_expires();
    void pass_redirect(const SipMessage& response);
    // bye.cpp
    void on_bye(Side side, const IncomingRequest& request);
    void release(int cause, std::optional<Side> by, int status = 0);
    void close_leg(Side side);
    void send_bye(Side side);
    void lose_dialog(Side side);
    void leg_gone(Side side);
    void settle();
    void finish_if_done();
    // exchange.cpp
    void on_offer(Side side, const IncomingRequest& request);
    [[nodiscard]] int exchange_refusal(Side side, const SipMessage& request) const;
    void begin_exchange(Side side, const IncomingRequest& request);
    void forward_exchange();
    void on_exchange_response(const IncomingResponse& response);
    void on_exchange_answer(const IncomingResponse& response);
    void pass_delayed_offer();
    void on_exchange_failure(const SipMessage& response);
    void accept_exchange(const SipMessage& from, std::string sdp);
    void refresh_by(Side side, const IncomingRequest& request);
    void on_exchange_ack(const SipMessage& ack);
    void drop_exchange();
    void refuse_exchange(int status);
    [[nodiscard]] LegOffer offer_of(Side side) const;
    [[nodiscard]] config::MidcallSignaling midcall_mode() const;
    // midcall_local.cpp
    void answer_here(Side side, const IncomingRequest& request);
    void accept_here(Side side, const sdp::Description& offer, const sdp::Description& answer,
                     MonoTime since);
    void on_local_ack(const Exchange& exchange, const SipMessage& ack);
    void watch_hold();
    void on_held_too_long();
    // renegotiate.cpp
    void renegotiate(Side first);
    void offer_back();
    [[nodiscard]] bool on_back_response(const ResponseReceived& event);
    void finish_renegotiation(const sdp::Description* answer);
    // offer_forced.cpp
    [[nodiscard]] config::EarlyOffer early_offer_mode() const;
    [[nodiscard]] bool forces_offer() const;
    [[nodiscard]] Result<std::string> make_forced_offer();
    void answer_forced_offer(const IncomingResponse& response);
    void finish_forced_offer(const SipMessage& ack);
    void pass_forced_progress(EarlyDialog& fork, const SipMessage& message, bool reliable);
    [[nodiscard]] Result<sdp::Description> own_offer_to(Side side) const;
    [[nodiscard]] Result<sdp::Description> forced_for_caller(const sdp::Description& answer);
    [[nodiscard]] std::string offer_forced_early(const EarlyDialog& fork, const SipMessage& message,
                                                 const ProgressDecision& decision);
    void stand_on_forced(const sdp::Description& answer);
    [[nodiscard]] bool wants_renegotiation() const;
    // session_refresh.cpp
    void begin_session(Side side);
    void ask_session(Side side, SipMessage& request, const SipMessage* cause);
    void answer_session(Side side, const SipMessage& request, SipMessage& response);
    void on_session_answer(Side side, const SipMessage& response);
    void arm_session(Side side);
    void send_refresh(Side side);
    [[nodiscard]] bool on_refresh_response(const ResponseReceived& event);
    [[nodiscard]] bool on_refresh_failed(Token token);
    void retry_refresh(Side side, std::chrono::milliseconds wait);
    void drop_refreshes();
    [[nodiscard]] bool repeat_for_session(const SipMessage& refused);
    [[nodiscard]] SipMessage too_small_session(Side side, const SipMessage& request) const;
    // dialog_ping.cpp
    void begin_ping(Side side);
    void go_on_pinging(Side side, OptionsPing::Next next);
    void on_ping_timer(Side side);
    [[nodiscard]] bool on_ping_response(const ResponseReceived& event);
    [[nodiscard]] bool on_ping_failed(Token token);
    void drop_pings();
    struct Ping {
        OptionsPing machine;
        Token token = 0;  // our OPTIONS, while it has no answer
    };
    // in_dialog.cpp
    void on_request(const RequestReceived& event);
    void answer_options(Side side, const IncomingRequest& request);
    // media.cpp
    void open_media();
    void on_leased(const dataplane::Leased& leased);
    void on_media_refused();
    void on_media_opened(dataplane::SessionId session);
    void on_media_closed(const dataplane::SessionState& state);
    void on_media_gone();
    void on_media_kept();
    void close_media();
    [[nodiscard]] bool add_missing_stream(const sdp::Description& offer);
    void assign_stream(std::size_t line, dataplane::StreamKind kind, std::uint8_t stream);
    [[nodiscard]] Result<sdp::Description> project(const sdp::Description& source, Side to,
                                                   const sdp::Description* offer) const;
    [[nodiscard]] IpAddress media_address(Side toward) const;
    void set_directions(const sdp::Description& source, Side to, sdp::Rewrite& how) const;
    [[nodiscard]] sdp::CodecPolicy agreed_policy() const;
    [[nodiscard]] Header incompatible(Side side, const sdp::Description& refused) const;
    [[nodiscard]] std::string stamp(const sdp::Description& description, Side to);
    void point(Side side, const sdp::Description& described);
    [[nodiscard]] std::array<dataplane::Remote, kMaxStreams> remotes_of(
        const sdp::Description& described) const;
    void point_lines(Side side, const std::vector<dataplane::Remote>& lines);
    void point_streams(Side side, const std::array<dataplane::Remote, kMaxStreams>& remotes);
    [[nodiscard]] static std::vector<dataplane::Remote> media_lines(
        const sdp::Description& described);
    void set_streams(const OfferState& offer, const sdp::Description& answer,
                     const sdp::Description& projected);

    // loop_media.cpp
    [[nodiscard]] std::optional<Side> media_elsewhere() const;
    [[nodiscard]] bool can_pass_delayed_offer() const;
    [[nodiscard]] config::Rel1xx callee_rel1xx() const;
    void go_without_session();
    [[nodiscard]] IpAddress described_address(const sdp::Description& source, Side from) const;
    void point_through(Side side, const std::vector<dataplane::Remote>& lines);
    void on_loop_told(const LoopTold& told);
    // payload_types.cpp
    void number_packets(Side side, const sdp::Description& told, const sdp::Description& own,
                        const sdp::Description& far);
    void number_both(const OfferState& offer, const sdp::Description& answer,
                     const sdp::Description& projected);
    void number_streams(const OfferState& offer, const sdp::Description& answer);
    [[nodiscard]] const std::vector<sdp::NumberPair>* numbers(std::uint8_t stream, Side side) const;
    void set_numbers(std::uint8_t stream, Side side, std::vector<sdp::NumberPair> pairs);
    void say_numbers(std::uint8_t stream, Side side);
    void forget_numbers();
    [[nodiscard]] std::vector<std::vector<sdp::NumberPair>> known_numbers(Side from) const;

    // challenge.cpp
    void remember(Token token, Side side, const OutgoingRequest& request);
    void remember_for(Token token, const config::DialPeer& peer, const OutgoingRequest& request);
    [[nodiscard]] bool answer_challenge(const ResponseReceived& event);
    [[nodiscard]] Dialog* dialog_of(const SipMessage& request);
    void forget_asked(Token token);
    // pass.cpp
    [[nodiscard]] static bool passes_on(std::string_view method);
    [[nodiscard]] bool can_be_asked(Side side) const;
    void pass_request(Side side, const IncomingRequest& request);
    void pass_digit(Side side, const IncomingRequest& request, const Digit& digit);
    void relay(Side side, const IncomingRequest& request, SipMessage made,
               std::optional<SipMessage> then);
    [[nodiscard]] bool on_relayed_response(const ResponseReceived& event);
    [[nodiscard]] bool on_relayed_failed(Token token);
    void answer_relayed(const Relayed& relayed, const SipMessage* response);
    [[nodiscard]] bool ends_call(const Relayed& relayed) const;
    void drop_relayed();
    // transfer.cpp
    void on_refer(const RequestReceived& event);
    void carry_referral(const SipMessage& refer, SipMessage& made, Side to) const;
    void begin_transfer(const RequestReceived& event, const ReferTarget& target);
    [[nodiscard]] std::string identity_of_party(Side side) const;
    void on_routes_found(const RoutesFound& found);
    void take_transfer_peer();
    [[nodiscard]] bool on_transfer_peer(bool taken);
    void open_transfer_media(dataplane::RealmIndex realm);
    [[nodiscard]] bool on_transfer_media(const dataplane::Leased& leased);
    void close_transfer_media();
    void invite_new_party();
    void on_new_party_response(const IncomingResponse& response);
    void next_transfer_route(int status, int cause);
    [[nodiscard]] bool join_calls();
    void transfer_failed(int status, int cause);
    void on_transfer_timer();
    void cancel_new_party(int cause);
    void report_transfer(int status);
    void send_progress(int status);
    [[nodiscard]] Dialog* referral_dialog();
    void on_progress_answered(bool accepted);
    void end_referral();
    // takeover.cpp
    [[nodiscard]] static std::size_t index_of(Side side);
    [[nodiscard]] const CallParty& party(Side side) const;
    [[nodiscard]] Result<sdp::Description> project_for(Leg& fresh, Side side,
                                                       const sdp::Description& source,
                                                       const sdp::Description* offer);
    template <typename Task>
    auto as_if_in_place(Leg& fresh, Side side, Task task);
    [[nodiscard]] std::string stamp_for(Leg& fresh, Side side, const sdp::Description& description);
    void put_in_place(const sdp::Description& described, const SipMessage& message);
    void hear_new_party(const SipMessage& response);
    void hear_old_party();
    void depart(Side side);
    void bye_departed(Departed& departed, int cause);
    void release_joined(Side side);
    void send_sync();
    void on_sync_response(const IncomingResponse& response);
    void end_takeover();
    void drop_takeover();
    [[nodiscard]] bool transferor_leaves(Side side);
    [[nodiscard]] bool on_departed_request(const IncomingRequest& request);
    void on_replacement(const ReplacementReceived& event);
    [[nodiscard]] bool on_replacement_ack(ServerTxn invite);
    [[nodiscard]] bool on_replacement_unacknowledged(ServerTxn invite);
    [[nodiscard]] bool on_service_response(const ResponseReceived& event);
    [[nodiscard]] bool on_service_failed(Token token);
    // follow.cpp
    void on_redirect(const SipMessage& response);
    [[nodiscard]] bool next_contact();
    void on_redirect_routes(const RoutesFound& found);

    // carry.cpp
    void carry_headers(const SipMessage& from, SipMessage& to, Side side) const;
    void carry_identity(const SipMessage& from, SipMessage& to, Side side) const;
    void offer_digits(SipMessage& to, Side side) const;
    // headers.cpp
    struct HeaderState {
        SessionIds sessions;
        std::string other_reasons;  // of the BYE or CANCEL that ends the call, for the other leg
        Boxed<SipMessage> bye;      // that BYE, without its body
    };
    void learn_headers(const CallInput& input);
    void learn_session(const SipMessage& message);
    void finish_actions();
    void finish_headers(SipMessage& message);
    // The Q.850 cause of a failure response, or of a BYE or CANCEL, received on that leg.
    [[nodiscard]] int cause_of(const SipMessage& response, Side side) const;
    [[nodiscard]] int cause_of_release(const SipMessage& request, Side side) const;
    // What the caller gets for the callee's status and its cause.
    [[nodiscard]] int status_toward_caller(int received, int cause) const;
    [[nodiscard]] std::string reason_for(int cause) const;
    void add_warning(SipMessage& response, int cause) const;

    // settings.cpp
    // The value of a three-level setting at the peer of that leg.
    template <typename Value>
    [[nodiscard]] Value option(Side side, std::optional<Value> config::SipOptions::*field) const {
        return config::resolve(*setup_.config, peer(side), field).value;
    }
    [[nodiscard]] std::chrono::milliseconds timer(Side side, std::string_view words) const;
    [[nodiscard]] std::uint8_t retries(Side side, std::string_view words) const;
    [[nodiscard]] std::uint64_t draw(std::uint64_t below);

    // call.cpp
    struct Stepper;
    void on_response(const ResponseReceived& event);
    void on_request_failed(const RequestFailed& event);
    void on_timer(CallTimer timer);
    void respond_invite(const SipMessage& response);
    void refuse_request(const IncomingRequest& request, Side side, int status);
    [[nodiscard]] Token send(Side side, SipMessage message, std::chrono::milliseconds t1,
                             std::uint8_t retries);
    [[nodiscard]] Leg& leg(Side side) { return legs_[static_cast<std::size_t>(side)]; }
    [[nodiscard]] const Leg& leg(Side side) const { return legs_[static_cast<std::size_t>(side)]; }
    [[nodiscard]] const OutboundRoute& route() const { return setup_.routes[route_]; }
    void learn_party(Side side, const SipMessage& message);
    [[nodiscard]] std::vector<CallAction> take();
    template <typename Action>
    void act(Action action) {
        actions_.emplace_back(std::move(action));
    }

    CallSetup setup_;
    CallState state_ = CallState::routing;
    Moment now_;
    MonoTime invited_at_;
    WallTime invited_wall_;
    std::array<Leg, 2> legs_;
    Media media_;
    std::vector<NegotiatedStream> streams_;

    std::size_t route_ = 0;       // the candidate being tried
    bool peer_taken_ = false;     // max-conn of route() is held
    bool attempt_noted_ = false;  // the outcome of route() stands in attempts_
    Token last_token_ = 0;
    Token invite_token_ = 0;  // our INVITE to the callee, while it is the current one
    std::uint32_t invite_cseq_ = 0;
    bool ringing_ = false;  // an 18x came from the current callee
    std::uint32_t progress_count_ = 0;
    bool caller_answered_ = false;                  // the caller's INVITE has its final response
    bool early_offer_ = false;                      // the caller's INVITE had an offer
    std::optional<OfferState> offer_;               // of the initial INVITE
    std::optional<sdp::Description> early_answer_;  // from an 18x
    Boxed<IncomingResponse> held_answer_;           // a 2xx that waits for the worker or a stream
    Early early_;
    Boxed<Exchange> exchange_;
    MidCall mid_;
    std::uint32_t exchanges_ = 0;
    std::vector<Stray> strays_;
    std::vector<AttemptOutcome> attempts_;
    Failure failure_;

    Services services_;
    std::array<Ping, 2> pings_;  // [Side]

    HeaderState headers_;
    std::uint64_t drawn_ = 0;  // random values so far

    std::optional<MonoTime> connected_at_;
    WallTime connected_wall_;
    bool told_connected_ = false;
    std::optional<CallEnd> end_;
    std::vector<CallAction> actions_;
};

// Reason: Q.850;cause=16 (RFC 3326; spec E.8). Causes above 127 are internal and give no header.
[[nodiscard]] std::string reason_value(int q850_cause);

}  // namespace weir::signaling
