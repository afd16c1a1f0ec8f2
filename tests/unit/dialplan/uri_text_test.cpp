// SPDX-License-Identifier: Apache-2.0
// The number in a URI as dial-peers compare it (spec A.3.5, N9), and the parts of URIs.
#include "dialplan/uri_text.hpp"

#include <gtest/gtest.h>

namespace weir::dialplan {
namespace {

TEST(NumberInUri, IsTheUserPartAsReceived) {
    EXPECT_EQ(number_in_uri("sip:+1-408-555@192.0.2.1:5060"), "+1-408-555");
    EXPECT_EQ(number_in_uri("sips:alice@example.com"), "alice");
}

TEST(NumberInUri, LosesSeparatorsOnlyWithUserPhone) {
    EXPECT_EQ(number_in_uri("sip:+1-(408).555@192.0.2.1;user=phone"), "+1408555");
    EXPECT_EQ(number_in_uri("sip:+1-408@192.0.2.1;USER=Phone;x"), "+1408");
    EXPECT_EQ(number_in_uri("sip:+1-408@192.0.2.1;user=ip"), "+1-408");
}

TEST(NumberInUri, OfTelUrisIsTheSubscriberWithoutParameters) {
    EXPECT_EQ(number_in_uri("tel:+1-408-555;phone-context=x"), "+1408555");
    EXPECT_EQ(number_in_uri("sip:+1408;isub=1@192.0.2.1;user=phone"), "+1408");
}

TEST(NumberInUri, HasItsEscapesUndone) {
    EXPECT_EQ(number_in_uri("sip:%2B1408%23@192.0.2.1"), "+1408#");
    EXPECT_EQ(number_in_uri("sip:50%@192.0.2.1"), "50%");
    EXPECT_EQ(number_in_uri("sip:%4@192.0.2.1"), "%4");
    EXPECT_EQ(number_in_uri("sip:%zz1@192.0.2.1"), "%zz1");
}

TEST(NumberInUri, IsEmptyWhereThereIsNone) {
    for (const char* uri : {"", "sip:", "sip:192.0.2.1", "sip:@192.0.2.1", "no-colon", "tel:"}) {
        EXPECT_EQ(number_in_uri(uri), "") << uri;
    }
}

TEST(NumberInUri, LeavesThePasswordOut) {
    EXPECT_EQ(number_in_uri("sip:1000:secret@192.0.2.1"), "1000");
}

TEST(HostOf, DropsPortAndBrackets) {
    EXPECT_EQ(host_of("192.0.2.1:5060"), "192.0.2.1");
    EXPECT_EQ(host_of("[2001:db8::1]:5060"), "2001:db8::1");
    EXPECT_EQ(host_of("2001:db8::1"), "2001:db8::1");
    EXPECT_EQ(host_of("[2001:db8"), "2001:db8");
    EXPECT_EQ(host_of(""), "");
}

TEST(UriText, FindsParametersByNameInAnyCase) {
    const auto uri = split_uri("sip:a@b:5060;Transport=TCP;lr?Subject=x");
    EXPECT_EQ(uri.parameter("transport"), "TCP");
    EXPECT_EQ(uri.parameter("lr"), "");
    EXPECT_EQ(uri.host, "b");
    EXPECT_EQ(uri.user, "a");
}

}  // namespace
}  // namespace weir::dialplan
