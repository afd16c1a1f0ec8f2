// SPDX-License-Identifier: Apache-2.0
// Why the guard before the stack refused a message: one table of reason, metric label and help.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir::signaling {

enum class GuardReason : std::uint8_t {
    too_big,
    not_sip,
    start_line,
    version,
    header_syntax,
    too_many_headers,
    header_too_long,
    truncated,
    content_length,
    missing_header,
    repeated_header,
    via_syntax,
    too_many_vias,
    via_transport,
    cseq,
    method_mismatch,
    request_uri,
    address,
    max_forwards,
    status,
    unmatched_response,
    unmatched_ack,
    too_many_connections,
    slow_message,
    event_queue_full,
    not_admitted,
    source_rate,
};
inline constexpr std::size_t kGuardReasons = static_cast<std::size_t>(GuardReason::source_rate) + 1;

// The label of the metric weir_signaling_guard_drops_total. Thread: any.
[[nodiscard]] const char* to_string(GuardReason reason);

using GuardCounters = std::array<std::uint64_t, kGuardReasons>;

}  // namespace weir::signaling
