// SPDX-License-Identifier: Apache-2.0
// OptionsPing: OPTIONS inside the confirmed dialog of one leg (`options-ping S`, spec A.12), so
// that a party that has gone away without a BYE does not keep a call for ever. Pure; thread: the
// caller's.
//
// clang-format off
// | state   | what comes                                   | what follows                | becomes |
// |---------|----------------------------------------------|-----------------------------|---------|
// | off     | a dialog is confirmed, and S is set          | wait S                      | waiting |
// | waiting | S is over, the leg has a session timer       | wait S: its refreshes do it (A.12) | waiting |
// | waiting | S is over                                    | OPTIONS                     | asked   |
// | asked   | 408, 481, no answer (RFC 5057 5.1)           | the dialog is lost: the call ends | off |
// | asked   | any other final response                     | wait S                      | waiting |
// | any     | the dialog ends                              |                             | off     |
// clang-format on
#pragma once

#include <chrono>
#include <cstdint>

namespace weir::signaling {

class OptionsPing {
public:
    enum class State : std::uint8_t { off, waiting, asked };
    enum class Next : std::uint8_t {
        nothing,
        wait,  // interval()
        ask,   // send OPTIONS
        lost,  // the other side has no dialog any more
    };

    // `interval` 0: no pings. What ran for another dialog of the leg ends.
    [[nodiscard]] Next start(std::chrono::seconds interval);
    // The wait is over; `has_session_timer`: RFC 4028 watches over the dialog already.
    [[nodiscard]] Next due(bool has_session_timer);
    // A final response to the OPTIONS; `status` 0: none came.
    [[nodiscard]] Next answered(int status);
    void stop() { state_ = State::off; }

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] std::chrono::seconds interval() const { return interval_; }

private:
    State state_ = State::off;
    std::chrono::seconds interval_{0};
};

}  // namespace weir::signaling
