// SPDX-License-Identifier: Apache-2.0
// A traced call for people and tools: a ladder in text, JSON, and a capture for Wireshark.
#pragma once

#include <string>

#include "signaling/trace/trace_reader.hpp"

namespace weir::signaling {

// Messages between caller, Weir and callee with their times since the INVITE; with `events` also
// decisions, timers, media and the states of the call.
[[nodiscard]] std::string ladder(const RecordedCall& call, bool events);
// {"call", "began", "calling", ..., "steps": [{"at_ms", "input", "state", "actions": [..]}]}, with
// every message in full.
[[nodiscard]] std::string trace_json(const RecordedCall& call);
// A pcap file (link type RAW) of the messages, each in a UDP datagram between the addresses of its
// leg, whatever its transport was. The Via that the stack writes above our requests is not there.
[[nodiscard]] std::string trace_pcap(const RecordedCall& call);

}  // namespace weir::signaling
