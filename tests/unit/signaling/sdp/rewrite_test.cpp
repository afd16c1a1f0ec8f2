// SPDX-License-Identifier: Apache-2.0
// LocalOrigin and rewrite where the golden tables do not reach: versions, and hostile input.
#include "signaling/sdp/rewrite.hpp"

#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "signaling/sdp/foreign.hpp"

namespace weir::signaling::sdp {
namespace {

constexpr const char* kOffer =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 5004 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

Rewrite plain() {
    Rewrite how;
    how.address = IpAddress::v4(198, 51, 100, 1);
    how.ports = {16384};
    how.audio = {CodecPolicy{.transparent = true, .codecs = {}}};
    return how;
}

TEST(LocalOrigin, VersionRisesOnlyWithAChangedText) {
    const auto how = plain();
    const auto first = rewrite(*Description::parse(kOffer), how);
    ASSERT_TRUE(first);
    LocalOrigin origin(9, 4);
    const auto text = origin.stamp(*first, how.address);
    EXPECT_NE(text.find("o=Weir 9 4 IN IP4 198.51.100.1"), std::string::npos);
    EXPECT_EQ(origin.stamp(*first, how.address), text);
    auto held = *first;
    held.media[0].lines.push_back({"a=sendonly", "\r\n"});
    EXPECT_NE(origin.stamp(held, how.address).find("o=Weir 9 5 "), std::string::npos);
    EXPECT_NE(origin.stamp(*first, how.address).find("o=Weir 9 6 "), std::string::npos);
}

// RFC 4566 5: one o=. The text told again must be the text told, with the version in each place.
TEST(LocalOrigin, ASecondOriginOfThePeerIsNotToldOn) {
    const auto how = plain();
    const auto source = Description::parse(std::string("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n") +
                                           std::string(kOffer).substr(5));
    ASSERT_TRUE(source);
    const auto result = rewrite(*source, how);
    ASSERT_TRUE(result);
    LocalOrigin origin(9, 4);
    const auto text = origin.stamp(*result, how.address);
    EXPECT_EQ(text.find("o="), text.rfind("o="));
    EXPECT_EQ(origin.again(how.address), text);
}

// A Content-Length that is one short leaves a CR at the end.
TEST(Rewrite, ALastLineWithHalfAnEndIsEnded) {
    std::string text = kOffer;
    text.pop_back();
    auto how = plain();
    how.directions = {Direction::sendonly};
    const auto result = rewrite(*Description::parse(text), how);
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->to_string().ends_with("telephone-event/8000\r\na=sendonly\r\n"));
}

TEST(Rewrite, InboundAndOutboundPoliciesBothHold) {
    auto how = plain();
    how.audio = {CodecPolicy{.codecs = {{"PCMU", 8000}, {"PCMA", 8000}}, .telephone_event = false},
                 CodecPolicy{.codecs = {{"PCMA", 8000}, {"G729", 8000}, {"PCMU", 8000}}}};
    const auto source = Description::parse(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        "m=audio 5004 RTP/AVP 0 8 18 101\r\na=rtpmap:101 telephone-event/8000\r\n");
    const auto result = rewrite(*source, how);
    ASSERT_TRUE(result) << result.error().context;
    EXPECT_EQ(result->media[0].line.to_string(), "m=audio 16384 RTP/AVP 8 0");
}

TEST(HoldsAddress, FindsAddressesInAnyDress) {
    for (const char* text : {"10.0.0.1", "x 10.0.0.1:5060 y", "(2001:db8::5)", "1:2:3:4:5:6:7:8",
                             "at fe80::1.", "HOST.Example"})
        EXPECT_TRUE(holds_address(text, {"host.example"})) << text;
    for (const char* text :
         {"", "1:1", "64000", "100 0-16", "1.2", "ab:cd", "::", "a=b", "mid:1.5"})
        EXPECT_FALSE(holds_address(text, {"host.example"})) << text;
}

// Mutated descriptions: whatever is accepted is written as a description that can be read again and
// that names no address but ours.
TEST(Rewrite, NeverLeaksAnAddressOfTheOtherSide) {
    constexpr std::uint64_t kSeed = 4711;
    SCOPED_TRACE("seed " + std::to_string(kSeed));
    SeededRandom random(kSeed);
    const std::string base =
        std::string(kOffer) +
        "a=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\na=rtcp:5 IN IP4 192.0.2.1\r\n"
        "a=X:192.0.2.1\r\ni=192.0.2.1\r\nb=AS:5\r\n";
    unsigned accepted = 0;
    for (int round = 0; round < 5000; ++round) {
        std::string text = base;
        for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
            const auto at = random.below(text.size());
            if (random.below(2) == 0)
                text[at] = static_cast<char>(random.below(256));
            else
                text.insert(at, 1, "\r\n=:/ 0av.m"[random.below(12)]);
        }
        const auto source = Description::parse(text);
        if (!source) continue;
        const auto result = rewrite(*source, plain());
        if (!result) continue;
        ++accepted;
        const auto written = LocalOrigin().stamp(*result, plain().address);
        ASSERT_TRUE(Description::parse(written)) << written;
        ASSERT_EQ(written.find("192.0.2.1"), std::string::npos) << written;
    }
    EXPECT_GT(accepted, 500U);
}

}  // namespace
}  // namespace weir::signaling::sdp
