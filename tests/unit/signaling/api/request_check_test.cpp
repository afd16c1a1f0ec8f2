// SPDX-License-Identifier: Apache-2.0
// refuse(): which requests no call can serve, and with what they are answered.
#include "signaling/api/request_check.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

SipMessage request(const std::string& method) {
    SipMessage message;
    message.method = method;
    message.request_uri = "sip:1000@192.0.2.1";
    message.headers = {{"Via", "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1"},
                       {"Max-Forwards", "70"},
                       {"From", "<sip:a@example.com>;tag=1"},
                       {"To", "<sip:1000@192.0.2.1>"},
                       {"Call-ID", "abc"},
                       {"CSeq", "101 " + method}};
    return message;
}

int status_of(const SipMessage& message) {
    const auto refusal = refuse(message, RequestRules{}, "tag");
    return refusal ? refusal->status : 0;
}

TEST(RequestCheck, AnOrdinaryInviteMayBeServed) {
    auto invite = request("INVITE");
    invite.add("Content-Type", "Application/SDP;charset=utf-8");
    invite.body = "v=0\r\n";
    EXPECT_EQ(status_of(invite), 0);
}

TEST(RequestCheck, KnownMethodsAreNotAllowedUnknownOnesNotImplemented) {
    const auto refusal = refuse(request("REGISTER"), RequestRules{}, "tag");
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->status, 405);
    EXPECT_EQ(*refusal->find("Allow"), "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE");
    EXPECT_EQ(*refusal->find("To"), "<sip:1000@192.0.2.1>;tag=tag");
    EXPECT_EQ(status_of(request("invite")), 501);
}

TEST(RequestCheck, OnlySipAndTelSchemesAreServed) {
    auto options = request("OPTIONS");
    options.request_uri = "tel:+123";
    EXPECT_EQ(status_of(options), 0);
    options.request_uri = "soap.beep://192.0.2.103:3002";
    EXPECT_EQ(status_of(options), 416);
}

TEST(RequestCheck, NoHopsLeftIs483) {
    auto options = request("OPTIONS");
    options.set("Max-Forwards", "0");
    EXPECT_EQ(status_of(options), 483);
}

TEST(RequestCheck, UnknownExtensionsAreNamed) {
    auto invite = request("INVITE");
    invite.add("Require", "100rel, nothingSupportsThis");
    invite.add("Require", "nor-this");
    RequestRules rules;
    rules.extensions = {"100rel"};
    const auto refusal = refuse(invite, rules, "tag");
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->status, 420);
    EXPECT_EQ(*refusal->find("Unsupported"), "nothingSupportsThis, nor-this");
}

TEST(RequestCheck, AnUnknownBodyIs415WithAccept) {
    auto invite = request("INVITE");
    invite.add("Content-Type", "application/unknownformat");
    invite.body = "x";
    const auto refusal = refuse(invite, RequestRules{}, "tag");
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->status, 415);
    EXPECT_EQ(*refusal->find("Accept"), "application/sdp");
    invite.add("Content-Disposition", "session;handling=optional");
    EXPECT_EQ(status_of(invite), 0);
}

TEST(RequestCheck, ACompressedBodyIs415WithAcceptEncoding) {
    auto invite = request("INVITE");
    invite.add("Content-Type", "application/sdp");
    invite.add("Content-Encoding", "gzip");
    invite.body = "x";
    const auto refusal = refuse(invite, RequestRules{}, "tag");
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(*refusal->find("Accept-Encoding"), "identity");
}

TEST(RequestCheck, AckAndCancelAreNeverRefused) {
    auto ack = request("ACK");
    ack.request_uri = "urn:x:y";
    EXPECT_EQ(status_of(ack), 0);
    auto cancel = request("CANCEL");
    cancel.add("Require", "nothing");
    EXPECT_EQ(status_of(cancel), 0);
}

}  // namespace
}  // namespace weir::signaling
