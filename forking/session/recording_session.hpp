// SPDX-License-Identifier: Apache-2.0
// RecordingSession: one recording from the lease of its forks to its verdict. Pure.
//
// Thread: sip. No clock, socket or random source: time, ids and paths come in, actions go out.
//
//   phase      what happens                       leaves it                                to
//   leasing    forks are reserved                 every fork is leased or refused inviting, failing
//   inviting   a recorder is asked                2xx with a usable answer recording
//                                                 failure, silence, unusable answer: the next one;
//                                                 none left  failing
//   recording  copies flow; hold, resume, codec   the call has ended (nothing outstanding) draining
//              by re-INVITE                       the recorder's BYE, or it is gone        draining
//   draining   forks send the rest and close      every fork is closed releasing, done failing
//   forks close without a recorder     every fork is closed                     done releasing  our
//   BYE is out                     its answer or timeout                    done
//
// The call may end in any phase: a recorder that answers later still gets what was kept for it.
// An INVITE that was given up on is remembered until its final response: a late 2xx gets ACK and
// BYE. An INVITE that was answered is remembered for 64*T1: a proxy may have forked it, and each
// further dialog gets ACK and BYE too.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "forking/session/compose.hpp"
#include "forking/session/session_types.hpp"

namespace weir::forking {

class RecordingSession {
public:
    explicit RecordingSession(SessionSetup setup, WallTime now);

    // Each input gives the actions that follow from it, in order.
    [[nodiscard]] SessionActions start();
    [[nodiscard]] SessionActions on_fork_leased(std::size_t track,
                                                const dataplane::ForkLeased& leased);
    [[nodiscard]] SessionActions on_fork_refused(std::size_t track, const std::string& why);
    [[nodiscard]] SessionActions on_fork_closed(const dataplane::ForkClosed& closed);
    // weir-media is there again, restarted or not: leases that got no answer are asked for again,
    // and forks that were to end are stopped again. A successor goes on with the forks that had
    // been leased.
    [[nodiscard]] SessionActions on_media_up(bool is_restarted);
    // It lists the session: what it was told of the forks may be lost, and is said again. What it
    // has already stays as it is.
    [[nodiscard]] SessionActions on_media_kept();
    // weir-media is away: the lease waits for on_media_up().
    void on_lease_unsent(std::size_t track) { tracks_.at(track).lease_sent = false; }
    [[nodiscard]] SessionActions on_prepared(signaling::DialogStart start, WallTime now);
    [[nodiscard]] SessionActions on_unreachable(const std::string& why);
    [[nodiscard]] SessionActions on_response(Token token, const signaling::SipMessage& response,
                                             MonoTime at);
    [[nodiscard]] SessionActions on_failure(Token token, signaling::TxnFailure failure);
    // A request of the recorder inside the dialog (matches() was true).
    [[nodiscard]] SessionActions on_request(const signaling::IncomingRequest& request);
    [[nodiscard]] SessionActions on_media_changed(
        const std::vector<signaling::NegotiatedStream>& streams, MonoTime since);
    [[nodiscard]] SessionActions on_call_ended(const signaling::CallEnd& end,
                                               const dataplane::SessionState& accounts);
    [[nodiscard]] SessionActions on_timer(SessionTimer timer);
    // The accounts as they stand, for `show`.
    void on_report(const dataplane::Report& report);

    // With Finish: the driver knows the time.
    void mark_ended(WallTime now) { summary_.ended = now; }
    [[nodiscard]] bool matches(const signaling::SipMessage& request) const;
    [[nodiscard]] const signaling::RecordingSummary& summary() const { return summary_; }
    [[nodiscard]] const SessionSetup& setup() const { return setup_; }
    [[nodiscard]] bool is_finished() const { return phase_ == Phase::done; }
    // Finished, and every INVITE has had its final response.
    [[nodiscard]] bool is_over() const;
    // An INVITE that was answered can still bring another 2xx.
    [[nodiscard]] bool may_fork() const { return may_fork_; }
    [[nodiscard]] std::optional<std::size_t> track_of(const dataplane::ForkId& fork) const;

private:
    enum class Phase : std::uint8_t {
        leasing,
        inviting,
        recording,
        draining,
        failing,
        releasing,
        done
    };

