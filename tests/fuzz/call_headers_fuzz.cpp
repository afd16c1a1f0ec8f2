// SPDX-License-Identifier: Apache-2.0
// Fuzzes the values that calls read in headers and small bodies: REFER, Replaces, RAck, session
// timers, causes, challenges, digits.
#include <cstddef>
#include <cstdint>
#include <string>

#include "config/base/result.hpp"
#include "signaling/call/causes.hpp"
#include "signaling/call/digits.hpp"
#include "signaling/call/ids.hpp"
#include "signaling/call/refer.hpp"
#include "signaling/call/reliable.hpp"
#include "signaling/call/screening.hpp"
#include "signaling/edge/digest.hpp"
#include "signaling/edge/digest_text.hpp"

using namespace weir::signaling;

namespace {

void read_values(const std::string& value) {
    if (const auto replaces = Replaces::parse(value)) {
        const auto again = Replaces::parse(replaces->to_string());
        WEIR_ASSERT(again && *again == *replaces);
    }
    static_cast<void>(RAck::parse(value));
    static_cast<void>(owner_of_tag(value));
    static_cast<void>(digest_parameters(value));
    static_cast<void>(digest_algorithm(value));
}

}  // namespace

// The input: a header line's value; what is behind a line end is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(data, data + size);
    const std::size_t end = input.find('\n');
    const std::string value = input.substr(0, end);
    read_values(value);
    SipMessage message;
    message.method = "REFER";
    message.request_uri = "sip:100@192.0.2.1";
    for (const char* name : {"Refer-To", "RSeq", "Reason", "Require", "Content-Type", "From",
                             "WWW-Authenticate", "Proxy-Authenticate"})
        message.add(name, value);
    if (end != std::string::npos) message.body = input.substr(end + 1);
    static_cast<void>(refer_target(message));
    static_cast<void>(rseq_of(message));
    const auto cause = q850_reason(message);
    WEIR_ASSERT(!cause || (*cause > 0 && *cause <= 127));
    static_cast<void>(screen(message));
    static_cast<void>(read_digit(message));
    for (const auto& challenge : digest_challenges(message))
        static_cast<void>(digest_answer(challenge, {"user", "secret"},
                                        {"REFER", message.request_uri, message.body, "c", 1}));
    return 0;
}
