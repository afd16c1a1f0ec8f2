// SPDX-License-Identifier: Apache-2.0
// Requests of our own outside of calls: OPTIONS and REGISTER. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/base/address.hpp"
#include "config/base/log.hpp"
#include "config/base/random.hpp"
#include "signaling/api/event_loop.hpp"
#include "signaling/api/message.hpp"
#include "signaling/api/sip_stack.hpp"

namespace weir::signaling {

// What the clients of this folder work with; all outlive them.
struct ClientParts {
    EventLoop& loop;
    SipStack& stack;
    Random& random;
    Logger& log;
};

struct OutOfDialog {
    std::string_view method;
    std::string request_uri;  // "sip:192.0.2.1:5070;transport=tcp"
    std::string from;         // without tag: "<sip:198.51.100.9>"
    std::string to;           // "<sip:192.0.2.1:5070>"
    std::string call_id;
    std::string from_tag;
    std::uint32_t cseq = 101;
    std::string contact;  // "" = none
};
// Max-Forwards, From, To, Call-ID, CSeq, Contact, User-Agent, in the order of spec F.3.
[[nodiscard]] SipMessage make_request(const OutOfDialog& request);

// "sip:192.0.2.1:5070;transport=tcp": `host` in place of the address where it is not empty.
[[nodiscard]] std::string target_uri(const std::string& host, const Endpoint& endpoint,
                                     bool port_written, SipTransport transport);

}  // namespace weir::signaling
