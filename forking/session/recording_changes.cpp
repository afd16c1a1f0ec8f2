// SPDX-License-Identifier: Apache-2.0
// A recording session in mid-call: hold, resume, codec (spec F.4), and what the recorder asks for.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/base/limits.hpp"
#include "forking/session/recording_session.hpp"

namespace weir::forking {

namespace sdp = signaling::sdp;
using signaling::IncomingRequest;
using signaling::SipMessage;

namespace {

constexpr auto kChangeRetry =
    milliseconds(2100);  // RFC 3261 14.1: the owner of the Call-ID waits 2.1 to 4 s
constexpr unsigned kMaxChangeFailures = 3;  // of one change, then the recorder is left

// Nothing differs but that streams go from sendonly to inactive.
bool only_holds(const sdp::Offer& before, const sdp::Offer& after) {
    return std::equal(
        before.streams.begin(), before.streams.end(), after.streams.begin(), after.streams.end(),
        [](const sdp::OfferedStream& x, const sdp::OfferedStream& y) {
            return x.port == y.port && x.formats == y.formats &&
                   (x.direction == y.direction || y.direction == sdp::Direction::inactive);
        });
}

bool same_streams(const sdp::Offer& a, const sdp::Offer& b) {
    return std::equal(a.streams.begin(), a.streams.end(), b.streams.begin(), b.streams.end(),
                      [](const sdp::OfferedStream& x, const sdp::OfferedStream& y) {
                          return x.port == y.port && x.direction == y.direction &&
                                 x.formats == y.formats && x.ptime_ms == y.ptime_ms;
                      });
}

}  // namespace

SessionActions RecordingSession::on_media_changed(
    const std::vector<signaling::NegotiatedStream>& streams, MonoTime since) {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        SessionTrack& track = setup_.tracks[i];
        const auto found = std::find_if(streams.begin(), streams.end(), [&](const auto& stream) {
            return stream.stream == track.stream;
        });
        if (found == streams.end()) continue;
        const bool sends = found->active && found->sends.at(static_cast<std::size_t>(track.source));
        if (sends && !track.sends) tracks_[i].resume_from = since;
        track.sends = sends;
        if (found->active && !found->formats.empty()) {
            track.formats = found->formats_of(track.source);
            track.ptime_ms = found->ptime_ms;
        }
    }
    // Before the recorder has answered, its INVITE is not changed: the re-INVITE follows the
    // answer.
    if (phase_ == Phase::recording) renegotiate();
    return take();
}

void RecordingSession::renegotiate() {
    if (change_) {
        change_wanted_ = true;
        return;
    }
    change_wanted_ = false;
    const sdp::Offer& last = attempt_->offer;
    sdp::Offer offer = make_offer(last.session_id, last.version + 1);
    if (!offer.address.is_set()) offer.address = last.address;
    if (same_streams(offer, last)) return;
    Change change;
    change.token = ++last_token_;
    for (const auto& stream : offer.streams)
        change.sending.push_back(stream.direction == sdp::Direction::sendonly);
    change.only_holds = only_holds(last, offer);
    SipMessage invite = attempt_->dialog.request_with_sdp("INVITE", sdp::to_text(offer));
    change.cseq = attempt_->dialog.last_cseq();
    attempt_->offer = std::move(offer);
    out_.emplace_back(SendRequest{change.token,
                                  {.message = std::move(invite),
                                   .path = attempt_->dialog.path(),
                                   .t1 = setup_.call.config->sip_ua.timer_trying}});
    change_ = std::move(change);
}

void RecordingSession::answer_to_change(const SipMessage& response, MonoTime at) {
    if (response.status < 200) return;
    const Change change = *change_;
    change_.reset();
    if (response.status >= 300) {
        change_failed(response.status, change.only_holds);
        return;
    }
    change_failures_ = 0;
    attempt_->dialog.on_response(response);
    acknowledge(*attempt_, change.cseq);
    acked_change_ = change.token;
    acked_change_cseq_ = change.cseq;
    const auto answer = sdp::read_answer(response.body, tracks_.size());
    if (!answer) {
        recorder_gone("its answer to our re-INVITE: " + answer.error().context);
        return;
    }
    apply(change, *answer, at);
    out_.emplace_back(Publish{});
    settle_change();
}

void RecordingSession::apply(const Change& change, const std::vector<sdp::AnsweredStream>& answer,
                             MonoTime at) {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        Track& track = tracks_[i];
        if (!track.started || track.closed) continue;
        const bool takes =
            answer[i].accepted && answer[i].rtp.is_set() && sdp::receives(answer[i].direction);
        const bool flows = change.sending.at(i) && takes;
        if (takes && answer[i].rtp != track.recorder_rtp) {
            track.recorder_rtp = answer[i].rtp;
            track.recorder_rtcp = answer[i].rtcp;
            out_.emplace_back(
                SubmitMedia{dataplane::StartFork{*track.fork, answer[i].rtp, answer[i].rtcp}, i});
        }
        if (track.flowing && !flows) {
            track.was_paused = true;
            track.paused_at = track.paused_from = at;
            out_.emplace_back(SubmitMedia{dataplane::PauseFork{*track.fork, at.ns}, i});
        } else if (!track.flowing && flows) {
            // What the party has said since the offer that ended the hold is in the pre-roll; what
            // was copied before the pause took hold is not sent twice.
            const MonoTime from = std::max(track.resume_from, track.paused_at);
            out_.emplace_back(SubmitMedia{dataplane::ResumeFork{*track.fork, from.ns}, i});
        }
        track.flowing = flows;
    }
}

