// SPDX-License-Identifier: Apache-2.0
// The door: trust first, then what is offered, then whether service is on.
#include "signaling/edge/admission.hpp"

#include <algorithm>

#include "config/base/limits.hpp"
#include "dialplan/cause.hpp"
#include "signaling/api/message.hpp"

namespace weir::signaling {

bool is_offered_method(std::string_view method) {
    const auto offered = split_list(kAllow);
    return std::find(offered.begin(), offered.end(), method) != offered.end();
}

Admission admit(const config::VoiceService& voice, const TrustedSources& trusted,
                const Arrival& arrival) {
    const bool offered = is_offered_method(arrival.method);
    if (!arrival.in_dialog && !arrival.bound && !trusted.is_trusted(arrival.source)) {
        // N19: silence to an untrusted source that asks for a method we do not have.
        if (voice.silent_discard_untrusted || !offered) {
            return {.verdict = Admission::Verdict::discard, .trusted = false};
        }
        const int cause = voice.trusted.call_block_cause;
        return {.verdict = Admission::Verdict::refuse,
                .status = dialplan::sip_from_q850(cause),
                .q850_cause = cause,
                .trusted = false};
    }
    if (!offered) {
        return {.verdict = Admission::Verdict::refuse, .status = 405, .send_allow = true};
    }
    // `shutdown` stops new calls and answers pings 503 (spec A.12); calls in progress go on.
    const bool starts_something = arrival.method == "INVITE" || arrival.method == "OPTIONS";
    if (voice.shutdown && starts_something && !arrival.in_dialog) {
        return {.verdict = Admission::Verdict::refuse,
                .status = 503,
                .q850_cause = dialplan::kCauseServiceUnavailable};
    }
    return {};
}

bool DiscardLog::note(MonoTime now) {
    ++total_;
    ++pending_;
    if (pending_ < kDiscardsPerLogLine) return false;
    if (logged_ && now - last_line_ < kDiscardLogInterval) return false;
    since_line_ = pending_;
    pending_ = 0;
    last_line_ = now;
    logged_ = true;
    return true;
}

}  // namespace weir::signaling
