// SPDX-License-Identifier: Apache-2.0
// Tags and keys of received requests.
#include "signaling/call/request_keys.hpp"

#include "config/base/limits.hpp"

namespace weir::signaling {

std::string merge_key(const SipMessage& request) {
    const std::string* call_id = request.find("Call-ID");
    const std::string* cseq = request.find("CSeq");
    if (call_id == nullptr || cseq == nullptr) return {};
    return *call_id + "\n" + tag_in(request, "From") + "\n" + *cseq;
}

Header retry_after() {
    return {"Retry-After", std::to_string(std::chrono::seconds(kRetryAfter).count())};
}

}  // namespace weir::signaling
