// SPDX-License-Identifier: Apache-2.0
// Bytes to SipMessage: folding, compact names, start lines and bounds.
#include "signaling/sip/wire_parser.hpp"

#include <gtest/gtest.h>

#include "config/base/limits.hpp"

namespace weir::signaling {
namespace {

TEST(WireParser, UnfoldsAndExpandsCompactNames) {
    const auto wire = parse_wire(
        "INVITE sip:a@b SIP/2.0\r\nv  :  SIP/2.0/UDP h\r\nS:\r\nL: 3\r\nX-Long: one\r\n  "
        "two\r\n\tthree\r\n"
        "\r\nv=0");
    EXPECT_FALSE(wire.fault.has_value());
    EXPECT_EQ(wire.message.method, "INVITE");
    EXPECT_EQ(wire.message.request_uri, "sip:a@b");
    EXPECT_EQ(wire.message.headers, (std::vector<Header>{{"Via", "SIP/2.0/UDP h"},
                                                         {"Subject", ""},
                                                         {"Content-Length", "3"},
                                                         {"X-Long", "one two three"}}));
    EXPECT_EQ(wire.message.body, "v=0");
}

TEST(WireParser, ReadsAStatusLineWithAnyPhrase) {
    const auto wire = parse_wire("SIP/2.0 200 = 2**3 * 5**2 \xD1\x81\r\nTo: a\r\n\r\n");
    EXPECT_FALSE(wire.fault.has_value());
    EXPECT_FALSE(wire.message.is_request);
    EXPECT_EQ(wire.message.status, 200);
    EXPECT_EQ(wire.message.phrase, "= 2**3 * 5**2 \xD1\x81");
    EXPECT_EQ(parse_wire("SIP/2.0 100 \r\n\r\n").message.status, 100);
}

struct FaultRow {
    const char* bytes;
    GuardReason fault;
};

TEST(WireParser, NamesTheFirstFault) {
    const FaultRow rows[] = {
        {"", GuardReason::not_sip},
        {"no end of line", GuardReason::not_sip},
        {"GET / HTTP/1.1\r\n\r\n", GuardReason::not_sip},
        {"INVITE sip:a@b\r\n\r\n", GuardReason::not_sip},
        {"SIP/2.0 99 x\r\n\r\n", GuardReason::status},
        {"SIP/2.0 700 x\r\n\r\n", GuardReason::status},
        {"SIP/2.0 4294967301 x\r\n\r\n", GuardReason::status},
        {"SIP/3.0 200 OK\r\n\r\n", GuardReason::version},
        {"INVITE sip:a@b SIP/3.0\r\n\r\n", GuardReason::version},
        {" INVITE sip:a@b SIP/2.0\r\n\r\n", GuardReason::start_line},
        {"INVITE  sip:a@b SIP/2.0\r\n\r\n", GuardReason::start_line},
        {"INVITE sip:a@b SIP/2.0 \r\n\r\n", GuardReason::start_line},
        {"INVITE sip:a@b; lr SIP/2.0\r\n\r\n", GuardReason::start_line},
        {"IN<VITE sip:a@b SIP/2.0\r\n\r\n", GuardReason::start_line},
        {"INVITE sip:a@b SIP/2.0\r\nTo: a\r\n", GuardReason::truncated},
        {"INVITE sip:a@b SIP/2.0\r\nTo a\r\n\r\n", GuardReason::header_syntax},
        {"INVITE sip:a@b SIP/2.0\r\nT o: a\r\n\r\n", GuardReason::header_syntax},
        {"INVITE sip:a@b SIP/2.0\r\nTo: a\x01\r\n\r\n", GuardReason::header_syntax},
    };
    for (const auto& row : rows) {
        const auto wire = parse_wire(row.bytes);
        ASSERT_TRUE(wire.fault.has_value()) << row.bytes;
        EXPECT_EQ(*wire.fault, row.fault) << row.bytes << " is " << to_string(*wire.fault);
    }
}

TEST(WireParser, ControlBytesMayStandBehindABackslashInQuotes) {
    const std::string quoted("X-A: \"a\\\0b\"\r\n", 13);
    EXPECT_FALSE(parse_wire("OPTIONS sip:a@b SIP/2.0\r\n" + quoted + "\r\n").fault.has_value());
    const std::string bare("X-A: a\\\0b\r\n", 11);
    EXPECT_EQ(parse_wire("OPTIONS sip:a@b SIP/2.0\r\n" + bare + "\r\n").fault,
              GuardReason::header_syntax);
}

TEST(WireParser, HeadersAreBoundedInNumberAndLength) {
    std::string many = "OPTIONS sip:a@b SIP/2.0\r\n";
    for (std::size_t i = 0; i <= kSipMaxHeaders; ++i)
        many += "X: y\r\n";
    EXPECT_EQ(parse_wire(many + "\r\n").fault, GuardReason::too_many_headers);
    const std::string line = "X: " + std::string(kSipMaxHeaderLine, 'y') + "\r\n";
    EXPECT_EQ(parse_wire("OPTIONS sip:a@b SIP/2.0\r\n" + line + "\r\n").fault,
              GuardReason::header_too_long);
    std::string folded = "OPTIONS sip:a@b SIP/2.0\r\nX: y\r\n";
    for (std::size_t i = 0; i < kSipMaxHeaderLine; ++i)
        folded += " yy\r\n";
    EXPECT_EQ(parse_wire(folded + "\r\n").fault, GuardReason::header_too_long);
}

TEST(BodyLength, IsOneNumberOrNothing) {
    SipMessage message;
    EXPECT_TRUE(body_length(message).is_valid);
    EXPECT_FALSE(body_length(message).bytes.has_value());
    message.add("Content-Length", "5");
    EXPECT_EQ(body_length(message).bytes, 5U);
    message.add("content-length", "5");
    EXPECT_FALSE(body_length(message).is_valid);
    message.set("Content-Length", "-5");
    EXPECT_FALSE(body_length(message).is_valid);
    message.set("Content-Length", "99999999999999999999999");
    EXPECT_FALSE(body_length(message).is_valid);
}

}  // namespace
}  // namespace weir::signaling
