// SPDX-License-Identifier: Apache-2.0
// The headers of an OPTIONS or REGISTER.
#include "signaling/client/out_of_dialog.hpp"

#include "signaling/call/dialog.hpp"

namespace weir::signaling {

SipMessage make_request(const OutOfDialog& request) {
    SipMessage message;
    message.method = std::string(request.method);
    message.request_uri = request.request_uri;
    message.add("From", request.from + ";tag=" + request.from_tag);
    message.add("To", request.to);
    message.add("Call-ID", request.call_id);
    message.add("CSeq", std::to_string(request.cseq) + " " + message.method);
    message.add("Max-Forwards", "70");
    if (!request.contact.empty()) message.add("Contact", request.contact);
    message.add("User-Agent", product_token());
    return message;
}

std::string target_uri(const std::string& host, const Endpoint& endpoint, bool port_written,
                       SipTransport transport) {
    std::string uri = "sip:";
    if (host.empty())
        uri += uri_host_port(endpoint);
    else
        uri += host + (port_written ? ":" + std::to_string(endpoint.port) : "");
    if (transport != SipTransport::udp) uri += std::string(";transport=") + to_string(transport);
    return uri;
}

}  // namespace weir::signaling
