// SPDX-License-Identifier: Apache-2.0
// A recording session's forks and its end: leasing, draining, the verdict.
#include "forking/session/recording_session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/base/limits.hpp"
#include "forking/ledger/verdict.hpp"

namespace weir::forking {

using dataplane::StopFork;

namespace {

// weir-media ends a drain itself after kForkDrainLimit; then its account is on the way.
constexpr auto kCloseGuard = kForkDrainLimit + seconds(2);

}  // namespace

RecordingSession::RecordingSession(SessionSetup setup, WallTime now) : setup_(std::move(setup)) {
    summary_.call = setup_.call.id;
    summary_.guid = setup_.call.guid;
    summary_.media_class = setup_.plan.media_class;
    summary_.failures = setup_.plan.skipped;
    summary_.started = now;
    summary_.part = setup_.part;
    tracks_.resize(setup_.tracks.size());
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        signaling::RecordedTrack track;
        track.media_index = static_cast<std::uint8_t>(i);
        track.source = setup_.tracks[i].source;
        track.participant =
            participant_uri(setup_.call.parties.at(static_cast<std::size_t>(track.source)));
        summary_.tracks.push_back(std::move(track));
    }
}

void RecordingSession::note(LogLevel level, const char* event, std::string text) {
    out_.emplace_back(Note{level, event, std::move(text)});
}

SessionActions RecordingSession::start() {
    if (!setup_.plan.warning.empty())
        note(LogLevel::warning, "recording.two_media_classes", setup_.plan.warning);
    if (tracks_.empty()) summary_.failures.emplace_back("the call has no stream to record");
    if (tracks_.empty() || setup_.plan.recorders.empty()) {
        for (Track& track : tracks_)
            track.answered = track.closed = true;
        phase_ = Phase::failing;
        conclude();
        return take();
    }
    for (std::size_t i = 0; i < tracks_.size(); ++i)
        request_lease(i);
    out_.emplace_back(StartTimer{SessionTimer::media, kMediaGuard});
    out_.emplace_back(Publish{});
    return take();
}

void RecordingSession::request_lease(std::size_t index) {
    dataplane::LeaseFork lease;
    lease.session = setup_.call.media;
    lease.stream = setup_.tracks[index].stream;
    lease.source = setup_.tracks[index].source;
    lease.realm = setup_.realm;
    lease.eligible_from_ns = setup_.call.connected_at.value_or(MonoTime{}).ns;
    tracks_[index].lease_sent = true;
    out_.emplace_back(SubmitMedia{lease, index});
}

SessionActions RecordingSession::on_fork_leased(std::size_t index,
                                                const dataplane::ForkLeased& leased) {
    Track& track = tracks_.at(index);
    if (track.answered || phase_ != Phase::leasing) {
        // Too late: the session has given up on it. The fork must not stay behind.
        out_.emplace_back(SubmitMedia{StopFork{leased.fork, 0}, index});
        return take();
    }
    track.answered = true;
    track.fork = leased.fork;
    track.local = leased.local_rtp;
    lease_settled();
    return take();
}

SessionActions RecordingSession::on_fork_refused(std::size_t index, const std::string& why) {
    Track& track = tracks_.at(index);
    if (track.answered) return take();
    track.answered = track.closed = true;
    summary_.failures.push_back(fmt::format("track {}: no fork: {}", index, why));
    note(LogLevel::warning, "recording.no_fork", why);
    lease_settled();
    return take();
}

void RecordingSession::lease_settled() {
    if (phase_ != Phase::leasing) return;
    if (!std::all_of(tracks_.begin(), tracks_.end(), [](const Track& t) { return t.answered; }))
        return;
    out_.emplace_back(StopTimer{SessionTimer::media});
    const bool any = std::any_of(tracks_.begin(), tracks_.end(),
                                 [](const Track& t) { return t.fork.has_value(); });
    if (!any) {
        phase_ = Phase::failing;
        conclude();
        return;
    }
    phase_ = Phase::inviting;
    try_next();
}