    struct Track {
        std::optional<dataplane::ForkId> fork;
        Endpoint local;         // leased
        bool answered = false;  // leased or refused
        bool started = false;   // StartFork went out
        bool closed = false;    // no fork (any more)
        bool account_final = false;
        bool flowing = false;  // the recorder knows that we send
        bool was_paused = false;
        MonoTime paused_at;
        MonoTime paused_from;  // what weir-media was told: packets since then are not wanted
        MonoTime resume_from;  // the offer that ended the last hold arrived then
        std::uint64_t source_duplicates = 0;
        Endpoint recorder_rtp;
        Endpoint recorder_rtcp;
        bool lease_sent = true;
    };
    // An INVITE to a recorder, before and after its answer.
    struct Attempt {
        RecorderTarget target;
        signaling::Dialog dialog;
        Token invite = 0;
        std::uint32_t invite_cseq = 0;
        bool provisional = false;
        unsigned redirects = 0;
        signaling::sdp::Offer offer;         // the last one sent
        bool answered = false;               // its first 2xx has come
        std::vector<std::string> surplus{};  // tags of further 2xx: their dialogs have been ended
    };
    struct Change {  // a re-INVITE on its way
        Token token = 0;
        std::uint32_t cseq = 0;
        std::vector<bool> sending;
        bool only_holds = false;  // nothing but holds: the recorder may refuse it and stay
    };

    // recording_session.cpp: leases, ends
    [[nodiscard]] SessionActions take() { return std::exchange(out_, {}); }
    void lease_settled();
    void stop_forks(bool drain);
    [[nodiscard]] bool all_closed() const;
    void request_lease(std::size_t track);
    void restate_forks();
    void forks_settled();
    void conclude();
    void note(LogLevel level, const char* event, std::string text);
    // recording_invite.cpp: recorders, one after the other
    void try_next();
    void give_up_attempt();
    void attempt_failed(const std::string& why);
    void answer_to_invite(const signaling::SipMessage& response, MonoTime at);
    void establish(const signaling::SipMessage& response, MonoTime at);
    bool accept(const std::vector<signaling::sdp::AnsweredStream>& answer, MonoTime at);
    void late_answer(Token token, const signaling::SipMessage& response);
    void another_answer(Attempt& attempt, const signaling::SipMessage& response);
    void answered(Attempt& attempt);
    void leave_attempt();
    void acknowledge(Attempt& attempt, std::uint32_t cseq);
    void say_bye(signaling::Dialog& dialog, Token token);
    [[nodiscard]] signaling::sdp::Offer make_offer(std::uint64_t session_id,
                                                   std::uint64_t version) const;
    // recording_changes.cpp: hold, resume, codec; the recorder's requests
    void renegotiate();
    void answer_to_change(const signaling::SipMessage& response, MonoTime at);
    void apply(const Change& change, const std::vector<signaling::sdp::AnsweredStream>& answer,
               MonoTime at);
    void change_failed(int status, bool was_hold);
    void recorder_gone(const std::string& why);
    void settle_change();
    void on_recorder_offer(const signaling::IncomingRequest& request);
    [[nodiscard]] bool same_as_before(const std::string& sdp) const;
    void respond(const signaling::IncomingRequest& request, int status, std::string sdp = {});

    SessionSetup setup_;
    signaling::RecordingSummary summary_;
    std::vector<Track> tracks_;
    Phase phase_ = Phase::leasing;
    std::size_t next_recorder_ = 0;
    std::optional<Attempt> attempt_;  // being asked, then the recording dialog
    std::optional<RecorderTarget> preparing_;
    unsigned redirects_ = 0;
    std::map<Token, Attempt> abandoned_;  // given up on, or over
    bool may_fork_ = false;               // SessionTimer::forks runs
    std::optional<Change> change_;
    Token acked_change_ = 0;  // the last re-INVITE whose 2xx came, and its CSeq
    std::uint32_t acked_change_cseq_ = 0;
    bool change_wanted_ = false;  // something changed while a re-INVITE was out
    unsigned change_failures_ = 0;
    std::optional<signaling::CallEnd> call_end_;
    bool hung_up_ = false;  // the recorder left in mid-call
    Token bye_ = 0;
    Token last_token_ = 0;
    SessionActions out_;
};

}  // namespace weir::forking
