// SPDX-License-Identifier: Apache-2.0
// The labels of the guard's reasons.
#include "signaling/sip/guard_reason.hpp"

namespace weir::signaling {

const char* to_string(GuardReason reason) {
    switch (reason) {
        case GuardReason::too_big:
            return "too_big";
        case GuardReason::not_sip:
            return "not_sip";
        case GuardReason::start_line:
            return "start_line";
        case GuardReason::version:
            return "version";
        case GuardReason::header_syntax:
            return "header_syntax";
        case GuardReason::too_many_headers:
            return "too_many_headers";
        case GuardReason::header_too_long:
            return "header_too_long";
        case GuardReason::truncated:
            return "truncated";
        case GuardReason::content_length:
            return "content_length";
        case GuardReason::missing_header:
            return "missing_header";
        case GuardReason::repeated_header:
            return "repeated_header";
        case GuardReason::via_syntax:
            return "via_syntax";
        case GuardReason::too_many_vias:
            return "too_many_vias";
        case GuardReason::via_transport:
            return "via_transport";
        case GuardReason::cseq:
            return "cseq";
        case GuardReason::method_mismatch:
            return "method_mismatch";
        case GuardReason::request_uri:
            return "request_uri";
        case GuardReason::address:
            return "address";
        case GuardReason::max_forwards:
            return "max_forwards";
        case GuardReason::status:
            return "status";
        case GuardReason::unmatched_response:
            return "unmatched_response";
        case GuardReason::unmatched_ack:
            return "unmatched_ack";
        case GuardReason::too_many_connections:
            return "too_many_connections";
        case GuardReason::slow_message:
            return "slow_message";
        case GuardReason::event_queue_full:
            return "event_queue_full";
        case GuardReason::not_admitted:
            return "not_admitted";
        case GuardReason::source_rate:
            return "source_rate";
    }
    return "?";
}

}  // namespace weir::signaling
