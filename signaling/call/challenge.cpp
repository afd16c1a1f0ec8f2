// SPDX-License-Identifier: Apache-2.0
// Call: 401 and 407 to its own requests: the same again with an answer (RFC 3261 22.2, 22.3; the
// table stands in signaling/edge/digest.hpp). The rest of the machine does not notice: the repeated
// request has the token of the first.
#include <algorithm>

#include <fmt/format.h>

#include "signaling/call/call.hpp"

namespace weir::signaling {

// Only where a password is configured, and only until the final response.
void Call::remember(Token token, Side side, const OutgoingRequest& request) {
    remember_for(token, peer(side), request);
}

void Call::remember_for(Token token, const config::DialPeer& peer, const OutgoingRequest& request) {
    if (!has_digest_user(*setup_.config, peer)) return;
    services_.asked.push_back({token, peer.tag, request, {}});
}

void Call::forget_asked(Token token) {
    std::erase_if(services_.asked, [&](const Asked& asked) { return asked.token == token; });
}

// True: the response was a challenge, and the request has gone out again.
bool Call::answer_challenge(const ResponseReceived& event) {
    const int status = event.response.message.status;
    if (status < 200) return false;
    const auto found = std::find_if(services_.asked.begin(), services_.asked.end(),
                                    [&](const Asked& asked) { return asked.token == event.token; });
    if (found == services_.asked.end()) return false;
    const bool left_behind = std::any_of(strays_.begin(), strays_.end(), [&](const Stray& stray) {
        return stray.token == event.token;
    });
    const bool asks = status == 401 || status == 407;
    // Behind the end of a call only its BYE is worth another try; and the BYE of a dialog that has
    // been left behind counts on from what was asked in it until then.
    const bool over = state_ >= CallState::releasing && found->request.message.method != "BYE";
    if (!asks || left_behind || over || !found->attempt.may_repeat(event.response.message)) {
        services_.asked.erase(found);
        return false;
    }
    const config::DialPeer* known = setup_.config->find_peer(found->peer);
    auto again = with_digest_answers(found->request.message, event.response.message,
                                     fmt::format("{:016x}", draw(UINT64_MAX)), *setup_.config,
                                     known == nullptr ? config::default_dial_peer() : *known);
    Dialog* dialog = dialog_of(found->request.message);
    if (!again || dialog == nullptr) {
        services_.asked.erase(found);
        return false;
    }
    if (event.token == invite_token_) early_.forks.begin_again(*dialog);
    const std::uint32_t cseq = dialog->take_cseq();
    again->set("CSeq", std::to_string(cseq) + " " + again->method);
    if (again->method == "INVITE") dialog->keep_credentials(*again);
    found->attempt.note_repeat();
    found->request.message = *std::move(again);
    if (event.token == invite_token_) {
        invite_cseq_ = cseq;
        // Early dialogs of the repeated INVITE count on from its CSeq (PRACK, UPDATE).
        early_.forks.begin(*dialog);
    }
    if (exchange_ && event.token == exchange_->token) exchange_->cseq = cseq;
    if (services_.takeover && event.token == services_.takeover->token)
        services_.takeover->cseq = cseq;
    act(SendRequest{event.token, found->request});
    return true;
}

// The dialog that a request of ours was sent in.
Dialog* Call::dialog_of(const SipMessage& request) {
    // An INVITE that begins a dialog belongs to all that its 18x have begun.
    const std::string* to = request.find("To");
    const std::string* call_id = request.find("Call-ID");
    const auto address = to == nullptr ? Result<NameAddr>(NameAddr{}) : NameAddr::parse(*to);
    const bool begins = address && address->tag().empty();
    const auto is_of = [&](const Dialog& dialog) {
        return begins ? call_id != nullptr && dialog.call_id() == *call_id : dialog.sent(request);
    };
    for (const Side side : {Side::a, Side::b}) {
        Leg& party = leg(side);
        if (party.dialog && party.state != Leg::State::idle && is_of(*party.dialog))
            return &*party.dialog;
    }
    if (services_.takeover && services_.takeover->fresh.dialog &&
        is_of(*services_.takeover->fresh.dialog))
        return &*services_.takeover->fresh.dialog;
    for (auto& departed : services_.departed)
        if (is_of(departed.dialog)) return &departed.dialog;
    return begins ? nullptr : early_.forks.dialog_of(request);
}

}  // namespace weir::signaling
