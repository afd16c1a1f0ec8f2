// SPDX-License-Identifier: Apache-2.0
// A recording session's recorders, one after the other (spec F.3, N13).
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/base/limits.hpp"
#include "config/base/text.hpp"
#include "forking/session/recording_session.hpp"

namespace weir::forking {

namespace sdp = signaling::sdp;
using signaling::SipMessage;
using signaling::TxnFailure;

namespace {

// Of an INVITE to a recorder: our own timer moves on after a second; these only bound the
// transaction.
constexpr std::uint8_t kInviteRetries = 3;
constexpr unsigned kT1Factor = 64;  // RFC 3261 13.2.2.4: so long may further 2xx come
constexpr std::size_t kMaxSurplusDialogs =
    16;  // of one INVITE that get their BYE; a proxy that forks to more is not a recorder's

bool receives(const sdp::AnsweredStream& stream) {
    return stream.accepted && sdp::receives(stream.direction) && stream.rtp.is_set();
}

}  // namespace

void RecordingSession::try_next() {
    attempt_.reset();
    redirects_ = 0;
    if (next_recorder_ >= setup_.plan.recorders.size()) {
        note(LogLevel::warning, "recording.failed", "no recorder took the call");
        phase_ = Phase::failing;
        stop_forks(false);
        return;
    }
    preparing_ = setup_.plan.recorders[next_recorder_++];
    summary_.tried.push_back(preparing_->peer);
    out_.emplace_back(PrepareAttempt{*preparing_});
}

SessionActions RecordingSession::on_unreachable(const std::string& why) {
    if (phase_ == Phase::inviting && preparing_) attempt_failed(why);
    return take();
}

sdp::Offer RecordingSession::make_offer(std::uint64_t session_id, std::uint64_t version) const {
    sdp::Offer offer;
    offer.session_id = session_id;
    offer.version = version;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        const Track& track = tracks_[i];
        if (track.fork && !offer.address.is_set())
            offer.address = setup_.advertised.is_set() ? setup_.advertised : track.local.address;
        // Without a fork the m-line keeps its place and is not offered (RFC 3264 5.1: port 0).
        const bool offered = track.fork && !track.closed;
        offer.streams.push_back(offered_stream(setup_.tracks[i],
                                               offered ? track.local.port : std::uint16_t{0},
                                               setup_.tracks[i].sends));
    }
    return offer;
}

SessionActions RecordingSession::on_prepared(signaling::DialogStart start, WallTime now) {
    if (phase_ != Phase::inviting || !preparing_) return take();
    const auto session_id = static_cast<std::uint64_t>(now.ns / 1'000'000);
    Attempt attempt{.target = *preparing_,
                    .dialog = signaling::Dialog(std::move(start)),
                    .redirects = redirects_,
                    .offer = make_offer(session_id, 1)};
    preparing_.reset();
    attempt.invite = ++last_token_;
    SipMessage invite = ora_invite(attempt.dialog, setup_, now, sdp::to_text(attempt.offer));
    attempt.invite_cseq = attempt.dialog.last_cseq();
    const Token token = attempt.invite;
    const signaling::SipPath path = attempt.dialog.path();
    attempt_ = std::move(attempt);
    out_.emplace_back(SendRequest{token,
                                  {.message = std::move(invite),
                                   .path = path,
                                   .t1 = setup_.call.config->sip_ua.timer_trying,
                                   .retries = kInviteRetries}});
    out_.emplace_back(StartTimer{SessionTimer::attempt, kRecorderNoAnswer});
    return take();
}

// The attempt's INVITE is cancelled; what still comes of it is seen to by late_answer().
void RecordingSession::give_up_attempt() {
    out_.emplace_back(StopTimer{SessionTimer::attempt});
    if (!attempt_) return;
    out_.emplace_back(CancelInvite{attempt_->invite});
    const Token token = attempt_->invite;
    abandoned_.emplace(token, std::move(*attempt_));
    attempt_.reset();
}

