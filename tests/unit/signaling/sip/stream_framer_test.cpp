// SPDX-License-Identifier: Apache-2.0
// Where messages end in a byte stream.
#include "signaling/sip/stream_framer.hpp"

#include <string>

#include <gtest/gtest.h>

#include "config/base/limits.hpp"

namespace weir::signaling {
namespace {

const std::string kHead = "OPTIONS sip:a@b SIP/2.0\r\nl: 4\r\n\r\n";

TEST(StreamFramer, AMessageIsItsHeadAndItsContentLength) {
    const Frame frame = frame_message(kHead + "bodyOPTIONS sip:");
    EXPECT_FALSE(frame.fault.has_value());
    EXPECT_EQ(frame.message, kHead.size() + 4);
    EXPECT_EQ(frame.skip, 0U);
}

TEST(StreamFramer, EveryPrefixWaitsForMore) {
    const std::string whole = kHead + "body";
    for (std::size_t length = 1; length < whole.size(); ++length) {
        const Frame frame = frame_message(whole.substr(0, length));
        EXPECT_FALSE(frame.fault.has_value()) << length;
        EXPECT_EQ(frame.message, 0U) << length;
        EXPECT_GT(frame.wanted, length) << length;
        EXPECT_LE(frame.wanted, whole.size()) << length;
    }
}

TEST(StreamFramer, LineEndsBeforeAMessageAreSkipped) {
    EXPECT_EQ(frame_message("\r\n\r\n").skip, 4U);
    EXPECT_EQ(frame_message("\r\n\r\n").wanted, 0U);
    const Frame frame = frame_message("\r\n\r\n" + kHead + "body");
    EXPECT_EQ(frame.skip, 4U);
    EXPECT_EQ(frame.message, kHead.size() + 4);
}

TEST(StreamFramer, WithoutAUsableContentLengthTheStreamEnds) {
    for (const char* line : {"", "l: x\r\n", "l: -1\r\n", "l: 1\r\nl: 1\r\n"}) {
        const std::string head = std::string("OPTIONS sip:a@b SIP/2.0\r\n") + line + "\r\n";
        const Frame frame = frame_message(head);
        EXPECT_EQ(frame.fault, GuardReason::content_length) << line;
        EXPECT_EQ(frame.message, head.size()) << line;
    }
}

TEST(StreamFramer, TooMuchEndsTheStream) {
    EXPECT_EQ(frame_message("OPTIONS sip:a@b SIP/2.0\r\nl: 65536\r\n\r\n").fault,
              GuardReason::too_big);
    EXPECT_EQ(
        frame_message("OPTIONS sip:a@b SIP/2.0\r\n" + std::string(kSipMaxDatagram, 'x')).fault,
        GuardReason::too_big);
}

TEST(StreamFramer, BytesThatAreNoTextEndTheStreamAtOnce) {
    EXPECT_EQ(frame_message(std::string("\x16\x03\x01\x00\x05", 5)).fault, GuardReason::not_sip);
    EXPECT_EQ(frame_message("GET / HTTP/1.1\r\n\r\n").fault, GuardReason::not_sip);
    EXPECT_EQ(frame_message("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").fault,
              GuardReason::not_sip);
    // All the same when the whole head is there.
    const std::string head = "\x01 SIP/2.0\r\nl: 1\r\n\r\nx";
    for (std::size_t size = 1; size <= head.size(); ++size)
        EXPECT_EQ(frame_message(head.substr(0, size)).fault, GuardReason::not_sip) << size;
}

}  // namespace
}  // namespace weir::signaling
