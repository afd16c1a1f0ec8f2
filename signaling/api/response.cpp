// SPDX-License-Identifier: Apache-2.0
// Responses from requests (RFC 3261 8.2.6) and their default phrases (21, and later RFCs).
#include <array>

#include "config/base/text.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/parameter_list.hpp"
#include "signaling/api/party.hpp"

namespace weir::signaling {
namespace {

struct StatusPhrase {
    int status;
    std::string_view phrase;
};

constexpr std::array kPhrases{
    StatusPhrase{100, "Trying"},
    StatusPhrase{180, "Ringing"},
    StatusPhrase{181, "Call Is Being Forwarded"},
    StatusPhrase{182, "Queued"},
    StatusPhrase{183, "Session Progress"},
    StatusPhrase{199, "Early Dialog Terminated"},
    StatusPhrase{200, "OK"},
    StatusPhrase{202, "Accepted"},
    StatusPhrase{204, "No Notification"},
    StatusPhrase{300, "Multiple Choices"},
    StatusPhrase{301, "Moved Permanently"},
    StatusPhrase{302, "Moved Temporarily"},
    StatusPhrase{305, "Use Proxy"},
    StatusPhrase{380, "Alternative Service"},
    StatusPhrase{400, "Bad Request"},
    StatusPhrase{401, "Unauthorized"},
    StatusPhrase{402, "Payment Required"},
    StatusPhrase{403, "Forbidden"},
    StatusPhrase{404, "Not Found"},
    StatusPhrase{405, "Method Not Allowed"},
    StatusPhrase{406, "Not Acceptable"},
    StatusPhrase{407, "Proxy Authentication Required"},
    StatusPhrase{408, "Request Timeout"},
    StatusPhrase{410, "Gone"},
    StatusPhrase{413, "Request Entity Too Large"},
    StatusPhrase{414, "Request-URI Too Long"},
    StatusPhrase{415, "Unsupported Media Type"},
    StatusPhrase{416, "Unsupported URI Scheme"},
    StatusPhrase{420, "Bad Extension"},
    StatusPhrase{421, "Extension Required"},
    StatusPhrase{422, "Session Interval Too Small"},
    StatusPhrase{423, "Interval Too Brief"},
    StatusPhrase{433, "Anonymity Disallowed"},
    StatusPhrase{480, "Temporarily Unavailable"},
    StatusPhrase{481, "Call/Transaction Does Not Exist"},
    StatusPhrase{482, "Loop Detected"},
    StatusPhrase{483, "Too Many Hops"},
    StatusPhrase{484, "Address Incomplete"},
    StatusPhrase{485, "Ambiguous"},
    StatusPhrase{486, "Busy Here"},
    StatusPhrase{487, "Request Terminated"},
    StatusPhrase{488, "Not Acceptable Here"},
    StatusPhrase{489, "Bad Event"},
    StatusPhrase{491, "Request Pending"},
    StatusPhrase{493, "Undecipherable"},
    StatusPhrase{500, "Server Internal Error"},
    StatusPhrase{501, "Not Implemented"},
    StatusPhrase{502, "Bad Gateway"},
    StatusPhrase{503, "Service Unavailable"},
    StatusPhrase{504, "Server Time-out"},
    StatusPhrase{505, "Version Not Supported"},
    StatusPhrase{513, "Message Too Large"},
    StatusPhrase{580, "Precondition Failure"},
    StatusPhrase{600, "Busy Everywhere"},
    StatusPhrase{603, "Decline"},
    StatusPhrase{604, "Does Not Exist Anywhere"},
    StatusPhrase{606, "Not Acceptable"},
};

std::string_view class_phrase(int status) {
    switch (status / 100) {
        case 1:
            return "Progress";
        case 2:
            return "OK";
        case 3:
            return "Redirected";
        case 4:
            return "Request Failure";
        case 5:
            return "Server Failure";
        default:
            return "Global Failure";
    }
}

void copy_all(const SipMessage& from, SipMessage& to, std::string_view name) {
    for (const auto& header : from.headers)
        if (text::iequals(header.name, name)) to.add(name, header.value);
}

}  // namespace

std::string_view default_phrase(int status) {
    for (const auto& entry : kPhrases)
        if (entry.status == status) return entry.phrase;
    return class_phrase(status);
}

SipMessage make_response(const SipMessage& request, int status, std::string_view phrase,
                         std::string_view to_tag) {
    SipMessage response;
    response.is_request = false;
    response.status = status;
    response.phrase = phrase.empty() ? default_phrase(status) : phrase;
    copy_all(request, response, "Via");
    copy_all(request, response, "From");
    copy_all(request, response, "To");
    copy_all(request, response, "Call-ID");
    copy_all(request, response, "CSeq");
    if (status == 100) {
        copy_all(request, response, "Timestamp");  // RFC 3261 8.2.6.1
        return response;
    }
    const std::string* to = response.find("To");
    if (to == nullptr || to_tag.empty()) return response;
    const PartyText party = read_party(*to);
    if (party.fault == nullptr && !find_parameter(party.parameters, "tag"))
        response.set("To", *to + ";tag=" + std::string(to_tag));
    return response;
}

}  // namespace weir::signaling
