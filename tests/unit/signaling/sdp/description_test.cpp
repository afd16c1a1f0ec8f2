// SPDX-License-Identifier: Apache-2.0
// Description: untouched text comes out byte for byte, and everything is bounded.
#include "signaling/sdp/description.hpp"

#include <gtest/gtest.h>

#include "config/base/limits.hpp"
#include "config/base/random.hpp"

namespace weir::signaling::sdp {
namespace {

constexpr const char* kHead =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

TEST(Description, KeepsEveryByteOfMixedLineEnds) {
    const std::string text =
        "v=0\no=- 1 1 IN IP4 192.0.2.1\r\ns= \r\nc=IN IP4 192.0.2.1\nt=0 0\r\r\nm=audio  5 RTP/AVP "
        " 0\r\n"
        "a=X:\xC3\xA4 \r\n\r\n\na=";
    EXPECT_FALSE(Description::parse(text));  // a line behind blank lines
    const std::string accepted = text.substr(0, text.size() - 2);
    const auto description = Description::parse(accepted);
    ASSERT_TRUE(description) << description.error().context;
    EXPECT_EQ(description->to_string(), accepted);
}

// Random texts of plausible lines: what parses is printed as it was.
TEST(Description, RoundTripsWhateverItAccepts) {
    constexpr std::uint64_t kSeed = 20261121;
    SCOPED_TRACE("seed " + std::to_string(kSeed));
    SeededRandom random(kSeed);
    const std::vector<std::string> lines{"s=x",
                                         "i=some text",
                                         "c=IN IP4 192.0.2.7/127",
                                         "c=IN IP6 2001:db8::1",
                                         "b=AS:64",
                                         "a=sendonly",
                                         "a=rtpmap:0 PCMU/8000",
                                         "a=X-:;=\t",
                                         "m=audio 0 RTP/AVP 0",
                                         "m=audio 5004/2 RTP/AVP 0 8 101",
                                         "m=video 1 RTP/SAVPF 97",
                                         "m=image 3 udptl t38",
                                         "m=x 9 FOO bar",
                                         "k=clear:x",
                                         "t=1 2",
                                         "z=0 -1h"};
    const std::vector<std::string> ends{"\r\n", "\n", "\r\r\n"};
    unsigned accepted = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text = kHead;
        for (std::uint64_t n = random.below(12); n > 0; --n)
            text += lines[random.below(lines.size())] + ends[random.below(ends.size())];
        if (random.below(4) == 0) text.resize(text.size() - 1);
        const auto description = Description::parse(text);
        if (!description) continue;
        ++accepted;
        ASSERT_EQ(description->to_string(), text) << "round " << round;
    }
    EXPECT_GT(accepted, 1000U);
}

TEST(Description, RefusesWhatIsTooMuch) {
    EXPECT_FALSE(Description::parse(""));
    EXPECT_FALSE(Description::parse(std::string(kHead) + "a=" + std::string(kSdpMaxBytes, 'x')));
    std::string lines = kHead;
    for (std::size_t i = 0; i < kSdpMaxLines; ++i)
        lines += "a=b\r\n";
    EXPECT_FALSE(Description::parse(lines));
    std::string media = kHead;
    for (int i = 0; i < 100; ++i)
        media += "m=audio 9 RTP/AVP 0\r\n";
    EXPECT_FALSE(Description::parse(media));
    std::string formats = std::string(kHead) + "m=audio 9 RTP/AVP";
    for (std::size_t i = 0; i <= kSdpMaxFormats; ++i)
        formats += " 0";
    EXPECT_FALSE(Description::parse(formats + "\r\n"));
}

TEST(Description, RefusesControlBytesAndNul) {
    EXPECT_FALSE(Description::parse(std::string(kHead) + std::string("a=x\0y\r\n", 7)));
    EXPECT_FALSE(Description::parse(std::string(kHead) + "a=x\x1B[2J\r\n"));
    EXPECT_FALSE(Description::parse(std::string(kHead) + "a=x\ry\r\n"));
}

TEST(Description, RefusedStreamNeedsNoConnection) {
    const auto description = Description::parse(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n");
    EXPECT_TRUE(description) << description.error().context;
}

TEST(Description, ConnectionAddressMustBeOfItsType) {
    EXPECT_TRUE(parse_connection("IN IP4 192.0.2.1"));
    EXPECT_TRUE(parse_connection("IN IP4 224.2.1.1/127"));
    EXPECT_TRUE(parse_connection("IN IP6 2001:db8::1"));
    for (const char* bad : {"", "IN IP4", "IN IP6 192.0.2.1", "IN IP4 2001:db8::1",
                            "ATM IP4 192.0.2.1", "IN IP4 192.0.2.1 x", "IN IP4 host"})
        EXPECT_FALSE(parse_connection(bad)) << bad;
}

}  // namespace
}  // namespace weir::signaling::sdp
