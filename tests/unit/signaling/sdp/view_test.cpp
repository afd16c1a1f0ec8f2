// SPDX-License-Identifier: Apache-2.0
// MediaView: what an m-line inherits, and what its attributes mean.
#include "signaling/sdp/view.hpp"

#include <gtest/gtest.h>

namespace weir::signaling::sdp {
namespace {

MediaView view_of(const std::string& session, const std::string& media) {
    const auto description = Description::parse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n" +
                                                session + "t=0 0\r\n" + media);
    EXPECT_TRUE(description) << description.error().context;
    return description ? view(*description, 0) : MediaView{};
}

constexpr const char* kConnection = "c=IN IP4 192.0.2.1\r\n";

TEST(MediaView, TakesAddressAndDirectionFromTheSessionUnlessItHasItsOwn) {
    const auto inherited =
        view_of(std::string(kConnection) + "a=recvonly\r\n", "m=audio 5004 RTP/AVP 0\r\n");
    EXPECT_EQ(inherited.rtp.to_string(), "192.0.2.1:5004");
    EXPECT_EQ(inherited.rtcp.to_string(), "192.0.2.1:5005");
    EXPECT_EQ(inherited.direction, Direction::recvonly);
    const auto own = view_of(std::string(kConnection) + "a=recvonly\r\n",
                             "m=audio 5004 RTP/AVP 0\r\nc=IN IP6 2001:db8::7\r\na=sendonly\r\n");
    EXPECT_EQ(own.rtp.to_string(), "[2001:db8::7]:5004");
    EXPECT_EQ(own.direction, Direction::sendonly);
}

TEST(MediaView, ReadsFormatsWithStaticNamesAndParameters) {
    const auto media = view_of(kConnection,
                               "m=audio 5004 RTP/AVP 0 18 101 19 96\r\na=fmtp:18 annexb=no\r\n"
                               "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
                               "a=rtpmap:96 opus/48000/2\r\na=ptime:30\r\n");
    ASSERT_EQ(media.formats.size(), 5U);
    EXPECT_EQ(media.formats[0].rtpmap, "PCMU/8000");
    EXPECT_EQ(media.formats[1].fmtp, "annexb=no");
    EXPECT_TRUE(media.formats[2].is_telephone_event());
    EXPECT_TRUE(media.formats[3].is_comfort_noise());
    EXPECT_EQ(media.formats[4].encoding(), "opus");
    EXPECT_EQ(media.formats[4].clock_rate(), 48000U);
    EXPECT_EQ(media.ptime_ms, 30U);
}

TEST(MediaView, ZeroAddressIsHold) {
    const auto media = view_of("c=IN IP4 0.0.0.0\r\n", "m=audio 5004 RTP/AVP 0\r\n");
    EXPECT_TRUE(media.held_by_address);
    EXPECT_FALSE(media.rtp.is_set());
    EXPECT_EQ(media.direction, Direction::sendonly);
    EXPECT_EQ(view_of("c=IN IP6 ::\r\n", "m=audio 5004 RTP/AVP 0\r\na=recvonly\r\n").direction,
              Direction::inactive);
}

TEST(MediaView, AnAddressOfManyIsNeverSentTo) {
    for (const char* address :
         {"IP4 224.0.0.1/1", "IP4 239.255.0.1", "IP4 255.255.255.255", "IP6 ff02::1"}) {
        const auto media =
            view_of(std::string("c=IN ") + address + "\r\n", "m=audio 5004 RTP/AVP 0\r\n");
        EXPECT_TRUE(media.to_group) << address;
        EXPECT_FALSE(media.rtp.is_set()) << address;
        EXPECT_FALSE(media.rtcp.is_set()) << address;
    }
    const auto rtcp =
        view_of(kConnection, "m=audio 5004 RTP/AVP 0\r\na=rtcp:6000 IN IP4 224.0.0.1\r\n");
    EXPECT_EQ(rtcp.rtcp.to_string(), "192.0.2.1:6000");
}

TEST(MediaView, RtcpAttributeMovesTheRtcpAddress) {
    const auto port = view_of(kConnection, "m=audio 5004 RTP/AVP 0\r\na=rtcp:6000\r\n");
    EXPECT_EQ(port.rtcp.to_string(), "192.0.2.1:6000");
    const auto both =
        view_of(kConnection, "m=audio 5004 RTP/AVP 0\r\na=rtcp:6000 IN IP4 192.0.2.9\r\n");
    EXPECT_EQ(both.rtcp.to_string(), "192.0.2.9:6000");
    EXPECT_FALSE(view_of(kConnection, "m=audio 65535 RTP/AVP 0\r\n").rtcp.is_set());
}

TEST(MediaView, PortZeroIsNotActive) {
    const auto media = view_of(kConnection, "m=audio 0 RTP/AVP 0\r\n");
    EXPECT_FALSE(media.is_active());
    EXPECT_FALSE(media.rtp.is_set());
}

}  // namespace
}  // namespace weir::signaling::sdp
