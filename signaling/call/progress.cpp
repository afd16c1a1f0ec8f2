// SPDX-License-Identifier: Apache-2.0
// Call: provisional responses of the callee, passed on unreliably (spec E.5), and early media (N5).
#include "config/base/limits.hpp"
#include "signaling/call/call.hpp"

namespace weir::signaling {

void Call::on_progress(const IncomingResponse& response) {
    const SipMessage& message = response.message;
    if (message.status == 100 || state_ != CallState::inviting) return;
    if (++progress_count_ > kMaxProvisionals) return;
    Leg& callee = leg(Side::b);
    callee.dialog->on_response(message);
    learn_party(Side::b, message);
    ringing_ = true;
    std::string body;
    if (early_offer_ && !message.body.empty()) {
        const auto answer = sdp::Description::parse(message.body);
        const auto projected =
            answer ? project(*answer, Side::a, &offer_->sent) : Result<sdp::Description>(answer);
        // A description that cannot be used leaves the bare response: it says that the phone rings.
        if (projected) {
            point(Side::b, *answer);
            // Spec E.6: without PRACK the caller keeps the first answer of the forks; media follow
            // the latest one.
            if (!early_answer_) early_answer_ = *answer;
            const auto first = project(*early_answer_, Side::a, &offer_->sent);
            if (first) body = stamp(*first, Side::a);
        }
    }
    // Spec E.5: 180 with SDP becomes 183; an 18x without SDP stays what it is.
    const int status = message.status == 180 && !body.empty() ? 183 : message.status;
    respond_invite(leg(Side::a).dialog->response(setup_.invite.message, status, std::move(body)));
}

}  // namespace weir::signaling
