// SPDX-License-Identifier: Apache-2.0
// CallTape: hears everything that goes into the machines of the calls and comes out of them.
#pragma once

#include <vector>

#include "signaling/call/call.hpp"

namespace weir::signaling {

// Thread: sip; must not block. The order of a call is on_begin, on_actions, then on_input and
// on_actions in turn, then on_finish.
class CallTape {
public:
    virtual ~CallTape() = default;
    virtual void on_begin(const CallSetup& setup, Moment now) = 0;
    virtual void on_input(CallId call, const CallInput& input, Moment now) = 0;
    virtual void on_actions(CallId call, CallState state, const std::vector<CallAction>& actions,
                            Moment now) = 0;
    virtual void on_finish(CallId call, Moment now) = 0;
};

}  // namespace weir::signaling
