// SPDX-License-Identifier: Apache-2.0
// inspect(): what passes, what is answered, what is dropped; and what sofia gets to see.
#include "signaling/sip/guard.hpp"

#include <gtest/gtest.h>

#include "config/base/limits.hpp"

namespace weir::signaling {
namespace {

std::string invite(const std::string& extra = "", const std::string& body = "") {
    return "INVITE sip:1000@192.0.2.1 SIP/2.0\r\n"
           "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n"
           "From: \"A\" <sip:a@example.com>;tag=1\r\n"
           "To: <sip:1000@192.0.2.1>\r\n"
           "Call-ID: abc\r\n"
           "CSeq: 101 INVITE\r\n" +
           extra + "\r\n" + body;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}

TEST(Guard, AnOrdinaryRequestPassesWithItsBody) {
    const auto inspection = inspect(invite("Content-Length: 3\r\n", "v=0"), SipTransport::udp);
    EXPECT_FALSE(inspection.fault.has_value());
    EXPECT_EQ(inspection.message.body, "v=0");
}

TEST(Guard, ContactsOfAnySchemePass) {
    for (const char* contact :
         {"<tel:+123>", "tel:+123", "<urn:service:sos>", "*", "<sip:a@b>, <sip:c@d>;q=0.5"}) {
        const auto text = invite(std::string("Contact: ") + contact + "\r\n");
        EXPECT_FALSE(inspect(text, SipTransport::udp).fault.has_value()) << contact;
    }
}

struct Row {
    const char* what;
    const char* by;
    GuardReason reason;
    int answer;
};

TEST(Guard, FaultsHaveAReasonAndMostAnAnswer) {
    const Row rows[] = {
        {"Via: SIP/2.0/UDP", "Via: SIP/2.0/TCP", GuardReason::via_transport, 0},
        {"Via: SIP/2.0/UDP 192.0.2.9;", "Via: SIP/2.0/UDP ;", GuardReason::via_syntax, 400},
        {"Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n", "", GuardReason::missing_header, 0},
        {"CSeq: 101 INVITE", "CSeq: 2147483648 INVITE", GuardReason::cseq, 400},
        {"CSeq: 101 INVITE", "CSeq: 101 OPTIONS", GuardReason::method_mismatch, 400},
        {"CSeq: 101 INVITE\r\n", "", GuardReason::missing_header, 400},
        {"Call-ID: abc", "Call-ID: abc\r\nCall-ID: abc", GuardReason::repeated_header, 400},
        {"Call-ID: abc", "Call-ID:", GuardReason::missing_header, 400},
        {"tag=1", "tag=a b", GuardReason::address, 400},
        {"sip:a@example.com", "sip:a%zz@example.com", GuardReason::address, 400},
        {"<sip:1000@192.0.2.1>\r\n", "<sip:1000@>\r\n", GuardReason::address, 400},
        {"\r\n\r\n", "\r\nMax-Forwards: 256\r\n\r\n", GuardReason::max_forwards, 400},
        {"\r\n\r\n", "\r\nContent-Length: 1\r\n\r\n", GuardReason::content_length, 400},
        {"\r\n\r\n", "\r\nContact: sip:a@b?x=y\r\n\r\n", GuardReason::address, 400},
        {"sip:1000@192.0.2.1 SIP", "sip:1000@192.0.2.1?a=b SIP", GuardReason::request_uri, 400},
        {"sip:1000@192.0.2.1 SIP", "sip:1%0@192.0.2.1 SIP", GuardReason::request_uri, 400},
        {"SIP/2.0\r\nVia", "SIP/3.0\r\nVia", GuardReason::version, 505},
    };
    for (const auto& row : rows) {
        const auto inspection = inspect(replaced(invite(), row.what, row.by), SipTransport::udp);
        ASSERT_TRUE(inspection.fault.has_value()) << row.by;
        EXPECT_EQ(*inspection.fault, row.reason) << row.by << ": " << to_string(*inspection.fault);
        EXPECT_EQ(inspection.answer ? inspection.answer->status : 0, row.answer) << row.by;
    }
}

// Some peers send their umlauts as they are, also beside an escape.
TEST(Guard, BytesThatBelongIntoNoUriPassBesideAnEscapeToo) {
    const std::string uri = "sip:1000@192.0.2.1";
    for (const char* odd :
         {"sip:\xC3\xBC@192.0.2.1", "sip:%41\xC3\xBC@192.0.2.1", "sip:%41]@h;p=^", "tel:%41\xFF"})
        EXPECT_FALSE(inspect(replaced(invite(), uri, odd), SipTransport::udp).fault) << odd;
}

// Legal in a display name; in what transactions are matched by, the stack would read half of it.
TEST(Guard, EscapedNulsInWhatTheStackMatchesByAreRefused) {
    const std::string odd("\"\\\0\"", 4);
    const auto call_id =
        inspect(replaced(invite(), "Call-ID: ", "Call-ID: " + odd), SipTransport::udp);
    EXPECT_EQ(call_id.fault, GuardReason::header_syntax);
    const auto via =
        inspect(replaced(invite(), ";branch=", ";x=" + odd + ";branch="), SipTransport::udp);
    EXPECT_EQ(via.fault, GuardReason::via_syntax);
}

TEST(Guard, FaultyAcksAndResponsesAreNeverAnswered) {
    auto ack = invite();
    ack = replaced(replaced(ack, "INVITE sip", "ACK sip"), "101 INVITE", "x ACK");
    const auto of_ack = inspect(ack, SipTransport::udp);
    EXPECT_TRUE(of_ack.fault.has_value());
    EXPECT_FALSE(of_ack.answer.has_value());
    const auto response = replaced(invite(), "INVITE sip:1000@192.0.2.1 SIP/2.0", "SIP/2.0 999 x");
    EXPECT_EQ(inspect(response, SipTransport::udp).fault, GuardReason::status);
    EXPECT_FALSE(inspect(response, SipTransport::udp).answer.has_value());
}

TEST(Guard, TooManyViasAreDropped) {
    std::string vias;
    for (std::size_t i = 0; i < kSipMaxVia; ++i)
        vias += "Via: SIP/2.0/UDP h, SIP/2.0/UDP i\r\n";
    EXPECT_EQ(inspect(invite(vias), SipTransport::udp).fault, GuardReason::too_many_vias);
}

TEST(Guard, DatagramsAreBoundedAndStreamsLess) {
    const std::string body(kSipMaxDatagram, 'x');
    const auto text = invite("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
    EXPECT_EQ(inspect(text, SipTransport::udp).fault, GuardReason::too_big);
    const auto over_tcp = replaced(text, "2.0/UDP", "2.0/TCP");
    EXPECT_FALSE(inspect(over_tcp, SipTransport::tcp).fault.has_value());
}

}  // namespace
}  // namespace weir::signaling
