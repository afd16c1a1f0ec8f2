// SPDX-License-Identifier: Apache-2.0
// FuzzMessages: requests, responses and descriptions by dice.
#include "tests/sim/fuzz_messages.hpp"

#include <utility>

#include "tests/sim/fuzz_settings.hpp"
#include "tests/support/party_messages.hpp"

namespace weir::signaling {
using tests::audio_sdp;
using tests::put_sdp;

std::string FuzzMessages::sdp() {
    static const std::vector<std::string> more{
        "",
        "",
        "",
        "a=sendonly\r\n",
        "a=inactive\r\n",
        "a=recvonly\r\n",
        "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n",
        "m=image 4004 udptl t38\r\n",
        "m=audio 4008 RTP/SAVP 0\r\n"};
    switch (dice_.below(24)) {
        case 0:
            return "";
        case 1:
            return "v=0\r\nrubbish";
        case 2:
            return audio_sdp("203.0.113.5", 4000, "", "18");
        case 3:
            return audio_sdp("0.0.0.0", 4000, "", "0 101");
        default:
            return audio_sdp("203.0.113.5", 4000 + 2 * static_cast<unsigned>(dice_.below(9)),
                             more[dice_.below(more.size())], chance(4) ? "0 8 101" : "0 101");
    }
}

SipMessage FuzzMessages::request(const std::string& method, const std::string& uri) {
    return tests::caller_request(method, uri);
}

SipMessage FuzzMessages::invite(const std::string& call_id, const std::string& replaces) {
    // 400 goes through ourselves (fuzz_settings.cpp); 900 is no number.
    SipMessage message = request("INVITE", chance(20)  ? "sip:900@198.51.100.1"
                                           : chance(4) ? "sip:400@198.51.100.1"
                                                       : "sip:200@198.51.100.1");
    message.set("Call-ID", call_id);
    if (chance(12) && !replaces.empty())
        message.add("Replaces", replaces + (chance(3) ? ";early-only" : ""));
    if (chance(30)) message.set("Max-Forwards", "0");
    add_wishes(message);
    put_sdp(message, sdp());
    return message;
}

std::string FuzzMessages::method() {
    static const std::vector<std::string> methods{
        "INVITE",  "INVITE", "INVITE", "INVITE",  "UPDATE",   "UPDATE", "UPDATE",
        "BYE",     "PRACK",  "PRACK",  "PRACK",   "REFER",    "REFER",  "INFO",
        "OPTIONS", "NOTIFY", "NOTIFY", "MESSAGE", "INFO",     "PRACK",  "UPDATE",
        "INVITE",  "PRACK",  "UPDATE", "REFER",   "SUBSCRIBE"};
    return methods[dice_.below(methods.size())];
}

// What a party of today says it can do, or wants.
void FuzzMessages::add_wishes(SipMessage& message) {
    switch (dice_.below(4)) {
        case 0:
            message.add("Supported", "100rel, timer");
            break;
        case 1:
            message.add("Require", "100rel");
            break;
        case 2:
            message.add("Supported", "timer, replaces");
            break;
        default:
            break;
    }
    if (chance(5))
        message.add("Session-Expires",
                    one_of<std::string>(dice_, {"90", "1800;refresher=uac", "30", "x"}));
    if (chance(9)) message.add("X-Unknown", "value");
    if (chance(12)) message.set("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REFER, INFO");
}

void FuzzMessages::add_referral(SipMessage& message) {
    message.add("Refer-To",
                one_of<std::string>(dice_, {"<sip:201@198.51.100.1>", "<sip:300@198.51.100.1>",
                                            "<sip:400@198.51.100.1>", "<sip:999@198.51.100.1>",
                                            "<sip:200@198.51.100.1?Replaces=call0%40203.0.113.5%3B"
                                            "to-tag%3Da%3Bfrom-tag%3Dcaller>",
                                            "rubbish"}));
    if (chance(3)) message.add("Supported", "norefersub");
    if (chance(5)) message.add("Refer-Sub", "false");
}

void FuzzMessages::add_notify(SipMessage& message) {
    message.add("Event", one_of<std::string>(dice_, {"refer", "telephone-event", "x"}));
    message.add("Subscription-State", one_of<std::string>(dice_, {"active",
                                                                  "terminated;reason="
                                                                  "noresource"}));
    message.add("Content-Type", "message/sipfrag");
    message.body = one_of<std::string>(
        dice_, {"SIP/2.0 100 Trying", "SIP/2.0 200 OK", "SIP/2.0 486 Busy", "x"});
}

void FuzzMessages::add_digits(SipMessage& message) {
    message.add("Content-Type", one_of<std::string>(dice_, {"application/dtmf-relay",
                                                            "application/dtmf", "text/plain"}));
    message.body = "Signal=5\r\nDuration=160\r\n";
}

void FuzzMessages::fill(SipMessage& message, const std::string& rseq) {
    const std::string& method = message.method;
    if (method == "PRACK")
        message.add("RAck", (chance(8) ? std::to_string(dice_.below(3)) : rseq) +
                                (chance(10) ? " 7 INVITE" : " 1 INVITE"));
    if (method == "REFER") add_referral(message);
    if (method == "NOTIFY") add_notify(message);
    if (method == "INFO") add_digits(message);
    if (method == "SUBSCRIBE") message.add("Event", chance(2) ? "telephone-event" : "presence");
    const bool is_offer = method == "INVITE" || method == "UPDATE";
    if (is_offer) add_wishes(message);
    if (is_offer || (method == "PRACK" && chance(3))) put_sdp(message, sdp());
}

int FuzzMessages::status_for(const SipMessage& request) {
    static const std::vector<int> first{100, 180, 180, 183, 183, 183, 181, 199, 200, 200, 200,
                                        200, 200, 200, 200, 200, 302, 401, 404, 407, 408, 420,
                                        422, 481, 486, 487, 488, 500, 503, 503, 603};
    static const std::vector<int> later{100, 183, 200, 200, 200, 200, 200, 200, 200, 200, 200,
                                        401, 408, 422, 481, 488, 488, 491, 491, 491, 500, 501};
    static const std::vector<int> others{200, 200, 200, 200, 200, 200, 200, 200, 202, 202, 100,
                                         401, 407, 408, 420, 481, 488, 491, 500, 501, 503, 302};
    const std::string* to = request.find("To");
    const bool is_later = to != nullptr && to->find("tag=") != std::string::npos;
    return one_of(dice_, request.method != "INVITE" ? others : is_later ? later : first);
}

void FuzzMessages::add_refusal(SipMessage& response) {
    const int status = response.status;
    if (status == 401 || status == 407)
        response.add(status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate",
                     "Digest realm=\"" + std::string(chance(6) ? "other" : "r") + "\", nonce=\"n" +
                         std::to_string(dice_.below(3)) + "\", algorithm=" +
                         (chance(2) ? "MD5" : "SHA-256") + (chance(3) ? ", stale=true" : ""));
    if (status == 422)
        response.add("Min-SE", one_of<std::string>(dice_, {"1800", "90", "99999999", "x"}));
    if (status == 420) response.add("Unsupported", "100rel");
    if (status == 503 && chance(2)) response.add("Retry-After", "5");
    if (chance(4)) response.add("Reason", chance(2) ? "Q.850;cause=17" : "Q.850;cause=34");
}

SipMessage FuzzMessages::response(const SipMessage& request, int status, std::uint64_t next_rseq) {
    SipMessage made = make_response(request, status, "", chance(8) ? "fork" : "callee");
    if (status / 100 == 3) {
        made.add("Contact", one_of<std::string>(dice_, {"<sip:201@192.0.2.20>", "tel:201", "*",
                                                        "<sip:400@192.0.2.20>",
                                                        "<sip:300@192.0.2.20>;q=0.5, "
                                                        "<sip:999@192.0.2.20>;q=0.7"}));
        return made;
    }
    if (status >= 300) {
        add_refusal(made);
        return made;
    }
    made.add("Contact", "<sip:200@192.0.2.20>");
    made.add("Allow", chance(3) ? "INVITE, ACK, BYE"
                                : "INVITE, ACK, BYE, CANCEL, UPDATE, PRACK, REFER, INFO, NOTIFY");
    const bool is_invite = request.method == "INVITE";
    if (is_invite && status > 100 && status < 200 && chance(2)) {
        made.add("Require", "100rel");
        made.add("RSeq", std::to_string(chance(6) ? 1 + dice_.below(9) : next_rseq));
    }
    if (status == 200 && chance(3)) {
        made.add("Require", "timer");
        made.add("Session-Expires",
                 one_of<std::string>(dice_, {"90;refresher=uas", "1800;refresher=uac", "x"}));
    }
    if (chance(9)) made.add("P-Early-Media", chance(2) ? "inactive" : "sendrecv");
    const bool has_offer_or_answer =
        is_invite || request.method == "UPDATE" || request.method == "PRACK";
    if (has_offer_or_answer && (status >= 200 || chance(2))) put_sdp(made, sdp());
    return made;
}

}  // namespace weir::signaling
