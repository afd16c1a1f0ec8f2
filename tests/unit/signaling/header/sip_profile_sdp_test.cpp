// SPDX-License-Identifier: Apache-2.0
// SIP profiles on the lines of a session description, alone and in a multipart body (spec D.2).
#include "config/base/limits.hpp"
#include "tests/support/row_name.hpp"
#include "tests/unit/signaling/header/profile_fixture.hpp"

namespace weir::signaling {
namespace {

using tests::profile;

constexpr const char* kSdp =
    "v=0\r\no=CiscoSystemsSIP-GW-UserAgent 1 7 IN IP4 198.51.100.2\r\ns=SIP Call\r\n"
    "c=IN IP4 198.51.100.2\r\nt=0 0\r\n"
    "m=audio 8000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
    "a=inactive\r\n"
    "m=video 8002 RTP/AVP 97\r\nb=AS:384\r\na=inactive\r\n"
    "m=image 8004 udptl t38\r\na=inactive\r\n";

SipMessage with_sdp(const std::string& body = kSdp, const char* type = "application/sdp") {
    SipMessage message = tests::invite();
    message.add("Content-Type", type);
    message.body = body;
    return message;
}

struct SdpRow {
    const char* rule;
    const char* from;  // this in the body above becomes
    const char* to;    // this, and nothing else changes
};

void PrintTo(const SdpRow& row, std::ostream* out) {
    *out << tests::row_name({row.rule});
}

class SdpRule : public testing::TestWithParam<SdpRow> {};

TEST_P(SdpRule, ChangesItsLinesAndNoOthers) {
    const SdpRow& row = GetParam();
    SipMessage message = with_sdp();
    profile(std::string("request INVITE sdp-header ") + row.rule + "\n").apply(message, {});
    std::string expected = kSdp;
    const std::size_t at = expected.find(row.from);
    ASSERT_NE(at, std::string::npos);
    expected.replace(at, std::string(row.from).size(), row.to);
    EXPECT_EQ(message.body, expected);
}

INSTANTIATE_TEST_SUITE_P(
    SpecD, SdpRule,
    testing::Values(
        SdpRow{"Audio-Attribute modify \"a=inactive\" \"a=sendrecv\"", "a=inactive\r\nm=video",
               "a=sendrecv\r\nm=video"},
        SdpRow{"Video-Attribute modify \"a=(inactive|sendonly)\" \"a=sendrecv\"",
               "a=inactive\r\nm=image", "a=sendrecv\r\nm=image"},
        SdpRow{"Session-Owner modify \"CiscoSystemsSIP-GW-UserAgent\" \"edge\"",
               "CiscoSystemsSIP-GW-UserAgent", "edge"},
        SdpRow{"mline-index 1 a=fmtp:101 modify \"0-16\" \"0-15\"", "0-16", "0-15"},
        SdpRow{"mline-index 2 b=AS remove", "b=AS:384\r\n", ""},
        SdpRow{"mline-index 0 c= modify \"198.51.100.2\" \"192.0.2.1\"", "c=IN IP4 198.51.100.2",
               "c=IN IP4 192.0.2.1"},
        SdpRow{"Video-Bandwidth-Info remove", "b=AS:384\r\n", ""},
        SdpRow{"Bandwidth-Key add \"b=CT:512\"", "t=0 0", "b=CT:512\r\nt=0 0"},
        SdpRow{"Audio-Bandwidth-Info add \"b=AS:80\"", "RTP/AVP 0 101\r\n",
               "RTP/AVP 0 101\r\nb=AS:80\r\n"},
        SdpRow{"mline-index 1 a=ixmap add \"a=ixmap:0 ping\"", "a=inactive\r\nm=video",
               "a=inactive\r\na=ixmap:0 ping\r\nm=video"},
        SdpRow{"Audio-Attribute modify \"a=inactive\" \"a=ptime:20\\x0D\\x0Aa=maxptime:40\"",
               "a=inactive\r\nm=video", "a=ptime:20\r\na=maxptime:40\r\nm=video"},
        SdpRow{"mline-index 3 a=inactive modify \"inactive\" \"sendrecv\"", "v=0", "v=0"},
        SdpRow{"Attribute modify \"inactive\" \"sendrecv\"", "v=0", "v=0"}));

TEST(SdpRuleOfAMultipart, EditsTheDescriptionAndLeavesTheOtherParts) {
    const std::string head =
        "--b1\r\nContent-Type: application/isup\r\n\r\na=inactive\r\n--b1\r\n"
        "Content-Type: application/sdp\r\n\r\n";
    const std::string tail = "\r\n--b1--\r\n";
    SipMessage message = with_sdp(head + kSdp + tail, "multipart/mixed; boundary=\"b1\"");
    profile("request INVITE sdp-header Audio-Attribute modify \"a=inactive\" \"a=sendrecv\"\n")
        .apply(message, {});
    std::string expected = kSdp;
    expected.replace(expected.find("a=inactive"), 10, "a=sendrecv");
    EXPECT_EQ(message.body, head + expected + tail);
}

TEST(SdpRuleOfALongBody, IsNotAppliedBeyond2048Bytes) {
    std::string body = kSdp;
    while (body.size() < kProfileSdpBytes - 20)
        body += "a=x-padding\r\n";
    SipMessage message = with_sdp(body);
    const auto outcome = profile(
                             "request INVITE sip-header X-A add \"X-A: 1\"\n"
                             "request INVITE sdp-header Audio-Attribute add "
                             "\"a=x-one-more-line-that-is-too-much\"\n")
                             .apply(message, {});
    EXPECT_EQ(outcome, ProfileOutcome::refused);
    EXPECT_EQ(message, with_sdp(body));
}

TEST(SdpRuleOfAnOtherBody, LeavesItAlone) {
    SipMessage message = with_sdp("a=inactive\r\n", "text/plain");
    profile("request INVITE sdp-header mline-index 0 a= modify \"inactive\" \"sendrecv\"\n")
        .apply(message, {});
    EXPECT_EQ(message.body, "a=inactive\r\n");
}

TEST(SdpRule, CopiesALineOfTheOtherLeg) {
    PeerMessage peer;
    peer.description = with_sdp();
    ProfileSubject subject;
    subject.peer = &peer;
    SipMessage message = tests::invite();
    profile(
        "request ANY peer-header sdp mline-index 1 copy \"a=fmtp:101 (.*)\" u05\n"
        "request ANY sip-header X-Events add \"X-Events: \\u05\"\n")
        .apply(message, subject);
    EXPECT_EQ(tests::header(message, "X-Events"), "0-16");
}

// Found by fuzzing: an empty part made all that follows it one part.
TEST(SdpBodyPart, BehindAnEmptyPartIsNoMoreThanItself) {
    const std::string before = "--b\r\n--b\r\nContent-Type: application/sdp\r\n\r\n";
    const std::string behind = "\r\n--b\r\nContent-Type: application/isup\r\n\r\nx\r\n--b--\r\n";
    // The end of line before a boundary is the boundary's.
    const std::string lines = "v=0\r\ns=-";
    const auto message = with_sdp(before + lines + behind, "multipart/mixed;boundary=b");
    const auto found = SdpBody::find(message);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->text(), lines + "\r\n");
}

// Rules go through lines and sections: what the call will refuse is not worth their time.
TEST(SdpBodyPart, OfMoreLinesThanADescriptionMayHaveIsNone) {
    std::string many = "v=0\r\n";
    for (std::size_t i = 1; i < kSdpMaxLines; ++i)
        many += "m=audio 1 RTP/AVP 0\r\n";
    EXPECT_TRUE(SdpBody::find(with_sdp(many)));
    EXPECT_FALSE(SdpBody::find(with_sdp(many + "a=x\r\n")));
}

}  // namespace
}  // namespace weir::signaling
