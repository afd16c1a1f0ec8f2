// SPDX-License-Identifier: Apache-2.0
// rtp payload-type and video codec of a dial-peer, read out of its lines.
#include "config/model/payload_types.hpp"

#include <string>

#include <gtest/gtest.h>

namespace weir::config {
namespace {

std::string types_of(std::initializer_list<const char*> lines) {
    DialPeer peer;
    for (const char* line : lines)
        peer.kept.push_back({line, line, {}});
    std::string text;
    for (const auto& [encoding, number] : payload_types(peer))
        text += std::string(encoding) + "=" + std::to_string(number) + " ";
    return text;
}

TEST(PayloadTypes, NameEventsNoiseAndCodecs) {
    EXPECT_EQ(types_of({"rtp payload-type nte 96", "rtp payload-type comfort-noise 13",
                        "rtp payload-type cisco-codec-ilbc 97"}),
              "telephone-event=96 CN=13 iLBC=97 ");
    EXPECT_EQ(types_of({"rtp payload-type nte 98 comfort-noise 13"}), "telephone-event=98 CN=13 ");
}

TEST(PayloadTypes, LaterLineOfAKindCounts) {
    EXPECT_EQ(types_of({"rtp payload-type opus 96", "rtp payload-type cisco-codec-opus 99"}),
              "opus=99 ");
}

TEST(PayloadTypes, StaticNumbersAndKindsWithoutACodecSayNothing) {
    EXPECT_EQ(types_of({"rtp payload-type nte 5", "rtp payload-type comfort-noise 101",
                        "rtp payload-type nse 100", "rtp payload-type nte", "video codec h264"}),
              "");
}

TEST(VideoCodecs, HaveTheNumbersOfTheSpec) {
    DialPeer peer;
    peer.kept.push_back({"video codec", "video codec h264", {}});
    ASSERT_EQ(video_codecs(peer).size(), 1U);
    EXPECT_EQ(video_codecs(peer).front().encoding, "H264");
    EXPECT_EQ(video_codecs(peer).front().payload_type, 119);
}

}  // namespace
}  // namespace weir::config
