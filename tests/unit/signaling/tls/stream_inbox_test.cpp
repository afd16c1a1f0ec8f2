// SPDX-License-Identifier: Apache-2.0
// StreamInbox: messages out of a stream in whatever pieces it comes, each byte moved no more than
// once.
#include "signaling/tls/stream_inbox.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

std::string message(const std::string& body) {
    return "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

// Moving what is behind each small message would cost the square of what was read at once.
TEST(StreamInboxTest, MessagesAreTakenOutWhereTheyStand) {
    StreamInbox inbox;
    const std::string one = message("");
    inbox.append(one + one + one);
    const char* expected = nullptr;
    for (int i = 0; i < 3; ++i) {
        const auto piece = inbox.next();
        ASSERT_TRUE(piece);
        EXPECT_EQ(piece->message, one);
        EXPECT_TRUE(expected == nullptr || piece->message.data() == expected) << "moved";
        expected = piece->message.data() + one.size();
    }
    EXPECT_FALSE(inbox.next());
    EXPECT_TRUE(inbox.is_empty());
}

TEST(StreamInboxTest, WhatWasTakenOutIsGoneWhenMoreComes) {
    StreamInbox inbox;
    const std::string second = message("second");
    inbox.append(message("first") + second.substr(0, 20));
    ASSERT_TRUE(inbox.next());
    EXPECT_FALSE(inbox.next());
    EXPECT_FALSE(inbox.is_empty());
    inbox.append(second.substr(20));
    const auto piece = inbox.next();
    ASSERT_TRUE(piece);
    EXPECT_EQ(piece->message, second);
}

TEST(StreamInboxTest, ADoubleLineEndIsAPingAlsoBeforeHalfAMessage) {
    StreamInbox inbox;
    inbox.append("\r\n\r\n" + message("").substr(0, 10));
    const auto piece = inbox.next();
    ASSERT_TRUE(piece);
    EXPECT_TRUE(piece->is_ping);
    EXPECT_TRUE(piece->message.empty());
    EXPECT_FALSE(inbox.next());
}

TEST(StreamInboxTest, AFaultEndsTheStreamWithAllThatIsBehindIt) {
    StreamInbox inbox;
    inbox.append("GET / HTTP/1.1\r\n\r\n" + message(""));
    const auto piece = inbox.next();
    ASSERT_TRUE(piece);
    EXPECT_EQ(piece->fault, GuardReason::not_sip);
    EXPECT_FALSE(inbox.next());
    EXPECT_TRUE(inbox.is_empty());
}

}  // namespace
}  // namespace weir::signaling