void RecordingSession::attempt_failed(const std::string& why) {
    out_.emplace_back(StopTimer{SessionTimer::attempt});
    const std::uint32_t peer = summary_.tried.empty() ? 0 : summary_.tried.back().value();
    summary_.failures.push_back(fmt::format("{}: {}", peer, why));
    note(LogLevel::warning, "recording.recorder_failed", summary_.failures.back());
    preparing_.reset();
    out_.emplace_back(Publish{});
    try_next();
}

SessionActions RecordingSession::on_response(Token token, const SipMessage& response, MonoTime at) {
    if (abandoned_.contains(token)) {
        late_answer(token, response);
    } else if (attempt_ && token == attempt_->invite) {
        answer_to_invite(response, at);
    } else if (change_ && token == change_->token) {
        answer_to_change(response, at);
    } else if (attempt_ && token == acked_change_ && response.status / 100 == 2) {
        acknowledge(*attempt_, acked_change_cseq_);  // it missed our ACK (RFC 3261 13.2.2.4)
    } else if (token == bye_ && response.status >= 200 && phase_ == Phase::releasing) {
        if (response.status < 300) {
            for (const std::string_view value : response.all("X-Weir-Recorded")) {
                const auto header = read_account(value);
                if (header && header->media_index < summary_.tracks.size())
                    summary_.tracks[header->media_index].recorder = header->account;
            }
        }
        conclude();
    }
    return take();
}

void RecordingSession::answer_to_invite(const SipMessage& response, MonoTime at) {
    if (phase_ != Phase::inviting) {
        if (response.status / 100 == 2) another_answer(*attempt_, response);
        return;
    }
    if (response.status < 200) {
        if (attempt_->provisional) return;
        attempt_->provisional = true;
        out_.emplace_back(StartTimer{SessionTimer::attempt, kRecorderProvisionalOnly});
    } else if (response.status < 300) {
        establish(response, at);
    } else {
        if (response.status < 400 && attempt_->redirects < kMaxRedirects) {
            if (auto target = redirect_target(response, attempt_->target)) {
                out_.emplace_back(StopTimer{SessionTimer::attempt});
                redirects_ = attempt_->redirects + 1;
                attempt_.reset();
                preparing_ = *target;
                out_.emplace_back(PrepareAttempt{std::move(*target)});
                return;
            }
        }
        attempt_failed(fmt::format("{} {}", response.status, text::printable(response.phrase, 60)));
    }
}

void RecordingSession::acknowledge(Attempt& attempt, std::uint32_t cseq) {
    out_.emplace_back(
        SendAck{{.message = attempt.dialog.ack(cseq), .path = attempt.dialog.path()}});
}

// A 2xx after the first: the recorder missed our ACK and repeats it, or a proxy has forked our
// INVITE and another one answers (RFC 3261 13.2.2.4): its dialog is confirmed and ended.
void RecordingSession::another_answer(Attempt& attempt, const SipMessage& response) {
    signaling::Dialog fork = attempt.dialog.fork_of(response);
    if (fork.remote_tag() == attempt.dialog.remote_tag())
        return acknowledge(attempt, attempt.invite_cseq);
    out_.emplace_back(SendAck{{.message = fork.ack(attempt.invite_cseq), .path = fork.path()}});
    auto& ended = attempt.surplus;
    const bool known = std::find(ended.begin(), ended.end(), fork.remote_tag()) != ended.end();
    if (known || ended.size() >= kMaxSurplusDialogs) return;
    ended.push_back(fork.remote_tag());
    say_bye(fork, ++last_token_);
}

void RecordingSession::answered(Attempt& attempt) {
    attempt.answered = may_fork_ = true;
    out_.emplace_back(
        StartTimer{SessionTimer::forks, setup_.call.config->sip_ua.timer_trying * kT1Factor});
}

// The attempt is over; what its INVITE still brings is seen to by late_answer().
void RecordingSession::leave_attempt() {
    if (!attempt_ || !attempt_->answered) return;
    const Token token = attempt_->invite;
    abandoned_.emplace(token, std::move(*attempt_));
    attempt_.reset();
}

