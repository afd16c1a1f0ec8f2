// SPDX-License-Identifier: Apache-2.0
// Intake; see intake.hpp.
#include "signaling/sip/intake.hpp"

#include <utility>

#include "signaling/sip/syntax.hpp"

namespace weir::signaling {

bool Intake::is_muted(std::string_view bytes, const SipPath& path, MonoTime at) {
    if (bytes.starts_with("SIP/") || !sources_.is_muted(path.remote.address, at)) return false;
    stats_.drop(GuardReason::source_rate);
    return true;
}

void Intake::refuse(SipMessage response, const SipPath& path, const Answer& answer) {
    stamp_via(response, path.remote);
    stats_.sent.count(response);
    answer(response);
}

std::optional<ReceivedMessage> Intake::take(std::string_view bytes, const SipPath& path,
                                            MonoTime at, const Answer& answer) {
    Inspection inspection = inspect(bytes, path.transport);
    if (inspection.fault) {
        stats_.drop(*inspection.fault);
        if (!inspection.answer) return std::nullopt;
        if (is_stranger(path))
            sources_.note_refused(path.remote.address, at);
        else
            refuse(std::move(*inspection.answer), path, answer);
        return std::nullopt;
    }
    SipMessage& message = inspection.message;
    if (message.is_request) {
        if (admits_ && !admits_(&message, path)) {
            stats_.drop(GuardReason::not_admitted);
            sources_.note_refused(path.remote.address, at);
            return std::nullopt;
        }
        if (auto refusal = refuses_ ? refuses_(message, path) : std::nullopt) {
            refuse(std::move(*refusal), path, answer);
            return std::nullopt;
        }
        stamp_via(message, inspection.top.via, path.remote);
    }
    return ReceivedMessage{.message = std::move(message),
                           .path = path,
                           .received_at = at,
                           .top = std::move(inspection.top)};
}

}  // namespace weir::signaling