void RecordingSession::stop_forks(bool drain) {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        if (tracks_[i].closed || !tracks_[i].fork) continue;
        const auto with_drain = static_cast<std::uint8_t>(drain && tracks_[i].started ? 1 : 0);
        out_.emplace_back(SubmitMedia{StopFork{*tracks_[i].fork, with_drain}, i});
    }
    out_.emplace_back(StartTimer{SessionTimer::media, kCloseGuard});
    forks_settled();  // there may be none left
}

bool RecordingSession::all_closed() const {
    return std::all_of(tracks_.begin(), tracks_.end(), [](const Track& t) { return t.closed; });
}

std::optional<std::size_t> RecordingSession::track_of(const dataplane::ForkId& fork) const {
    for (std::size_t i = 0; i < tracks_.size(); ++i)
        if (tracks_[i].fork == fork) return i;
    return std::nullopt;
}

SessionActions RecordingSession::on_fork_closed(const dataplane::ForkClosed& closed) {
    const auto index = track_of(closed.fork);
    if (!index || tracks_[*index].closed) return take();
    Track& track = tracks_[*index];
    track.closed = track.account_final = true;
    summary_.tracks[*index].fork = closed.account;
    if (const auto law = dataplane::check_laws(closed.account); law != dataplane::Law::none)
        out_.emplace_back(LawBroken{*index, law});
    if (all_closed() && (phase_ == Phase::recording || phase_ == Phase::inviting)) {
        // Every fork ended without our asking: weir-media gave them up.
        summary_.failures.emplace_back("weir-media ended the copies");
        if (phase_ == Phase::inviting) give_up_attempt();
        phase_ = phase_ == Phase::inviting ? Phase::failing : Phase::draining;
    }
    forks_settled();
    return take();
}

// A session that the successor could not take over ends with its call: the call table misses it.
SessionActions RecordingSession::on_media_up(bool is_restarted) {
    if (phase_ == Phase::done || phase_ == Phase::releasing) return take();
    if (is_restarted) summary_.failures.emplace_back("weir-media was restarted");
    if (phase_ == Phase::draining || phase_ == Phase::failing) {
        restate_forks();
        stop_forks(phase_ == Phase::draining);
    } else if (phase_ == Phase::leasing) {
        // The same weir-media may have carried out what it was sent, and its answer be on the way
        // or lost; a fork that nobody knows ends with its session. The guard bounds the wait.
        for (std::size_t i = 0; i < tracks_.size(); ++i)
            if (!tracks_[i].answered && (is_restarted || !tracks_[i].lease_sent)) request_lease(i);
    }
    return take();
}

SessionActions RecordingSession::on_media_kept() {
    if (phase_ == Phase::recording) restate_forks();
    return take();
}

// In the order of accept() and apply(). A pause or resume that has taken hold is not repeated by
// the worker.
void RecordingSession::restate_forks() {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        const Track& track = tracks_[i];
        if (!track.started || track.closed || !track.fork) continue;
        if (!track.flowing)
            out_.emplace_back(
                SubmitMedia{dataplane::PauseFork{*track.fork, track.paused_from.ns}, i});
        out_.emplace_back(SubmitMedia{
            dataplane::StartFork{*track.fork, track.recorder_rtp, track.recorder_rtcp}, i});
        if (track.flowing && track.was_paused) {
            const MonoTime from = std::max(track.resume_from, track.paused_at);
            out_.emplace_back(SubmitMedia{dataplane::ResumeFork{*track.fork, from.ns}, i});
        }
    }
}

bool RecordingSession::is_over() const {
    return is_finished() && std::all_of(abandoned_.begin(), abandoned_.end(),
                                        [](const auto& item) { return item.second.answered; });
}

