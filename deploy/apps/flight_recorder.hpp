// SPDX-License-Identifier: Apache-2.0
// The flight recorder as weir-sip runs it: store, tape and desk; without a usable disk none, and
// the calls go on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/admin/command_table.hpp"
#include "config/base/clock.hpp"
#include "config/base/random.hpp"
#include "deploy/apps/trace_desk.hpp"
#include "signaling/call/call_table.hpp"
#include "signaling/sip/sofia_stack.hpp"
#include "signaling/trace/call_recorder.hpp"

namespace weir::apps {

class FlightRecorder {
public:
    // The tape of `calls` from now on. All outlive it; it outlives the calls' last event.
    FlightRecorder(const std::string& directory, signaling::CallTable& calls, Random& random,
                   const Clock& clock, Logger& log);
    FlightRecorder(const FlightRecorder&) = delete;
    FlightRecorder& operator=(const FlightRecorder&) = delete;
    ~FlightRecorder();

    // Hears from the stack which requests went otherwise than the calls meant.
    [[nodiscard]] signaling::SofiaStack::WayListener way_listener();
    void add_commands(config::CommandTable& table);
    [[nodiscard]] std::vector<Metric> metrics() const;  // thread: sip

private:
    signaling::CallTable& calls_;
    const Clock& clock_;
    std::unique_ptr<signaling::TraceStore> store_;
    std::unique_ptr<signaling::CallRecorder> recorder_;
    std::unique_ptr<TraceDesk> desk_;
};

}  // namespace weir::apps
