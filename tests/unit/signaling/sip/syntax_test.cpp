// SPDX-License-Identifier: Apache-2.0
// Tokens, Via values and what a server writes into the topmost one.
#include "signaling/sip/syntax.hpp"

#include <gtest/gtest.h>

#include "signaling/api/parameter_list.hpp"

namespace weir::signaling {
namespace {

TEST(Via, BlanksAroundSlashesAndParametersDoNotCount) {
    const auto via =
        Via::parse("SIP  / 2.0  / tcp     spindle.example.com   ; branch  =   z9hG4bK9");
    ASSERT_TRUE(via.has_value());
    EXPECT_EQ(via->transport, "TCP");
    EXPECT_EQ(via->host, "spindle.example.com");
    EXPECT_EQ(via->branch(), "z9hG4bK9");
}

TEST(Via, TakesPortsAndIpv6) {
    const auto via = Via::parse("SIP/2.0/UDP [2001:db8::1]:5070;rport");
    ASSERT_TRUE(via.has_value());
    EXPECT_EQ(via->host, "[2001:db8::1]");
    EXPECT_EQ(via->port, 5070);
    EXPECT_EQ(via->to_string(), "SIP/2.0/UDP [2001:db8::1]:5070;rport");
}

TEST(Via, RefusesWhatIsNoVia) {
    for (const char* text :
         {"", "SIP/2.0/UDP", "SIP/7.0/UDP h", "SIP/2.0/ h", "SIP/2.0/UDP h:0",
          "SIP/2.0/UDP h:70000", "SIP/2.0/UDP h;;", "SIP/2.0/UDP h;=x", "SIP/2.0/UDP h i",
          "SIP/2.0/UDP [::1", "SIP/2.0/UDP 192.0.2.15;;,;,,", "HTTP/2.0/UDP h",
          "SIP/2.0/UDP h;a=b c", "SIP/2.0/UDP h;branch=z9hG4bK@x"}) {
        EXPECT_FALSE(Via::parse(text).has_value()) << text;
    }
}

TEST(StampVia, WritesTheSourceAndOverwritesClaims) {
    SipMessage request;
    request.add("Via",
                "SIP/2.0/UDP client.example.com;received=1.2.3.4;rport;branch=z9hG4bKa, "
                "SIP/2.0/TCP second;branch=z9hG4bKb");
    stamp_via(request, *Endpoint::parse("192.0.2.7:5099", 0));
    const auto elements = split_list(*request.find("Via"));
    ASSERT_EQ(elements.size(), 2U);
    const auto via = Via::parse(elements[0]);
    EXPECT_EQ(find_parameter(via->parameters, "received"), "192.0.2.7");
    EXPECT_EQ(find_parameter(via->parameters, "rport"), "5099");
    EXPECT_EQ(via->branch(), "z9hG4bKa");
    EXPECT_EQ(elements[1], "SIP/2.0/TCP second;branch=z9hG4bKb");
}

TEST(StampVia, ASentByThatIsTheSourceStaysAsItIs) {
    SipMessage request;
    request.add("Via", "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKa");
    stamp_via(request, *Endpoint::parse("192.0.2.7:5099", 0));
    EXPECT_EQ(*request.find("Via"), "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKa");
}

TEST(ResponseTarget, IsTheSentByPortUnlessRportWasAsked) {
    const auto source = *Endpoint::parse("192.0.2.7:5099", 0);
    EXPECT_EQ(response_target(*Via::parse("SIP/2.0/UDP h:5070"), source, SipTransport::udp).port,
              5070);
    EXPECT_EQ(response_target(*Via::parse("SIP/2.0/UDP h"), source, SipTransport::udp).port, 5060);
    EXPECT_EQ(
        response_target(*Via::parse("SIP/2.0/UDP h:5070;rport"), source, SipTransport::udp).port,
        5099);
}

TEST(ParameterList, NamesAreTokensAndNoneIsEmpty) {
    EXPECT_TRUE(is_parameter_list(""));
    EXPECT_TRUE(is_parameter_list(";lr;a=b ; c = \"x;y\""));
    EXPECT_FALSE(is_parameter_list(";;"));
    EXPECT_FALSE(is_parameter_list("x"));
    EXPECT_FALSE(is_parameter_list(";a="));
}

}  // namespace
}  // namespace weir::signaling
