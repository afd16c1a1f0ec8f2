// SPDX-License-Identifier: Apache-2.0
// Registration: one number at one registrar (spec B.11, RFC 3261 10.2, RFC 5626 4.5), pure.
//
//   phase         what comes                      becomes       what is done
//   idle          start                           registering   REGISTER
//   registering   200                             registered    refresh after ratio x expires
//   registering   401, 407 that can be answered   registering   REGISTER with digest (once; again
//                                                               when the nonce was stale)
//   registering   423 with Min-Expires            registering   REGISTER with that time (once)
//   registering   anything else, no answer        waiting       again after the back-off
//   registered    refresh is due                  registering   REGISTER
//   waiting       the time is over                registering   REGISTER
//   any           stop                            removing      REGISTER, Expires 0, where
//   something
//                                                               is registered
//   removing      any final answer, no answer     idle
//
// A refresh that fails leaves what is registered until its time has run out.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "config/base/clock.hpp"

namespace weir::signaling {

// Upper bound of the n-th wait: 30 s x 2^n, at most half an hour; the wait is half of it and more,
// drawn (RFC 5626 4.5).
inline constexpr auto kRegisterBase = std::chrono::seconds(30);
inline constexpr auto kRegisterMost = std::chrono::seconds(1800);

struct RegistrationSettings {
    std::chrono::seconds expires{3600};
    std::uint8_t refresh_ratio = 80;  // percent of what the registrar grants
};

// What a final response to a REGISTER says.
struct RegisterAnswer {
    int status = 0;                                   // 0: there was none
    std::optional<std::chrono::seconds> granted;      // of our contact, in a 200
    std::optional<std::chrono::seconds> min_expires;  // of a 423
    std::optional<std::chrono::seconds> retry_after;  // of any failure
    bool can_answer = false;  // 401, 407: a challenge that may be answered and a password for it
};

class Registration {
public:
    enum class Phase : std::uint8_t { idle, registering, registered, waiting, removing };
    // What follows: send now (with digest or not), or wait.
    struct Step {
        bool send = false;
        bool with_answer = false;  // the REGISTER carries the answer to the challenge
        std::optional<std::chrono::nanoseconds> wait;
    };

    explicit Registration(const RegistrationSettings& settings)
        : settings_(settings), asked_(settings.expires) {}

    [[nodiscard]] Step start();
    // `draw` is an even random number, 0..999, for the back-off.
    [[nodiscard]] Step answered(const RegisterAnswer& answer, MonoTime now, std::uint32_t draw);
    [[nodiscard]] Step due();  // the wait is over
    [[nodiscard]] Step stop(MonoTime now);

    [[nodiscard]] Phase phase() const { return phase_; }
    // Expires of the REGISTER to send.
    [[nodiscard]] std::chrono::seconds asked() const {
        return phase_ == Phase::removing ? std::chrono::seconds(0) : asked_;
    }
    [[nodiscard]] bool is_registered(MonoTime now) const { return until_ && now < *until_; }
    // Until it runs out; 0 = it is not registered.
    [[nodiscard]] std::chrono::seconds left(MonoTime now) const;
    [[nodiscard]] std::uint32_t failures() const { return failures_; }  // in a row
    [[nodiscard]] int last_status() const { return last_status_; }

private:
    [[nodiscard]] Step send(bool with_answer);
    [[nodiscard]] Step back_off(const RegisterAnswer& answer, std::uint32_t draw);

    RegistrationSettings settings_;
    Phase phase_ = Phase::idle;
    std::chrono::seconds asked_;
    std::optional<MonoTime> until_;
    std::uint32_t failures_ = 0;
    std::uint8_t answers_ = 0;  // digest answers of this round
    bool lengthened_ = false;   // by a 423 of this round
    int last_status_ = 0;
};

}  // namespace weir::signaling
