// SPDX-License-Identifier: Apache-2.0
// Call: requests inside its dialogs; OPTIONS is answered here, what is not offered gets 405 (N19).
#include "signaling/call/call.hpp"
#include "signaling/call/screening.hpp"

namespace weir::signaling {

void Call::on_request(const RequestReceived& event) {
    const SipMessage& message = event.request.message;
    if (on_departed_request(event.request)) return;
    Leg& party = leg(event.side);
    // RFC 3262 3: a PRACK is expected even behind the final response.
    if (message.method == "PRACK" && event.side == Side::a) return on_prack(event.request);
    if (event.side == Side::b && !party.dialog->matches(message)) {
        // An early dialog of another fork: behind the 2xx the one that answered stays the call's.
        if (party.state != Leg::State::inviting)
            return refuse_request(event.request, event.side, 481);
        early_.forks.select_for_request(message, *party.dialog);
    }
    const bool is_over = party.state == Leg::State::gone || party.state == Leg::State::idle;
    if (is_over && !(message.method == "BYE" && party.state == Leg::State::closing))
        return refuse_request(event.request, event.side, 481);
    if (party.dialog->on_request(message) == RequestOrder::stale)
        return refuse_request(event.request, event.side, 500);
    if (message.method == "BYE") return on_bye(event.side, event.request);
    if (party.state == Leg::State::closing) return refuse_request(event.request, event.side, 481);
    // RFC 3261 8.2.2.3. What passes is for the other party to understand; a BYE has ended the call.
    if (!passes_on(message.method) && !unknown_extensions(message).empty())
        return refuse_request(event.request, event.side, 420);
    if (message.method == "PRACK") return refuse_request(event.request, event.side, 481);
    if (message.method == "UPDATE" && state_ == CallState::inviting)
        return on_early_update(event.side, event.request);
    // Spec E.6: an UPDATE that only says who is there now crosses, while we answer it here.
    const Side far = dataplane::other(event.side);
    const bool tells = message.find("Remote-Party-ID") != nullptr ||
                       message.find("P-Asserted-Identity") != nullptr;
    if (message.method == "UPDATE" && message.body.empty() && tells &&
        leg(far).state == Leg::State::up && leg(far).allows_update &&
        option(far, &config::SipOptions::update_callerid)) {
        SipMessage update = leg(far).dialog->request("UPDATE");
        carry_headers(message, update, far);
        // Nobody waits for the answer: who does not want to know may refuse it.
        static_cast<void>(
            send(far, std::move(update), timer(far, "update"), retries(far, "update")));
    }
    if (message.method == "INVITE" || message.method == "UPDATE")
        return on_offer(event.side, event.request);
    if (message.method == "OPTIONS") return answer_options(event.side, event.request);
    if (message.method == "REFER") return on_refer(event);
    if (passes_on(message.method)) return pass_request(event.side, event.request);
    refuse_request(event.request, event.side, 405);
}

void Call::answer_options(Side side, const IncomingRequest& request) {
    SipMessage response = leg(side).dialog->response(request.message, 200);
    response.add("Allow", std::string(allowed_methods()));
    response.add("Accept", "application/sdp");
    response.add("Supported", "timer, replaces, norefersub");
    act(Respond{request.txn, std::move(response)});
}

}  // namespace weir::signaling
