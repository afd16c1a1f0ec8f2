// SPDX-License-Identifier: Apache-2.0
// Behaviour of addresses, endpoints and prefixes.
#include "config/base/address.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(IpAddress, ReadsAndPrintsBothFamilies) {
    for (const char* text : {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "2001:db8::1",
                             "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"}) {
        const auto address = IpAddress::parse(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->to_string(), text);
    }
}

TEST(IpAddress, AcceptsBracketsAroundIpv6) {
    EXPECT_EQ(IpAddress::parse("[2001:db8::1]")->to_string(), "2001:db8::1");
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
    for (const char* text : {"", "host", "192.0.2", "192.0.2.256", "2001:db8::g", "[]", "1.2.3.4 "})
        EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(IpAddress, RefusesAnEmbeddedNul) {
    EXPECT_FALSE(IpAddress::parse(std::string_view("::1\0x", 5)));
}

TEST(IpAddress, UnspecifiedIsTheHoldAddress) {
    EXPECT_TRUE(IpAddress::parse("0.0.0.0")->is_unspecified());
    EXPECT_TRUE(IpAddress::parse("::")->is_unspecified());
    EXPECT_TRUE(IpAddress{}.is_unspecified());
    EXPECT_FALSE(IpAddress::v4(192, 0, 2, 1).is_unspecified());
}

TEST(Endpoint, ReadsAPortOrTakesTheDefault) {
    EXPECT_EQ(Endpoint::parse("192.0.2.1:5070", 5060)->port, 5070);
    EXPECT_EQ(Endpoint::parse("192.0.2.1", 5060)->port, 5060);
    EXPECT_EQ(Endpoint::parse("[2001:db8::1]:5070", 5060)->port, 5070);
    EXPECT_EQ(Endpoint::parse("2001:db8::1", 5060)->port, 5060);
}

TEST(Endpoint, RefusesPortsOutsideTheRange) {
    for (const char* text : {"192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:x", "192.0.2.1:"})
        EXPECT_FALSE(Endpoint::parse(text, 5060)) << text;
}

TEST(Endpoint, PrintsWhatItReads) {
    for (const char* text : {"192.0.2.1:5060", "255.255.255.255:65535", "[2001:db8::1]:5060"})
        EXPECT_EQ(Endpoint::parse(text, 1)->to_string(), text);
}

TEST(Prefix, ContainsItsNetAndNothingElse) {
    const auto net = *Prefix::parse("198.51.100.64/26");
    EXPECT_TRUE(net.contains(*IpAddress::parse("198.51.100.64")));
    EXPECT_TRUE(net.contains(*IpAddress::parse("198.51.100.127")));
    EXPECT_FALSE(net.contains(*IpAddress::parse("198.51.100.128")));
    EXPECT_FALSE(net.contains(*IpAddress::parse("198.51.100.63")));
}

TEST(Prefix, DoesNotMixFamilies) {
    EXPECT_FALSE(Prefix::parse("0.0.0.0/0")->contains(*IpAddress::parse("::1")));
}

TEST(Prefix, AnAddressAloneIsAHost) {
    EXPECT_EQ(Prefix::parse("192.0.2.1")->to_string(), "192.0.2.1/32");
    EXPECT_EQ(Prefix::parse("2001:db8::1")->length, 128);
}

TEST(Prefix, RefusesALengthBeyondTheFamily) {
    for (const char* text : {"192.0.2.0/33", "2001:db8::/129", "192.0.2.0/", "192.0.2.0/-1"})
        EXPECT_FALSE(Prefix::parse(text)) << text;
}

}  // namespace
}  // namespace weir
