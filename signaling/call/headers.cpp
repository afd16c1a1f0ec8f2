// SPDX-License-Identifier: Apache-2.0
// Call: what every message of ours carries (Session-ID, Max-Forwards), and causes both ways.
#include <algorithm>

#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/causes.hpp"

namespace weir::signaling {
namespace {

bool begins_dialog(const SipMessage& message) {
    const std::string* to = message.find("To");
    return message.is_request && message.method == "INVITE" && to != nullptr &&
           to->find(";tag=") == std::string::npos;
}

}  // namespace

// RFC 7989 7: for a party that does not know the header we speak, under a name that stays.
void Call::learn_session(const SipMessage& message) {
    if (!message.is_request && message.status == 100) return;
    const auto end = static_cast<std::size_t>(side_of_message(message));
    if (headers_.sessions.learn(end, message)) return;
    const std::uint64_t high = draw(UINT64_MAX);
    headers_.sessions.speak_for(end, make_session_uuid(high, draw(UINT64_MAX)));
}

void Call::learn_headers(const CallInput& input) {
    if (const auto* request = std::get_if<RequestReceived>(&input))
        learn_session(request->request.message);
    if (const auto* response = std::get_if<ResponseReceived>(&input))
        learn_session(response->response.message);
}

// The last step of the machine for everything that it sends.
void Call::finish_headers(SipMessage& message) {
    const Side side = side_of_message(message);
    if (begins_dialog(message)) {
        headers_.sessions.forget(static_cast<std::size_t>(side));  // another party: its own UUID
    } else if (message.is_request) {
        const auto hops = option(side, &config::SipOptions::max_forwards);
        message.set("Max-Forwards", std::to_string(hops));
    }
    message.set("Session-ID", headers_.sessions.toward(static_cast<std::size_t>(side)));
}

void Call::finish_actions() {
    for (auto& action : actions_) {
        if (auto* response = std::get_if<Respond>(&action)) finish_headers(response->response);
        if (auto* request = std::get_if<SendRequest>(&action))
            finish_headers(request->request.message);
        if (auto* ack = std::get_if<SendAck>(&action)) finish_headers(ack->ack.message);
    }
}

// Spec E.8: Reason counts only with `reason-header override` of the leg's peer.
int Call::cause_of(const SipMessage& response, Side side) const {
    if (option(side, &config::SipOptions::reason_header_override))
        if (const auto cause = q850_reason(response)) return *cause;
    return cause_of_status(*setup_.config, response);
}

// The same of a BYE or CANCEL, which mean normal clearing.
int Call::cause_of_release(const SipMessage& request, Side side) const {
    if (option(side, &config::SipOptions::reason_header_override))
        if (const auto cause = q850_reason(request)) return *cause;
    return dialplan::kCauseNormalClearing;
}

// Spec B.9 error-passthru: the callee's status as it is; but a challenge is for us, not for the
// caller, which has no credentials of that realm.
int Call::status_toward_caller(int received, int cause) const {
    const bool passes = option(Side::a, &config::SipOptions::error_passthru) ||
                        option(Side::b, &config::SipOptions::error_passthru);
    const bool challenge = received == 401 || received == 407;
    if (passes && received >= 400 && !challenge) return received;
    return status_of_cause(*setup_.config, cause);
}

// Spec E.8; elements of other protocols that came with a release go on beside our own.
std::string Call::reason_for(int cause) const {
    std::string reason = reason_value(cause);
    if (!headers_.other_reasons.empty()) reason += ", " + headers_.other_reasons;
    return reason;
}

// Spec B.9 warn-header: our own text, for people (RFC 3261 20.43, code 399).
void Call::add_warning(SipMessage& response, int cause) const {
    if (!option(Side::a, &config::SipOptions::warn_header)) return;
    if (response.find("Warning") != nullptr) return;
    const std::string host = uri_host(setup_.invite.path.local.address);
    response.add("Warning", "399 " + host + " \"" + std::to_string(response.status) + " " +
                                std::string(default_phrase(response.status)) + ", Q.850 cause " +
                                std::to_string(cause) + "\"");
}

}  // namespace weir::signaling
