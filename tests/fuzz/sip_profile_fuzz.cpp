// SPDX-License-Identifier: Apache-2.0
// Fuzzes SIP profiles: any expression and replacement on any header, start line and body, and the
// headers that cross between legs. What comes out keeps the limits of spec D.2.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "config/base/result.hpp"
#include "config/base/text.hpp"
#include "signaling/header/hiding.hpp"
#include "signaling/header/identity.hpp"
#include "signaling/header/loop_token.hpp"
#include "signaling/header/session_id.hpp"
#include "signaling/header/sip_profile.hpp"

namespace {

using namespace weir::signaling;
using Rule = weir::config::SipProfileRule;

// The choices of one rule are the bits of its first byte.
Rule make_rule(unsigned char bits, std::string_view header, std::string_view match,
               std::string_view value) {
    Rule rule;
    rule.method = "ANY";
    rule.part = (bits & 1U) != 0 ? Rule::Part::sdp_header : Rule::Part::sip_header;
    rule.action = static_cast<Rule::Action>((bits >> 1U) & 3U);
    if ((bits & 8U) != 0) rule.mline_index = static_cast<std::uint8_t>((bits >> 4U) & 3U);
    rule.header = header;
    rule.match = match;
    rule.value = value;
    rule.variable = 1;
    return rule;
}

SipMessage make_message(std::string_view header, std::string_view value, std::string_view body) {
    SipMessage message;
    message.method = "INVITE";
    message.request_uri = "sip:100@192.0.2.1";
    message.headers = {{"From", "<sip:1@a>;tag=1"},
                       {"CSeq", "1 INVITE"},
                       {std::string(header), std::string(value)}};
    message.add("Content-Type",
                body.starts_with("--") ? "multipart/mixed;boundary=b" : "application/sdp");
    message.body = body;
    return message;
}

// What would end a header early, and begin another one.
bool has_line_end(const SipMessage& message) {
    const auto holds = [](const std::string& text) {
        return text.find_first_of("\r\n") != std::string::npos;
    };
    return holds(message.request_uri) ||
           std::any_of(message.headers.begin(), message.headers.end(), [&](const Header& header) {
               return holds(header.name) || holds(header.value);
           });
}

void try_crossing(const SipMessage& message) {
    const auto hidden = hide_hosts(message.headers[2].value, "h");
    WEIR_ASSERT(hide_hosts(hidden, "h") == hidden);
    const LoopTokens tokens("me", message);
    WEIR_ASSERT(tokens.next().size() < 512);
    const auto uuid = session_uuid(message.headers[2].value);
    WEIR_ASSERT(!uuid || uuid->size() == 32);
    static_cast<void>(asserted_parties(message, weir::config::AssertedId::pai, "calling"));
    static_cast<void>(history_headers(message, "sip:1@a", "h", true));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string input(data + 1, data + size);
    const auto parts = weir::text::split(input, '\x1f');
    if (parts.size() < 4) return 0;
    weir::config::SipProfiles profile;
    profile.rules.push_back(make_rule(data[0], parts[0], parts[1], parts[2]));
    profile.rules.push_back(make_rule(data[0] ^ 7U, "X-B", parts[1], parts[2]));
    const SipMessage received = make_message(parts[0], parts[3], parts.size() > 4 ? parts[4] : "");
    try_crossing(received);
    const auto compiled = SipProfile::compile(profile);
    if (!compiled) return 0;
    SipMessage message = received;
    ProfileVariables variables;
    ProfileSubject subject;
    subject.variables = &variables;
    subject.inbound = (data[0] & 64U) != 0;
    const ProfileOutcome outcome = compiled->apply(message, subject);
    if (outcome != ProfileOutcome::applied) WEIR_ASSERT(message == received);
    WEIR_ASSERT(message.method == received.method);
    WEIR_ASSERT(has_line_end(received) || !has_line_end(message));
    WEIR_ASSERT(message.find("From") != nullptr && message.find("CSeq") != nullptr);
    for (const auto& [number, value] : variables)
        WEIR_ASSERT(value.size() <= kProfileLineBytes);
    return 0;
}
