// SPDX-License-Identifier: Apache-2.0
// The recorder's requests: which session, which answer.
#include <utility>

#include "config/base/text.hpp"
#include "forking/recorder/recorder_server.hpp"

namespace weir::forking {

using signaling::IncomingRequest;
using signaling::ServerTxn;
using signaling::SipMessage;

namespace {

std::string to_tag(const SipMessage& message) {
    const std::string* to = message.find("To");
    if (to == nullptr) return {};
    const auto address = signaling::NameAddr::parse(*to);
    return address ? address->tag() : std::string();
}

bool has_sdp(const SipMessage& message) {
    const std::string* type = message.find("Content-Type");
    return type != nullptr && text::istarts_with(text::trim(*type), "application/sdp");
}

}  // namespace

std::map<SessionKey, RecorderServer::Session>::iterator RecorderServer::find(
    const SipMessage& request) {
    const std::string* call_id = request.find("Call-ID");
    if (call_id == nullptr) return sessions_.end();
    const auto key = by_dialog_.find(*call_id + "\n" + to_tag(request));
    if (key == by_dialog_.end()) return sessions_.end();
    const auto found = sessions_.find(key->second);
    if (found == sessions_.end() || !found->second.dialog.matches(request)) return sessions_.end();
    return found;
}

std::map<SessionKey, RecorderServer::Session>::iterator RecorderServer::find(ServerTxn invite) {
    // Only CANCEL and a missing ACK come here: rare enough to look at every session.
    for (auto it = sessions_.begin(); it != sessions_.end(); ++it)
        if (it->second.invite == invite) return it;
    return sessions_.end();
}

void RecorderServer::on_request(IncomingRequest request) {
    const std::string& method = request.message.method;
    if (method == "ACK") return;  // of a dialog that is gone
    if (method == "INVITE") {
        on_invite(request);
    } else if (method == "BYE") {
        on_bye(request);
    } else if (method == "OPTIONS") {
        on_options(request);
    } else if (method == "UPDATE") {
        const auto found = find(request.message);
        if (found == sessions_.end())
            refuse(request, 481);
        else
            on_renegotiation(found->first, request);
    } else {
        refuse(request, 405);
    }
}

void RecorderServer::refuse(const IncomingRequest& request, int status) {
    SipMessage response = signaling::make_response(request.message, status, "", random_.hex(16));
    response.add("Server", signaling::product_token());
    if (status == 405) response.add("Allow", std::string(signaling::allowed_methods()));
    if (status == 415) response.add("Accept", "application/sdp");
    if (status == 503) response.add("Retry-After", "10");
    if (status == 302 && !settings_.redirect.empty()) response.add("Contact", settings_.redirect);
    if (status == 420) {
        for (const std::string_view value : request.message.all("Require"))
            response.add("Unsupported", std::string(value));
    }
    if (request.message.method == "INVITE") ++refused_;
    stack_.respond(request.txn, response);
}

int RecorderServer::refusal_of(const SipMessage& message) const {
    if (settings_.refuse != 0) return settings_.refuse;
    if (message.find("Require") != nullptr) return 420;  // RFC 3261 8.2.2.3: we know no extension
    if (stopped_ || sessions_.size() >= settings_.max_sessions) return 503;
    if (message.body.empty()) return 488;  // the ORA form always has an offer
    if (!has_sdp(message)) return 415;
    return 0;
}

void RecorderServer::on_invite(const IncomingRequest& request) {
    if (to_tag(request.message).empty()) {
        on_new_invite(request);
        return;
    }
    const auto found = find(request.message);
    if (found == sessions_.end())
        refuse(request, 481);
    else
        on_renegotiation(found->first, request);
}

void RecorderServer::on_new_invite(const IncomingRequest& request) {
    if (const int status = refusal_of(request.message); status != 0) {
        refuse(request, status);
        return;
    }
    auto offer = read_offer(request.message.body);
    if (!offer) {
        log_.info("recorder.offer_refused", {{"error", offer.error().context}});
        refuse(request, 488);
        return;
    }
    auto dialog = signaling::Dialog::from_invite(request, random_.hex(16),
                                                 signaling::contact_header("", request.path));
    if (!dialog) {
        refuse(request, 400);
        return;
    }
    begin(request, std::move(*dialog), std::move(*offer));
}

void RecorderServer::on_renegotiation(SessionKey key, const IncomingRequest& request) {
    Session& session = sessions_.at(key);
    const bool is_invite = request.message.method == "INVITE";
    const auto respond = [&](int status, std::string sdp = {}) {
        stack_.respond(request.txn,
                       session.dialog.response(request.message, status, std::move(sdp)));
    };
    if (session.dialog.on_request(request.message) == signaling::RequestOrder::stale)
        return respond(500);
    if (session.closing) return respond(481);
    // RFC 3261 14.2: our answer to the first INVITE is still out.
    if (!session.answered) return respond(is_invite ? 491 : 500);
    if (request.message.body.empty()) {
        // RFC 3261 14.2: an INVITE without an offer asks for ours; nobody records that way.
        return respond(is_invite ? 488 : 200);
    }
    if (!has_sdp(request.message)) return respond(415);
    auto description = signaling::sdp::Description::parse(request.message.body);
    if (!description) return respond(488);
    auto offer = read_offer(request.message.body);
    // RFC 3261 14.1: a re-INVITE that is refused leaves the session as it was.
    if (!offer) return respond(488);
    if (offer->size() < session.offer.size())
        return respond(488);  // RFC 3264 8: lines never vanish
    if (!apply(key, session, std::move(*offer), request.received_at)) return respond(500);
    if (is_invite) {
        session.invite = request.txn;
        session.invite_message = request.message;
    }
    respond(200, answer_sdp(key, session));
}

void RecorderServer::on_bye(const IncomingRequest& request) {
    const auto found = find(request.message);
    if (found == sessions_.end()) {
        refuse(request, 481);
        return;
    }
    Session& session = found->second;
    if (session.dialog.on_request(request.message) == signaling::RequestOrder::stale) {
        stack_.respond(request.txn, session.dialog.response(request.message, 500));
        return;
    }
    if (session.closing) {
        // We are on the way out ourselves, or this is a second BYE: the account goes to the first.
        stack_.respond(request.txn, session.dialog.response(request.message, 200));
        return;
    }
    if (!session.answered)  // RFC 3261 15.1.2: a BYE before our answer ends the INVITE too
        stack_.respond(session.invite, session.dialog.response(session.invite_message, 487));
    session.bye = request.txn;
    session.bye_message = request.message;
    close(found->first, SessionState::closed_normal, "BYE");
}

void RecorderServer::on_options(const IncomingRequest& request) {
    SipMessage response = signaling::make_response(
        request.message, sessions_.size() >= settings_.max_sessions ? 503 : 200, "",
        random_.hex(16));
    response.add("Server", signaling::product_token());
    response.add("Allow", std::string(signaling::allowed_methods()));
    response.add("Accept", "application/sdp");
    stack_.respond(request.txn, response);
}

void RecorderServer::on_cancel(ServerTxn invite, IncomingRequest /*cancel*/) {
    const auto found = find(invite);
    if (found == sessions_.end() || found->second.answered || found->second.closing) return;
    Session& session = found->second;
    stack_.respond(invite, session.dialog.response(session.invite_message, 487));
    close(found->first, SessionState::closed_normal, "CANCEL");
}

void RecorderServer::on_ack_timeout(ServerTxn invite) {
    if (const auto found = find(invite); found != sessions_.end())
        end_by_us(found->first, "the answer was never acknowledged");
}

}  // namespace weir::forking
