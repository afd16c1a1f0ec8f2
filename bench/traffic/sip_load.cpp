// SPDX-License-Identifier: Apache-2.0
// The two parties of each call, and the counts.
#include "bench/traffic/sip_load.hpp"

#include <algorithm>
#include <utility>

namespace weir::bench {
namespace {

constexpr std::int64_t kT1 = 500'000'000;
constexpr std::int64_t kT2 = 4'000'000'000;
constexpr std::int64_t kTimerB = 64 * kT1;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

}  // namespace

SipLoad::SipLoad(const SipLoadOptions& options, Send send)
    : options_(options), text_(options.place), send_(std::move(send)), calls_(options.calls) {}

std::int64_t SipLoad::next_call() const {
    return start_ + static_cast<std::int64_t>(static_cast<double>(begun_) * 1e9 / options_.rate);
}

bool SipLoad::wants_call(std::int64_t now) const {
    return begun_ < calls_.size() && (begun_ == 0 || next_call() <= now);
}

SipLoadSecond& SipLoad::second(std::int64_t now) {
    const auto at =
        static_cast<std::size_t>(std::max<std::int64_t>(now - start_, 0) / kNsPerSecond);
    if (seconds_.size() <= at) seconds_.resize(at + 1);
    return seconds_[at];
}

SipLoadSecond SipLoad::total() const {
    SipLoadSecond sum;
    for (const SipLoadSecond& one : seconds_) {
        sum.offered += one.offered;
        sum.answered += one.answered;
        sum.completed += one.completed;
        sum.refused += one.refused;
        sum.failed += one.failed;
        sum.repeated += one.repeated;
    }
    return sum;
}

void SipLoad::begin_call(std::int64_t now) {
    if (begun_ == 0) start_ = now;
    latest_begin_ = std::max(latest_begin_, now - next_call());
    const std::uint32_t index = begun_++;
    Call& call = calls_[index];
    call.phase = Phase::inviting;
    call.invited = now;
    send_(Party::caller, text_.invite(index));
    ++second(now).offered;
    start_repeating(Due::invite, index, now);
}

void SipLoad::start_repeating(Due due, std::uint32_t call, std::int64_t now) {
    timers_.push({now + kT1, 2 * kT1, now + kTimerB, call, due});
}

void SipLoad::on_caller(std::string_view message, std::int64_t received, std::int64_t now) {
    const SipView view = read_sip(message);
    const auto index = SipLoadText::call_of(view);
    if (!index || *index >= begun_) return;
    Call& call = calls_[*index];
    if (view.status() == 0) {
        // The server ends a call that the caller did not end.
        if (!view.start.starts_with("ACK")) send_(Party::caller, text_.response(view, "200 OK"));
        if (view.start.starts_with("BYE")) end(call, &SipLoadSecond::failed, now);
        return;
    }
    if (view.cseq.ends_with("INVITE")) {
        on_invite_response(*index, view, received, now);
    } else if (view.cseq.ends_with("BYE") && view.status() >= 200 && call.phase == Phase::ending) {
        end(call, view.status() < 300 ? &SipLoadSecond::completed : &SipLoadSecond::failed, now);
    }
}

void SipLoad::on_invite_response(std::uint32_t index, const SipView& response,
                                 std::int64_t received, std::int64_t now) {
    Call& call = calls_[index];
    const int status = response.status();
    call.proceeding = true;
    if (status < 200) {
        if (status >= 180 && !std::exchange(call.rang, true)) note_ringing(call, received);
        return;
    }
    if (status >= 300) {
        send_(Party::caller, text_.ack_failure(index, response));
        if (call.phase != Phase::inviting) return;  // it came again
        end(call, status == 503 ? &SipLoadSecond::refused : &SipLoadSecond::failed, now);
        return;
    }
    send_(Party::caller, text_.ack(index, SipLoadText::dialog_of(response)));
    if (call.phase != Phase::inviting) return;
    call.phase = Phase::talking;
    call.dialog = SipLoadText::dialog_of(response);
    ++second(now).answered;
    if (options_.hold_ns == 0)
        hang_up(index, now);
    else
        timers_.push({now + options_.hold_ns, 0, 0, index, Due::hang_up});
}

void SipLoad::note_ringing(Call& call, std::int64_t received) {
    const std::int64_t whole = received - call.invited;
    ringing_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(whole, 0)));
    if (call.came == 0) return;
    const std::int64_t outside = whole - (call.answering - call.came);
    between_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(outside, 0)));
}

void SipLoad::hang_up(std::uint32_t index, std::int64_t now) {
    Call& call = calls_[index];
    call.phase = Phase::ending;
    send_(Party::caller, text_.bye(index, call.dialog));
    start_repeating(Due::bye, index, now);
}

void SipLoad::end(Call& call, std::uint32_t SipLoadSecond::*how, std::int64_t now) {
    if (std::exchange(call.phase, Phase::over) == Phase::over) return;
    ++(second(now).*how);
    ++ended_;
    call.dialog = {};
}

void SipLoad::on_callee(std::string_view message, std::int64_t received, std::int64_t now) {
    const SipView view = read_sip(message);
    if (view.status() != 0) return;
    const auto index = last_digits(view.user(), kCallDigits);
    if (!index || *index >= calls_.size()) return;
    Call& call = calls_[*index];
    if (view.start.starts_with("ACK")) {
        call.answer = {};
    } else if (!view.start.starts_with("INVITE")) {
        send_(Party::callee, text_.response(view, "200 OK"));
    } else if (call.came == 0) {
        call.came = received;
        call.answering = now;
        send_(Party::callee, text_.response(view, "180 Ringing", *index));
        call.answer = text_.response(view, "200 OK", *index);
        send_(Party::callee, call.answer);
        start_repeating(Due::answer, *index, now);
    }
}

std::string SipLoad::pending(const Timer& timer) const {
    const Call& call = calls_[timer.call];
    switch (timer.due) {
        case Due::invite:
            return call.phase == Phase::inviting && !call.proceeding ? text_.invite(timer.call)
                                                                     : std::string();
        case Due::answer:
            return call.answer;
        case Due::bye:
            return call.phase == Phase::ending ? text_.bye(timer.call, call.dialog) : std::string();
        case Due::hang_up:
            break;
    }
    return {};
}

void SipLoad::repeat(Timer timer, std::int64_t now) {
    const std::string text = pending(timer);
    if (text.empty()) return;
    if (now >= timer.until) {
        end(calls_[timer.call], &SipLoadSecond::failed, now);
        calls_[timer.call].answer = {};
        return;
    }
    send_(timer.due == Due::answer ? Party::callee : Party::caller, text);
    ++second(now).repeated;
    timer.at = now + timer.wait;
    timer.wait = std::min(2 * timer.wait, kT2);
    timers_.push(timer);
}

void SipLoad::tick(std::int64_t now) {
    while (!timers_.empty() && timers_.top().at <= now) {
        const Timer timer = timers_.top();
        timers_.pop();
        if (timer.due != Due::hang_up)
            repeat(timer, now);
        else if (calls_[timer.call].phase == Phase::talking)
            hang_up(timer.call, now);
    }
}

}  // namespace weir::bench
