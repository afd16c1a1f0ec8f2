// SPDX-License-Identifier: Apache-2.0
// The table of a registration.
#include "signaling/edge/registration.hpp"

#include <algorithm>

namespace weir::signaling {
namespace {

constexpr std::uint8_t kMostAnswers = 2;  // the first challenge, and one stale nonce

}  // namespace

Registration::Step Registration::send(bool with_answer) {
    return {true, with_answer, std::nullopt};
}

Registration::Step Registration::start() {
    phase_ = Phase::registering;
    answers_ = 0;
    lengthened_ = false;
    return send(false);
}

Registration::Step Registration::due() {
    return start();
}

Registration::Step Registration::stop(MonoTime now) {
    if (!is_registered(now)) {
        phase_ = Phase::idle;
        return {};
    }
    phase_ = Phase::removing;
    answers_ = 0;
    return send(false);
}

Registration::Step Registration::answered(const RegisterAnswer& answer, MonoTime now,
                                          std::uint32_t draw) {
    last_status_ = answer.status;
    const bool challenged = answer.status == 401 || answer.status == 407;
    if (challenged && answer.can_answer && answers_ < kMostAnswers) {
        ++answers_;
        return send(true);
    }
    if (phase_ == Phase::removing) {
        phase_ = Phase::idle;
        until_.reset();
        return {};
    }
    if (answer.status >= 200 && answer.status < 300) {
        const auto granted = answer.granted.value_or(asked_);
        failures_ = 0;
        until_ = now + granted;
        phase_ = Phase::registered;
        const auto refresh = std::chrono::milliseconds(granted) * settings_.refresh_ratio / 100;
        return {false, false, std::max<std::chrono::nanoseconds>(refresh, std::chrono::seconds(1))};
    }
    // RFC 3261 10.2.8; a registrar that asks for ever more is left alone.
    if (answer.status == 423 && answer.min_expires && *answer.min_expires > asked_ &&
        !lengthened_) {
        lengthened_ = true;
        asked_ = *answer.min_expires;
        answers_ = 0;
        return send(false);
    }
    return back_off(answer, draw);
}

Registration::Step Registration::back_off(const RegisterAnswer& answer, std::uint32_t draw) {
    phase_ = Phase::waiting;
    constexpr std::uint32_t kMostDoublings = 6;  // 30 s x 64 is beyond the bound
    const auto most = std::min<std::chrono::milliseconds>(
        kRegisterBase * (1U << std::min(failures_, kMostDoublings)), kRegisterMost);
    ++failures_;
    auto wait = most / 2 + most * draw / 2000;
    if (answer.retry_after)
        wait = std::max<std::chrono::milliseconds>(
            wait, std::min<std::chrono::milliseconds>(*answer.retry_after, kRegisterMost));
    return {false, false, wait};
}

std::chrono::seconds Registration::left(MonoTime now) const {
    if (!is_registered(now)) return std::chrono::seconds(0);
    return std::chrono::duration_cast<std::chrono::seconds>(*until_ - now);
}

}  // namespace weir::signaling
