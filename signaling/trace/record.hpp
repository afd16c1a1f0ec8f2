// SPDX-License-Identifier: Apache-2.0
// The records of the flight recorder and how they lie in a segment file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/base/clock.hpp"
#include "signaling/api/call_events.hpp"

namespace weir::signaling {

// A call of one life of the process: CallId begins again with each start.
struct TracedCall {
    std::uint64_t boot = 0;  // wall clock of the start, ns
    CallId call;
    auto operator<=>(const TracedCall&) const = default;
};

enum class RecordKind : std::uint8_t {
    begin = 1,  // payload: name of the configuration, CallSetup
    input,      // CallInput
    actions,    // state after the step, then the actions of the input before it
    finish,     // nothing: the machine is done
    way         // SentWay: how a request of the actions before it went, or went in the end
};

struct TraceRecord {
    RecordKind kind = RecordKind::begin;
    TracedCall call;
    MonoTime mono;
    WallTime wall;
    std::string payload;
};

// On disk: u32 size of the rest, u32 CRC-32 of the rest, then kind, boot, call, mono, wall (little
// endian), payload.
void append_record(std::string& out, const TraceRecord& record);
// Takes one record from the front; none: the rest is damaged, or was not written whole.
[[nodiscard]] std::optional<TraceRecord> take_record(std::string_view& bytes);

}  // namespace weir::signaling