void RecordingSession::say_bye(signaling::Dialog& dialog, Token token) {
    SipMessage bye = dialog.request("BYE");
    const unsigned cause = call_end_ ? call_end_->q850_cause : 16U;
    bye.add("Reason", fmt::format("Q.850;cause={}", cause));  // spec F.4
    out_.emplace_back(SendRequest{token,
                                  {.message = std::move(bye),
                                   .path = dialog.path(),
                                   .t1 = setup_.call.config->sip_ua.timer_disconnect,
                                   .retries = setup_.call.config->sip_ua.retry_bye}});
}

void RecordingSession::establish(const SipMessage& response, MonoTime at) {
    out_.emplace_back(StopTimer{SessionTimer::attempt});
    attempt_->dialog.on_response(response);
    acknowledge(*attempt_, attempt_->invite_cseq);
    answered(*attempt_);
    const auto answer = sdp::read_answer(response.body, tracks_.size());
    if (!answer || !accept(*answer, at)) {
        const std::string why = answer ? "its answer takes no stream" : answer.error().context;
        say_bye(attempt_->dialog, ++last_token_);
        leave_attempt();
        attempt_failed(why);
        return;
    }
    phase_ = Phase::recording;
    summary_.recorder = attempt_->target.peer;
    summary_.sip_call_id = attempt_->dialog.call_id();
    note(LogLevel::info, "recording.started", std::to_string(attempt_->target.peer.value()));
    out_.emplace_back(Publish{});
    settle_change();
}

// Starts the forks of what the recorder takes. False if that is nothing.
bool RecordingSession::accept(const std::vector<sdp::AnsweredStream>& answer, MonoTime at) {
    const bool any = std::any_of(answer.begin(), answer.end(), [](const auto& stream) {
        return stream.accepted && stream.rtp.is_set();
    });
    if (!any) return false;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        Track& track = tracks_[i];
        if (!track.fork || track.closed) continue;
        if (!answer[i].accepted || !answer[i].rtp.is_set()) {
            summary_.failures.push_back(fmt::format("track {}: refused by the recorder", i));
            out_.emplace_back(SubmitMedia{dataplane::StopFork{*track.fork, 0}, i});
            continue;
        }
        const bool offered = attempt_->offer.streams[i].direction == sdp::Direction::sendonly;
        track.flowing = offered && receives(answer[i]);
        // A recorder that answers inactive never wants what was kept; a party on hold stopped
        // sending only now as far as the recorder knows, so its last words are still delivered.
        if (!track.flowing) {
            track.was_paused = true;
            track.paused_at = at;
            track.paused_from = offered ? setup_.call.connected_at.value_or(at) : at;
            out_.emplace_back(
                SubmitMedia{dataplane::PauseFork{*track.fork, track.paused_from.ns}, i});
        }
        track.started = true;
        track.recorder_rtp = answer[i].rtp;
        track.recorder_rtcp = answer[i].rtcp;
        out_.emplace_back(
            SubmitMedia{dataplane::StartFork{*track.fork, answer[i].rtp, answer[i].rtcp}, i});
    }
    return true;
}

// What still comes of an INVITE that we gave up on.
void RecordingSession::late_answer(Token token, const SipMessage& response) {
    if (response.status < 200) return;
    Attempt& attempt = abandoned_.at(token);
    if (response.status >= 300) {
        if (!attempt.answered) abandoned_.erase(token);
    } else if (attempt.answered) {
        another_answer(attempt, response);
    } else {
        attempt.dialog.on_response(response);
        acknowledge(attempt, attempt.invite_cseq);
        answered(attempt);
        say_bye(attempt.dialog, ++last_token_);
    }
}

SessionActions RecordingSession::on_failure(Token token, TxnFailure failure) {
    const char* words = failure == TxnFailure::timeout ? "no response" : "no connection";
    if (abandoned_.erase(token) > 0) return take();
    if (attempt_ && token == attempt_->invite && phase_ == Phase::inviting) {
        attempt_failed(words);
    } else if (change_ && token == change_->token) {
        change_.reset();
        recorder_gone(fmt::format("{} to our re-INVITE", words));
    } else if (token == bye_ && phase_ == Phase::releasing) {
        summary_.failures.emplace_back("the recorder did not answer our BYE");
        conclude();
    }
    return take();
}

}  // namespace weir::forking
