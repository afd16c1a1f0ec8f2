// SPDX-License-Identifier: Apache-2.0
// Call: requests inside its dialogs that go on to the other leg, and their answers back.
//
// clang-format off
// | request                 | goes on as                                | 481, 408 or nothing from the other leg (RFC 5057) |
// |-------------------------|-------------------------------------------|------------------------------|
// | INFO                    | INFO; a digit as the other leg wants it   | ends the call: it belongs to the INVITE |
// | NOTIFY telephone-event  | the same, with the digit                  | that NOTIFY fails, the call goes on |
// | NOTIFY, SUBSCRIBE       | the same                                  | that subscription ends, the call goes on |
// | REFER (passed, B.6)     | REFER, Refer-To by address-hiding         | the call goes on |
// | MESSAGE                 | MESSAGE                                   | the call goes on |
// clang-format on
#include <algorithm>

#include "config/base/text.hpp"
#include "dialplan/cause.hpp"
#include "signaling/call/call.hpp"
#include "signaling/call/passed_headers.hpp"
#include "signaling/call/transfer_limits.hpp"

namespace weir::signaling {
namespace {

using dataplane::other;

std::string_view timer_words(std::string_view method) {
    if (method == "NOTIFY") return "notify";
    if (method == "REFER") return "refer";
    return "info";
}

std::string_view retry_words(std::string_view method) {
    if (method == "SUBSCRIBE") return "subscribe";
    return timer_words(method);
}

}  // namespace

bool Call::passes_on(std::string_view method) {
    return method == "INFO" || method == "NOTIFY" || method == "SUBSCRIBE" || method == "MESSAGE";
}

// A leg that can be asked: its dialog is there, early or confirmed.
bool Call::can_be_asked(Side side) const {
    const Leg& party = leg(side);
    if (!party.dialog || party.dialog->remote_tag().empty()) return false;
    switch (party.state) {
        case Leg::State::inviting:
        case Leg::State::answered:
        case Leg::State::up:
            return true;
        default:
            return false;
    }
}

void Call::pass_request(Side side, const IncomingRequest& request) {
    const Side to = other(side);
    if (!can_be_asked(to) || state_ >= CallState::releasing)
        return refuse_request(request, side, 480);
    if (services_.relayed.size() >= kMaxRelayed) return refuse_request(request, side, 500);
    const auto digit = read_digit(request.message);
    if (digit) return pass_digit(side, request, *digit);
    SipMessage made = leg(to).dialog->request(request.message.method);
    carry_passed(request.message, made);
    // SUBSCRIBE, NOTIFY and REFER may set the target anew (RFC 6665 4.1.2, 3515 2.2).
    if (request.message.method != "INFO" && request.message.method != "MESSAGE")
        made.add("Contact", leg(to).dialog->contact());
    if (request.message.method == "REFER") carry_referral(request.message, made, to);
    carry_headers(request.message, made, to);
    relay(side, request, std::move(made), {});
}

// Sends `made` to the other leg on behalf of `request`; `then`: another request behind it, once it
// has been answered.
void Call::relay(Side side, const IncomingRequest& request, SipMessage made,
                 std::optional<SipMessage> then) {
    const Side to = other(side);
    const std::string method = made.method;
    const Token token =
        send(to, std::move(made), timer(to, timer_words(method)), retries(to, retry_words(method)));
    services_.relayed.push_back(
        {token, side, request.txn, request.message, std::move(then), leg(to).dialog->remote_tag()});
}

// A digit goes on as the other peer has been told to get it (spec A.11): sip-notify before
// sip-info, as it came where neither is configured. Conversion to RFC 4733 is not here.
void Call::pass_digit(Side side, const IncomingRequest& request, const Digit& digit) {
    const Side to = other(side);
    const DigitForm form = digit_form(peer(to).dtmf_relay, request.message.method);
    Dialog& dialog = *leg(to).dialog;
    if (form == DigitForm::notify) {
        // A NOTIFY that only repeats the beginning or the end of the same key press brings no new
        // digit; where it passes unchanged, it says what it said.
        if (request.message.method == "NOTIFY") {
            SipMessage made = dialog.request("NOTIFY");
            carry_passed(request.message, made);
            made.add("Contact", dialog.contact());
            return relay(side, request, std::move(made), {});
        }
        SipMessage begin = notify_of(dialog.request("NOTIFY"), digit, false);
        begin.add("Contact", dialog.contact());
        SipMessage end = notify_of(SipMessage{}, digit, true);
        return relay(side, request, std::move(begin), std::move(end));
    }
    // One key press is one INFO, whether it was told of once, twice or more often.
    if (request.message.method == "NOTIFY" && !services_.presses[index_of(side)].is_new(digit))
        return act(Respond{request.txn, leg(side).dialog->response(request.message, 200)});
    if (request.message.method == "INFO") {
        SipMessage made = dialog.request("INFO");
        carry_passed(request.message, made);
        return relay(side, request, std::move(made), {});
    }
    relay(side, request, info_of(dialog.request("INFO"), digit), {});
}

bool Call::on_relayed_response(const ResponseReceived& event) {
    const SipMessage& response = event.response.message;
    const auto found =
        std::find_if(services_.relayed.begin(), services_.relayed.end(),
                     [&](const Relayed& relayed) { return relayed.token == event.token; });
    if (found == services_.relayed.end()) return false;
    if (response.status < 200) return true;
    const Relayed relayed = std::move(*found);
    services_.relayed.erase(found);
    const Side to = other(relayed.from);
    if (relayed.then && response.status < 300 && can_be_asked(to)) {
        SipMessage made = leg(to).dialog->request(
            relayed.then->method.empty() ? relayed.request.method : relayed.then->method);
        carry_passed(*relayed.then, made);
        made.add("Contact", leg(to).dialog->contact());
        // Nobody waits for its answer: the digit has been taken.
        static_cast<void>(send(to, std::move(made), timer(to, "notify"), retries(to, "notify")));
    }
    answer_relayed(relayed, &response);
    const bool gone = response.status == 481 || response.status == 408;
    if (gone && ends_call(relayed)) {
        lose_dialog(to);
        release(dialplan::q850_from_sip(response.status), to);
    }
    return true;
}

// An INFO that nobody knows of ends the dialog that it was sent in (RFC 5057), and with it the
// call, unless another fork or party has taken that one's place.
bool Call::ends_call(const Relayed& relayed) const {
    const auto& dialog = leg(other(relayed.from)).dialog;
    return relayed.request.method == "INFO" && dialog && dialog->remote_tag() == relayed.tag;
}

// RFC 3261 8.1.3.1: no response at all counts as 408.
bool Call::on_relayed_failed(Token token) {
    const auto found = std::find_if(services_.relayed.begin(), services_.relayed.end(),
                                    [&](const Relayed& relayed) { return relayed.token == token; });
    if (found == services_.relayed.end()) return false;
    const Relayed relayed = std::move(*found);
    services_.relayed.erase(found);
    answer_relayed(relayed, nullptr);
    if (ends_call(relayed)) {
        lose_dialog(other(relayed.from));
        release(dialplan::kCauseTimerExpired, std::nullopt);
    }
    return true;
}

void Call::answer_relayed(const Relayed& relayed, const SipMessage* response) {
    int status = response == nullptr ? 408 : response->status;
    // A challenge that we cannot answer is not the sender's to answer, either.
    if (status == 401 || status == 407) status = 403;
    // A redirection of a request inside a dialog has no meaning for the other one.
    if (status / 100 == 3) status = 480;
    const Dialog* dialog = leg(relayed.from).dialog ? &*leg(relayed.from).dialog : nullptr;
    if (dialog == nullptr || !dialog->matches(relayed.request)) {
        SipMessage answer =
            make_response(relayed.request, status, default_phrase(status), std::string_view());
        return act(Respond{relayed.txn, std::move(answer)});
    }
    SipMessage answer = dialog->response(relayed.request, status);
    if (response != nullptr) {
        carry_passed_back(*response, answer);
        if (relayed.request.method != "INFO" && relayed.request.method != "MESSAGE" &&
            status < 300 && answer.find("Contact") == nullptr)
            answer.add("Contact", dialog->contact());
        carry_headers(*response, answer, relayed.from);
    }
    act(Respond{relayed.txn, std::move(answer)});
}

// The call ends under them: what waits is answered.
void Call::drop_relayed() {
    for (const Relayed& relayed : std::exchange(services_.relayed, {}))
        act(Respond{relayed.txn,
                    make_response(relayed.request, 487, default_phrase(487), std::string_view())});
}

}  // namespace weir::signaling
