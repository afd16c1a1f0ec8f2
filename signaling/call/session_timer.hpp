// SPDX-License-Identifier: Apache-2.0
// SessionTimer: the session timer of one leg (RFC 4028), negotiated in both roles.
//
// Pure; thread: the caller's. The machine asks it what to write into requests and 2xx responses and
// when to refresh or to give up; it holds no clock.
//
// clang-format off
// | we are | the message                          | what becomes of the timer |
// |--------|--------------------------------------|----------------------------------------------------|
// | UAS    | Session-Expires below our Min-SE     | 422 with Min-SE, if the peer knows `timer` (RFC 4028 9) |
// | UAS    | Session-Expires                      | agreed; the refresher that the peer names, else see below |
// | UAS    | none, but the timer runs, we want one or the other leg has one | written into our 2xx all the same (9) |
// | UAS    | none of these                        | off |
// | UAC    | 2xx with Session-Expires             | agreed; refresher=uac is us (7.2) |
// | UAC    | 2xx without, and we had asked        | we refresh alone and nothing expires (7.2) |
// | UAC    | 2xx without                          | off |
// | UAC    | 422                                  | asked again with the peer's Min-SE (7.4), if it is higher |
//
// The refresher that nobody has named: a peer that does not know `timer`: us (table 2 of 9); the role
// that runs; the one of the other leg; us with `session refresh`; else the peer.
// clang-format on
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "signaling/api/message.hpp"

namespace weir::signaling {

// RFC 4028 4 and 5: no interval is shorter than 90 s.
inline constexpr std::uint32_t kShortestSession = 90;
// A day: spec B.7's upper bound of `session-expires`; a longer wish is cut to it.
inline constexpr std::uint32_t kLongestSession = 86'400;

// What a message, or the other leg, says of a session timer.
struct SessionWish {
    std::uint32_t interval = 0;  // seconds, Session-Expires; 0 = none
    std::optional<bool> by_uac;  // refresher=uac (true), =uas (false)
    std::uint32_t min_se = 0;    // seconds, Min-SE; 0 = none
};
[[nodiscard]] SessionWish session_wish(const SipMessage& message);

// session refresh; min-se S [session-expires S] (spec B.7).
struct SessionSettings {
    bool own = false;  // we ask for a timer although nobody else does
    std::uint32_t min_se = 1800;
    std::uint32_t interval = 1800;
};

class SessionTimer {
public:
    enum class Refresher : std::uint8_t { none, us, peer };

    SessionTimer() = default;
    explicit SessionTimer(const SessionSettings& settings) : settings_(settings) {}

    // ---- as UAS: an INVITE or UPDATE of the peer
    [[nodiscard]] bool is_too_small(const SipMessage& request) const;
    // The value of Min-SE in our 422.
    [[nodiscard]] std::uint32_t min_se() const { return settings_.min_se; }
    // Writes our 2xx to `request` and settles the timer; `other`: what the other leg has agreed.
    void answer(const SipMessage& request, const SessionWish& other, SipMessage& response);

    // ---- as UAC: an INVITE or UPDATE of ours
    // Writes Supported, Min-SE and, if a timer is wanted, Session-Expires; `other`: what the
    // request of the other leg says.
    void ask(SipMessage& request, const SessionWish& other);
    // A 422: whether it is worth asking again (a higher Min-SE than we have asked with).
    [[nodiscard]] bool raise(const SipMessage& refused);
    // A 2xx to our request.
    void on_answer(const SipMessage& response);

    // ---- what holds now
    [[nodiscard]] Refresher refresher() const { return refresher_; }
    [[nodiscard]] std::uint32_t interval() const { return interval_; }  // seconds; 0 = no timer
    [[nodiscard]] bool expires() const { return expires_; }
    [[nodiscard]] std::chrono::seconds refresh_after() const;  // half of the interval (RFC 4028 10)
    // When the call is given up: min(32 s, a third) before the interval ends (10).
    [[nodiscard]] std::chrono::seconds expires_after() const;
    // As the other leg hears it: uac there is uac here, since we stand between the two.
    [[nodiscard]] SessionWish agreed_as_uac() const;

private:
    SessionSettings settings_;
    std::uint32_t raised_min_se_ = 0;  // of a 422
    std::uint32_t asked_ = 0;          // interval of our last request
    std::uint32_t interval_ = 0;
    Refresher refresher_ = Refresher::none;
    bool expires_ = false;
};

}  // namespace weir::signaling
