// SPDX-License-Identifier: Apache-2.0
// Provisional responses from leg to leg (spec E.5) and P-Early-Media (RFC 5009).
#include "signaling/call/early_media.hpp"

#include "config/base/text.hpp"

namespace weir::signaling {
namespace {

bool is_blocked(config::BlockWhen when, bool has_sdp) {
    switch (when) {
        case config::BlockWhen::never:
            return false;
        case config::BlockWhen::always:
            return true;
        case config::BlockWhen::sdp_absent:
            return !has_sdp;
        case config::BlockWhen::sdp_present:
            return has_sdp;
    }
    return false;
}

}  // namespace

ProgressDecision decide_progress(int status, bool has_sdp, const ProgressSettings& settings) {
    ProgressDecision decision{true, status, has_sdp};
    if (is_blocked(settings.block, has_sdp) || (status == 199 && !settings.caller_supports_199)) {
        decision.forward = false;
        decision.use_sdp = false;
        return decision;
    }
    if (status == 180 && settings.disable_early_media_180) decision.use_sdp = false;
    if (status == 180 && decision.use_sdp && !settings.send_180_sdp) decision.status = 183;
    if (status == 181 && settings.map_181_to_183) decision.status = 183;
    return decision;
}

bool early_media_is_open(std::string_view value, bool before) {
    bool open = before;
    for (const auto piece : text::split(value, ',')) {
        const auto word = text::trim(piece);
        // From the side of the sender: what it sends comes to our caller.
        if (text::iequals(word, "sendrecv") || text::iequals(word, "sendonly")) open = true;
        if (text::iequals(word, "inactive") || text::iequals(word, "recvonly")) open = false;
    }
    return open;
}

}  // namespace weir::signaling
