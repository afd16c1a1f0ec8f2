// SPDX-License-Identifier: Apache-2.0
// The table of options_ping.hpp.
#include "signaling/call/options_ping.hpp"

namespace weir::signaling {

OptionsPing::Next OptionsPing::start(std::chrono::seconds interval) {
    interval_ = interval;
    state_ = interval.count() == 0 ? State::off : State::waiting;
    return state_ == State::off ? Next::nothing : Next::wait;
}

OptionsPing::Next OptionsPing::due(bool has_session_timer) {
    if (state_ != State::waiting) return Next::nothing;
    if (has_session_timer) return Next::wait;
    state_ = State::asked;
    return Next::ask;
}

OptionsPing::Next OptionsPing::answered(int status) {
    if (state_ != State::asked) return Next::nothing;
    const bool lost = status == 0 || status == 408 || status == 481;
    state_ = lost ? State::off : State::waiting;
    return lost ? Next::lost : Next::wait;
}

}  // namespace weir::signaling
