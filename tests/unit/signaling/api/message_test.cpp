// SPDX-License-Identifier: Apache-2.0
// SipMessage: headers by name, CSeq, lists, wire text and responses.
#include "signaling/api/message.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

SipMessage invite() {
    SipMessage message;
    message.method = "INVITE";
    message.request_uri = "sip:1000@192.0.2.1";
    message.headers = {{"Via", "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1"},
                       {"Via", "SIP/2.0/TCP 192.0.2.8;branch=z9hG4bK2"},
                       {"From", "<sip:a@example.com>;tag=1"},
                       {"To", "<sip:1000@192.0.2.1>"},
                       {"Call-ID", "abc@192.0.2.9"},
                       {"CSeq", "101 INVITE"}};
    return message;
}

TEST(SipMessage, FindsTheFirstHeaderOfANameInAnyCase) {
    const auto message = invite();
    ASSERT_NE(message.find("vIA"), nullptr);
    EXPECT_EQ(*message.find("vIA"), "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1");
    EXPECT_EQ(message.find("Contact"), nullptr);
    EXPECT_EQ(message.all("via").size(), 2U);
}

TEST(SipMessage, SetReplacesTheFirstAndDropsTheOthers) {
    auto message = invite();
    message.set("Via", "x");
    EXPECT_EQ(message.all("Via"), std::vector<std::string_view>{"x"});
    EXPECT_EQ(message.headers.front().name, "Via");
    message.set("Subject", "new");
    EXPECT_EQ(message.headers.back(), (Header{"Subject", "new"}));
    message.remove("VIA");
    EXPECT_EQ(message.find("Via"), nullptr);
}

TEST(SipMessage, ListsTokensOfAllHeadersOfAName) {
    auto message = invite();
    message.add("Supported", "timer , 100rel");
    message.add("Supported", "replaces");
    EXPECT_TRUE(message.lists("supported", "100REL"));
    EXPECT_TRUE(message.lists("Supported", "replaces"));
    EXPECT_FALSE(message.lists("Supported", "100"));
    EXPECT_FALSE(message.lists("Require", "100rel"));
}

TEST(SipMessage, CSeqIsANumberBelow2To31AndAMethod) {
    auto message = invite();
    EXPECT_EQ(message.cseq(), (CSeq{101, "INVITE"}));
    message.set("CSeq", "0009   INVITE");
    EXPECT_EQ(message.cseq(), (CSeq{9, "INVITE"}));
    for (const char* wrong :
         {"2147483648 INVITE", "-1 INVITE", "1", "INVITE 1", "1 INVITE x", ""}) {
        message.set("CSeq", wrong);
        EXPECT_FALSE(message.cseq().has_value()) << wrong;
    }
    message.remove("CSeq");
    EXPECT_FALSE(message.cseq().has_value());
}

TEST(SplitList, CommasInQuotesAndBracketsDoNotSplit) {
    EXPECT_EQ(split_list(R"("A, \", B" <sip:a,b@x>;q=1 ,<sip:c@x>, , d)"),
              (std::vector<std::string_view>{R"("A, \", B" <sip:a,b@x>;q=1)", "<sip:c@x>", "d"}));
    EXPECT_TRUE(split_list(" , ").empty());
    EXPECT_EQ(split_list("\"open, end").size(), 1U);
    EXPECT_EQ(split_list("a\\").size(), 1U);
}

TEST(ToWire, KeepsTheOrderAndComputesContentLength) {
    auto message = invite();
    message.headers.resize(1);
    message.add("Content-Length", "99");
    message.add("Subject", "s");
    message.add("Content-Length", "98");
    message.body = "v=0\r\n";
    EXPECT_EQ(to_wire(message),
              "INVITE sip:1000@192.0.2.1 SIP/2.0\r\n"
              "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n"
              "Content-Length: 5\r\n"
              "Subject: s\r\n\r\nv=0\r\n");
}

TEST(ToWire, EndsOfLineInAValueCannotMakeHeaders) {
    SipMessage message;
    message.is_request = false;
    message.status = 200;
    message.phrase = "OK\r\nEvil: 1";
    message.add("Subject", std::string("a\r\nEvil: 2\0", 11));
    EXPECT_EQ(to_wire(message),
              "SIP/2.0 200 OK  Evil: 1\r\nSubject: a  Evil: 2 \r\nContent-Length: 0\r\n\r\n");
}

TEST(MakeResponse, CopiesWhatARequestNeedsAndAddsTheTag) {
    const auto response = make_response(invite(), 180, "", "our-tag");
    EXPECT_FALSE(response.is_request);
    EXPECT_EQ(response.phrase, "Ringing");
    EXPECT_EQ(response.all("Via").size(), 2U);
    EXPECT_EQ(*response.find("To"), "<sip:1000@192.0.2.1>;tag=our-tag");
    EXPECT_EQ(*response.find("CSeq"), "101 INVITE");
    EXPECT_EQ(*response.find("Call-ID"), "abc@192.0.2.9");
}

TEST(MakeResponse, KeepsATagThatIsThereAndAddsNoneTo100) {
    auto request = invite();
    EXPECT_EQ(*make_response(request, 100, "", "t").find("To"), "<sip:1000@192.0.2.1>");
    request.set("To", "\"x;tag=no\" <sip:1000@192.0.2.1>;tag=theirs");
    EXPECT_EQ(*make_response(request, 200, "", "t").find("To"), *request.find("To"));
    request.set("To", "\"x;tag=no\" <sip:1000@192.0.2.1;tag=no>");
    EXPECT_EQ(*make_response(request, 200, "Fine", "t").find("To"), *request.find("To") + ";tag=t");
}

TEST(MakeResponse, CopiesTheTimestampIntoATryingOnly) {
    auto request = invite();
    request.add("Timestamp", "54");
    EXPECT_NE(make_response(request, 100, "", "").find("Timestamp"), nullptr);
    EXPECT_EQ(make_response(request, 200, "", "t").find("Timestamp"), nullptr);
}

TEST(DefaultPhrase, UnknownCodesTakeTheirClass) {
    EXPECT_EQ(default_phrase(486), "Busy Here");
    EXPECT_EQ(default_phrase(499), "Request Failure");
    EXPECT_EQ(default_phrase(699), "Global Failure");
}

}  // namespace
}  // namespace weir::signaling
