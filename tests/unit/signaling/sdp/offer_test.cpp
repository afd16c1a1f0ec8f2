// SPDX-License-Identifier: Apache-2.0
// The offer to a recorder, line by line as spec F.3 prints it, and its answer.
#include "signaling/sdp/offer.hpp"

#include <gtest/gtest.h>

namespace weir::signaling::sdp {
namespace {

Offer two_tracks() {
    OfferedStream track;
    track.port = 24544;
    track.formats = {
        {0, "PCMU/8000", ""}, {101, "telephone-event/8000", "0-16"}, {19, "CN/8000", ""}};
    Offer offer{3021, 3526, IpAddress::v4(198, 51, 100, 10), {track, track}};
    offer.streams[1].port = 31166;
    return offer;
}

TEST(Offer, IsWrittenAsTheRecorderFormAsks) {
    const std::string tail =
        "c=IN IP4 198.51.100.10\r\n"
        "a=rtpmap:0 PCMU/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\n"
        "a=fmtp:101 0-16\r\n"
        "a=rtpmap:19 CN/8000\r\n"
        "a=ptime:20\r\n"
        "a=sendonly\r\n";
    EXPECT_EQ(to_text(two_tracks()),
              "v=0\r\n"
              "o=Weir 3021 3526 IN IP4 198.51.100.10\r\n"
              "s=SIP Call\r\n"
              "c=IN IP4 198.51.100.10\r\n"
              "t=0 0\r\n"
              "m=audio 24544 RTP/AVP 0 101 19\r\n" +
                  tail + "m=audio 31166 RTP/AVP 0 101 19\r\n" + tail);
}

TEST(Offer, ParsesAsADescription) {
    EXPECT_TRUE(Description::parse(to_text(two_tracks())));
}

TEST(Answer, GivesAddressDirectionAndFormatsOfEachStream) {
    const auto answer = read_answer(
        "v=0\r\no=CiscoORA 3197 1 IN IP4 198.51.100.70\r\ns=SIP Call\r\n"
        "c=IN IP4 198.51.100.70\r\nt=0 0\r\n"
        "m=audio 42120 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=recvonly\r\n"
        "m=audio 0 RTP/AVP 0\r\n",
        2);
    ASSERT_TRUE(answer) << answer.error().context;
    EXPECT_TRUE((*answer)[0].accepted);
    EXPECT_EQ((*answer)[0].rtp.to_string(), "198.51.100.70:42120");
    EXPECT_EQ((*answer)[0].rtcp.to_string(), "198.51.100.70:42121");
    EXPECT_EQ((*answer)[0].direction, Direction::recvonly);
    EXPECT_EQ((*answer)[0].formats.size(), 1U);
    EXPECT_FALSE((*answer)[1].accepted);
}

TEST(Answer, WithAnotherNumberOfStreamsIsAnError) {
    EXPECT_FALSE(read_answer(to_text(two_tracks()), 1));
    EXPECT_FALSE(read_answer("", 1));
}

}  // namespace
}  // namespace weir::signaling::sdp
