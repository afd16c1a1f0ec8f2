// SPDX-License-Identifier: Apache-2.0
// MemoryTape: a flight recorder without a disk, for replays within a test.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "signaling/call/call_tape.hpp"
#include "signaling/trace/trace_reader.hpp"
#include "signaling/trace/value_codec.hpp"

namespace weir::signaling {

// Keeps what went into each machine and what came out, written and read as the flight recorder
// does.
class MemoryTape final : public CallTape {
public:
    void on_begin(const CallSetup& setup, Moment now) override {
        RecordedCall& call = calls[setup.id];
        call.setup = read<CallSetup>(written(setup));
        configs[setup.id] = setup.config;
        call.steps.push_back({now, std::nullopt, {}, {}, {}, {}, false});
    }
    void on_input(CallId call, const CallInput& input, Moment now) override {
        if (calls[call].is_finished) disorder.push_back(of(call) + ": an input behind its end");
        calls[call].steps.push_back({now, read<CallInput>(written(input)), {}, {}, {}, {}, false});
    }
    void on_actions(CallId call, CallState state, const std::vector<CallAction>& actions,
                    Moment) override {
        if (calls[call].is_finished) disorder.push_back(of(call) + ": an action behind its end");
        RecordedStep& step = calls[call].steps.back();
        append_values(step.action_bytes, redactor_, state, actions);
        step.state = state;
        step.actions = actions;
        step.has_actions = true;
    }
    void on_finish(CallId call, Moment) override { calls[call].is_finished = true; }

    std::map<CallId, RecordedCall> calls;
    std::map<CallId, config::ConfigPtr> configs;
    std::vector<std::string> disorder;  // what should not have come, in words

private:
    static std::string of(CallId call) { return "call " + std::to_string(call.value()); }
    template <typename Value>
    std::string written(const Value& value) const {
        std::string bytes;
        append_values(bytes, redactor_, value);
        return bytes;
    }
    template <typename Value>
    Value read(const std::string& bytes) {
        Value value{};
        ValueReader reader(bytes);
        if (!reader.get(value) || !reader.at_end())
            disorder.emplace_back("what was written cannot be read");
        return value;
    }
    Redactor redactor_{0};
};

}  // namespace weir::signaling
