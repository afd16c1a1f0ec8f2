// SPDX-License-Identifier: Apache-2.0
// Finding calls in the flight recorder's directory and reading one of them whole.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/base/result.hpp"
#include "signaling/call/call.hpp"
#include "signaling/trace/record.hpp"
#include "signaling/trace/ways.hpp"

namespace weir::signaling {

// What a call is looked for by. A key is one of call-id (BOOT.CALL or CALL), calling, called,
// number (either), sip-call-id, session-id, guid, peer; "" takes any value.
struct TraceQuery {
    std::string key;
    std::string value;
};

struct FoundCall {
    TracedCall call;
    WallTime began;
    std::string calling;
    std::string called;
    std::string sip_call_id;  // of the caller's leg
    std::string guid;
};

// The newest calls first, at most kTraceMaxFound. Total on damaged files. Thread: not sip (it reads
// files).
[[nodiscard]] std::vector<FoundCall> find_calls(const std::string& directory,
                                                const TraceQuery& query);

// One call, decoded.
struct RecordedStep {
    Moment now;
    std::optional<CallInput> input;  // none: the begin of the call
    CallState state = CallState::routing;
    std::vector<CallAction> actions;
    std::string action_bytes;  // state and actions as they were recorded
    std::vector<std::pair<Moment, SentWay>>
        ways;                  // of requests of these actions, or of earlier ones
    bool has_actions = false;  // false: the record was lost, or the process died inside the step
};
struct RecordedCall {
    TracedCall id;
    std::string config_name;
    CallSetup setup;  // without config
    std::vector<RecordedStep> steps;
    bool is_finished = false;
};

// Errors: unavailable, when its beginning is not (any more) in the store; invalid, when a record
// cannot be decoded: it was written by another version.
[[nodiscard]] Result<RecordedCall> read_call(const std::string& directory, TracedCall call);
// The text of the configuration with which the call was routed.
[[nodiscard]] Result<std::string> read_trace_config(const std::string& directory,
                                                    const std::string& name);

// A call in one file, with its configuration, for `weir replay` on another machine.
[[nodiscard]] Result<std::string> export_call(const std::string& directory, TracedCall call);
struct ExportedCall {
    RecordedCall call;
    std::string config_text;
};
[[nodiscard]] Result<ExportedCall> import_call(std::string_view bytes);

}  // namespace weir::signaling
