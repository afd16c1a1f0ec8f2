// SPDX-License-Identifier: Apache-2.0
// Behaviour of the small words of config/base: text, Guid, bytes, clocks, random values, results.
#include <set>

#include <gtest/gtest.h>

#include "config/base/bytes.hpp"
#include "config/base/clock.hpp"
#include "config/base/digits.hpp"
#include "config/base/guid.hpp"
#include "config/base/random.hpp"
#include "config/base/text.hpp"

namespace weir {
namespace {

TEST(Text, TrimsBlanksAtBothEnds) {
    EXPECT_EQ(text::trim(" \t a b\r\n"), "a b");
}

TEST(Text, SplitKeepsEmptyPieces) {
    EXPECT_EQ(text::split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
    EXPECT_EQ(text::split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Text, WordsSkipsRunsOfBlanks) {
    EXPECT_EQ(text::words("  a \t b "), (std::vector<std::string_view>{"a", "b"}));
    EXPECT_TRUE(text::words(" \t ").empty());
}

TEST(Text, NumberTakesTheWholeTextOrNothing) {
    EXPECT_EQ(text::number("4294967296"), 4294967296U);
    for (const char* bad : {"", "-1", "+1", "1 ", "0x1", "18446744073709551616"})
        EXPECT_FALSE(text::number(bad)) << bad;
}

TEST(Text, PrintableHidesControlBytesAndCutsLongText) {
    EXPECT_EQ(text::printable("a\r\nb\x01"), "a\\x0d\\x0ab\\x01");
    EXPECT_EQ(text::printable("abcdef", 3), "abc...");
}

TEST(Text, NearestFindsATypoAndNothingFarAway) {
    const std::vector<std::string> words{"destination-pattern", "description", "dtmf-relay"};
    EXPECT_EQ(text::nearest("destination-patern", words), "destination-pattern");
    EXPECT_FALSE(text::nearest("zzz", words));
    EXPECT_FALSE(text::nearest(std::string(10'000, 'd'), words));
}

TEST(Guid, ReadsTheHeaderFormAndPadsWhatItPrints) {
    const auto guid = Guid::parse("1334370502-1348997600-2396699092-96331");
    ASSERT_TRUE(guid);
    EXPECT_EQ(guid->to_string(), "1334370502-1348997600-2396699092-0000096331");
    EXPECT_EQ(guid->to_conf_id(), "4F88E0C6 506811E0 8EDAB9D4 1784B");
}

TEST(Guid, RefusesWhatIsNotFourWords) {
    for (const char* bad :
         {"", "1-2-3", "1-2-3-4-5", "1-2-3-4294967296", "1--3-4", "a-b-c-d", "1-2-3-4 "})
        EXPECT_FALSE(Guid::parse(bad)) << bad;
}

TEST(Guid, PrintsTheLeastAndTheGreatest) {
    const Guid greatest{{0xffffffffU, 0xffffffffU, 0xffffffffU, 0xffffffffU}};
    EXPECT_EQ(Guid{}.to_string(), "0000000000-0000000000-0000000000-0000000000");
    EXPECT_EQ(Guid{}.to_conf_id(), "0 0 0 0");
    EXPECT_EQ(greatest.to_string(), "4294967295-4294967295-4294967295-4294967295");
    EXPECT_EQ(greatest.to_conf_id(), "FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF");
}

TEST(Digits, AppendsWholeRanges) {
    std::string out = "x";
    text::append_number(out, std::int64_t{INT64_MIN});
    text::append_number(out, std::uint64_t{UINT64_MAX});
    text::append_number(out, 0);
    EXPECT_EQ(out, "x-9223372036854775808184467440737095516150");
    out.clear();
    text::append_padded(out, 7, 3);
    text::append_padded(out, 1234, 3);
    EXPECT_EQ(out, "0071234");
}

TEST(BigEndian, StoresNetworkOrder) {
    const Be32 value(0x01020304);
    EXPECT_EQ(bytes_of(value)[0], 1);
    EXPECT_EQ(bytes_of(value)[3], 4);
    EXPECT_EQ(value.get(), 0x01020304U);
}

TEST(ViewAs, IsNullWhenTheBytesDoNotReach) {
    const std::uint8_t bytes[6] = {0, 1, 2, 3, 4, 5};
    EXPECT_EQ(view_as<Be32>(ByteSpan(bytes), 2)->get(), 0x02030405U);
    EXPECT_EQ(view_as<Be32>(ByteSpan(bytes), 3), nullptr);
    EXPECT_EQ(view_as<Be32>(ByteSpan(bytes), 7), nullptr);
}

TEST(Clock, PrintsBothTextForms) {
    const WallTime time{1'790'000'000'123'000'000};
    EXPECT_EQ(iso8601(time), "2026-09-21T14:13:20.123Z");
    EXPECT_EQ(rfc1123(time), "Mon, 21 Sep 2026 14:13:20 GMT");
}

TEST(Clock, PrintsTheBordersOfDaysMonthsAndYears) {
    EXPECT_EQ(iso8601({}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso8601({951'868'799'999'999'999}), "2000-02-29T23:59:59.999Z");
    EXPECT_EQ(rfc1123({1'798'761'599'000'000'000}), "Thu, 31 Dec 2026 23:59:59 GMT");
    EXPECT_EQ(rfc1123({1'798'761'600'000'000'000}), "Fri, 01 Jan 2027 00:00:00 GMT");
}

TEST(Random, BelowStaysBelow) {
    SystemRandom random;
    for (int i = 0; i < 10'000; ++i)
        EXPECT_LT(random.below(3), 3U);
}

TEST(Random, SystemValuesDoNotRepeat) {
    SystemRandom random;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(random.next());
    EXPECT_EQ(seen.size(), 1000U);
}

TEST(Random, TheSameSeedGivesTheSameValues) {
    SeededRandom a(7);
    SeededRandom b(7);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(a.next(), b.next());
}

TEST(Error, WithinPutsTheOuterContextInFront) {
    EXPECT_EQ((Error{ErrorCode::invalid, "port 0"}).within("rtp-port range").context,
              "rtp-port range: port 0");
}

}  // namespace
}  // namespace weir
