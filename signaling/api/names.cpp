// SPDX-License-Identifier: Apache-2.0
// The names of enumerators as logs, metrics and CDRs print them.
#include "signaling/api/recording_summary.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

const char* to_string(SipTransport transport) {
    switch (transport) {
        case SipTransport::udp:
            return "udp";
        case SipTransport::tcp:
            return "tcp";
        case SipTransport::tls:
            return "tls";
    }
    return "?";
}

const char* to_string(RecordingVerdict verdict) {
    switch (verdict) {
        case RecordingVerdict::proven:
            return "proven";
        case RecordingVerdict::consistent:
            return "consistent";
        case RecordingVerdict::unconfirmed:
            return "unconfirmed";
        case RecordingVerdict::incomplete:
            return "incomplete";
        case RecordingVerdict::failed:
            return "failed";
    }
    return "?";
}

}  // namespace weir::signaling
