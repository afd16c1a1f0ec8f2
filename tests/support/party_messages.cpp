// SPDX-License-Identifier: Apache-2.0
// The words of an ordinary caller and callee.
#include "tests/support/party_messages.hpp"

#include <utility>

namespace weir::tests {

using signaling::SipMessage;

std::string audio_sdp(const std::string& host, unsigned port, const std::string& more,
                      const char* formats) {
    return "v=0\r\no=- 1 1 IN IP4 " + host + "\r\ns=-\r\nc=IN IP4 " + host +
           "\r\nt=0 0\r\nm=audio " + std::to_string(port) + " RTP/AVP " + formats +
           "\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n" + more;
}

void put_sdp(SipMessage& message, std::string body) {
    if (body.empty()) return;
    message.add("Content-Type", "application/sdp");
    message.body = std::move(body);
}

SipMessage caller_request(const std::string& method, const std::string& uri) {
    SipMessage message;
    message.method = method;
    message.request_uri = uri;
    message.headers = {{"Via", "SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK1"},
                       {"From", "\"Ann\" <sip:100@pbx.example.net>;tag=caller"},
                       {"To", "<sip:200@198.51.100.1>"},
                       {"Call-ID", "one@203.0.113.5"},
                       {"CSeq", "1 " + method},
                       {"Max-Forwards", "70"},
                       {"Contact", "<sip:100@203.0.113.5>"},
                       {"Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"}};
    return message;
}

SipMessage callee_response(const SipMessage& request, int status, const std::string& host,
                           const char* tag) {
    SipMessage response = signaling::make_response(request, status, "", tag);
    response.add("Contact", "<sip:200@" + host + ">");
    response.add("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE");
    return response;
}

SipMessage callee_request(const SipMessage& invite, const std::string& method, unsigned cseq) {
    SipMessage message;
    message.method = method;
    message.request_uri = "sip:100@198.51.100.1";
    message.headers = {{"Via", "SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK9"},
                       {"From", *invite.find("To") + ";tag=callee"},
                       {"To", *invite.find("From")},
                       {"Call-ID", *invite.find("Call-ID")},
                       {"CSeq", std::to_string(cseq) + " " + method},
                       {"Contact", "<sip:200@192.0.2.20>"}};
    return message;
}

}  // namespace weir::tests