// A re-INVITE has come to an end, or the call has: what is next?
void RecordingSession::settle_change() {
    if (phase_ != Phase::recording || change_) return;
    renegotiate();
    if (change_ || !call_end_) return;
    phase_ = Phase::draining;
    stop_forks(true);
}

void RecordingSession::change_failed(int status, bool was_hold) {
    ++change_failures_;
    if (status == 481 || status == 408) {
        recorder_gone(fmt::format("{} to our re-INVITE", status));
        return;
    }
    note(LogLevel::warning, "recording.change_refused", std::to_string(status));
    if (was_hold && status != 491) {
        // It goes on receiving what a party on hold does not send: no harm, and no reason to leave
        // it.
        change_failures_ = 0;
        settle_change();
        return;
    }
    if (change_failures_ < kMaxChangeFailures) {
        // The offer was not taken: forget it, so that the retry sends it again, one version up.
        for (auto& stream : attempt_->offer.streams)
            stream.ptime_ms = 0;
        out_.emplace_back(StartTimer{SessionTimer::retry, kChangeRetry});
        return;
    }
    recorder_gone(fmt::format("{} to our re-INVITE", status));
}

void RecordingSession::recorder_gone(const std::string& why) {
    if (phase_ != Phase::recording) return;
    const std::uint32_t peer = attempt_->target.peer.value();
    summary_.failures.push_back(fmt::format("{}: {}", peer, why));
    note(LogLevel::warning, "recording.recorder_gone", summary_.failures.back());
    hung_up_ = true;
    say_bye(attempt_->dialog, ++last_token_);
    phase_ = Phase::draining;
    stop_forks(false);
}

bool RecordingSession::matches(const SipMessage& request) const {
    return attempt_ && attempt_->dialog.matches(request);
}

void RecordingSession::respond(const IncomingRequest& request, int status, std::string text) {
    SipMessage response = attempt_->dialog.response(request.message, status, std::move(text));
    if (status == 405) response.add("Allow", std::string(signaling::allowed_methods()));
    out_.emplace_back(Respond{request.txn, std::move(response)});
}

SessionActions RecordingSession::on_request(const IncomingRequest& request) {
    const std::string& method = request.message.method;
    if (!attempt_ || method == "ACK") return take();
    if (attempt_->dialog.on_request(request.message) == signaling::RequestOrder::stale) {
        respond(request, 500);
        return take();
    }
    if (method == "BYE") {
        respond(request, 200);
        if (phase_ == Phase::recording) {
            const std::uint32_t peer = attempt_->target.peer.value();
            summary_.failures.push_back(fmt::format("{}: BYE in mid-call", peer));
            note(LogLevel::warning, "recording.recorder_left", summary_.failures.back());
            // Spec N16: the recording ends, the call does not notice.
            hung_up_ = true;
            phase_ = Phase::draining;
            stop_forks(false);
        } else if (phase_ == Phase::draining) {
            hung_up_ = true;
        }
    } else if (method == "INVITE" || method == "UPDATE") {
        on_recorder_offer(request);
    } else {
        respond(request, method == "OPTIONS" ? 200 : 405);
    }
    return take();
}

// Spec N17: a refresh is answered, a change is refused.
void RecordingSession::on_recorder_offer(const IncomingRequest& request) {
    const bool is_invite = request.message.method == "INVITE";
    if (phase_ != Phase::recording) return respond(request, 481);
    if (change_) return respond(request, 491);  // RFC 3261 14.2
    const std::string ours = sdp::to_text(attempt_->offer);
    if (request.message.body.empty())
        return respond(request, 200, is_invite ? ours : std::string());
    if (!same_as_before(request.message.body)) return respond(request, 488);
    respond(request, 200, ours);
}

bool RecordingSession::same_as_before(const std::string& text) const {
    const auto offered = sdp::read_answer(text, tracks_.size());
    if (!offered) return false;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        const Track& track = tracks_[i];
        if (!track.started || track.closed) {
            if ((*offered)[i].accepted) return false;
            continue;
        }
        const bool takes = (*offered)[i].accepted && sdp::receives((*offered)[i].direction);
        const bool sending = attempt_->offer.streams.at(i).direction == sdp::Direction::sendonly;
        if ((*offered)[i].rtp != track.recorder_rtp || (sending && takes != track.flowing))
            return false;
        const auto& formats = setup_.tracks[i].formats;
        const bool codec_kept =
            !formats.empty() && !(*offered)[i].formats.empty() &&
            (*offered)[i].formats.front().payload_type == formats.front().payload_type;
        if (!codec_kept) return false;
    }
    return true;
}

}  // namespace weir::forking