void RecordingSession::forks_settled() {
    const bool all =
        std::all_of(tracks_.begin(), tracks_.end(), [](const Track& t) { return t.closed; });
    if (!all) return;
    if (phase_ == Phase::failing) {
        conclude();
    } else if (phase_ == Phase::draining) {
        out_.emplace_back(StopTimer{SessionTimer::media});
        if (hung_up_ || !attempt_) {
            conclude();
            return;
        }
        phase_ = Phase::releasing;
        bye_ = ++last_token_;
        say_bye(attempt_->dialog, bye_);
        out_.emplace_back(StartTimer{SessionTimer::bye, kByeGuard});
    }
}

SessionActions RecordingSession::on_call_ended(const signaling::CallEnd& end,
                                               const dataplane::SessionState& accounts) {
    if (call_end_) return take();
    call_end_ = end;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        const SessionTrack& track = setup_.tracks[i];
        if (track.stream >= accounts.streams.size()) continue;
        tracks_[i].source_duplicates =
            accounts.streams.at(track.stream).at(static_cast<std::size_t>(track.source)).duplicates;
    }
    // A re-INVITE that resumes must come through first, or what was said since would be left out.
    if (phase_ == Phase::recording) settle_change();
    return take();
}

SessionActions RecordingSession::on_timer(SessionTimer timer) {
    switch (timer) {
        case SessionTimer::attempt:
            if (phase_ == Phase::inviting && attempt_) {
                const std::string why = attempt_->provisional ? "no final response" : "no response";
                give_up_attempt();
                attempt_failed(why);
            }
            break;
        case SessionTimer::media:
            summary_.failures.emplace_back("weir-media does not answer");
            note(LogLevel::error, "recording.media_silent", "weir-media owes an answer");
            if (phase_ == Phase::leasing) {
                for (std::size_t i = 0; i < tracks_.size(); ++i) {
                    if (tracks_[i].answered) continue;
                    tracks_[i].answered = tracks_[i].closed = true;
                }
                lease_settled();
            } else {
                for (Track& track : tracks_)
                    track.closed = true;
                forks_settled();
            }
            break;
        case SessionTimer::retry:
            settle_change();
            break;
        case SessionTimer::bye:
            if (phase_ == Phase::releasing) {
                summary_.failures.emplace_back("the recorder did not answer our BYE");
                conclude();
            }
            break;
        case SessionTimer::forks:
            may_fork_ = false;
            std::erase_if(abandoned_, [](const auto& item) { return item.second.answered; });
            break;
        case SessionTimer::count_:
            break;
    }
    return take();
}

void RecordingSession::on_report(const dataplane::Report& report) {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        if (!tracks_[i].fork || tracks_[i].account_final) continue;
        const std::uint32_t index = tracks_[i].fork->index;
        if (index < report.forks.size() && report.forks[index].present != 0)
            summary_.tracks[i].fork = report.forks[index].account;
    }
}

void RecordingSession::conclude() {
    if (phase_ == Phase::done) return;
    phase_ = Phase::done;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        signaling::RecordedTrack& track = summary_.tracks[i];
        judge_track(track, tracks_[i].started, tracks_[i].source_duplicates);
        const bool good = track.verdict < signaling::RecordingVerdict::incomplete;
        if (good && !tracks_[i].account_final) {
            track.verdict = signaling::RecordingVerdict::unconfirmed;
            track.note = "weir-media gave no final account";
        }
        if (good && hung_up_) {
            track.verdict = signaling::RecordingVerdict::incomplete;
            track.note = "the recorder left before the call ended: what followed was not recorded";
        }
    }
    leave_attempt();
    summary_.verdict = worst_of(summary_.tracks);
    summary_.finished = true;
    for (const auto timer :
         {SessionTimer::attempt, SessionTimer::media, SessionTimer::retry, SessionTimer::bye})
        out_.emplace_back(StopTimer{timer});
    out_.emplace_back(Finish{});
}

}  // namespace weir::forking
