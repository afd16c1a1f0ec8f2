// SPDX-License-Identifier: Apache-2.0
// Which addresses of a name calls leave alone (RFC 3263 4.3, RFC 3261 21.5.4).
#include "signaling/edge/address_health.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

using std::chrono::seconds;

const AddressHealth::Address kAddress{SipTransport::udp, {IpAddress::v4(192, 0, 2, 1), 0, 5060}};

SipMessage response(int status, const char* retry_after = nullptr) {
    SipMessage message;
    message.is_request = false;
    message.status = status;
    if (retry_after != nullptr) message.add("Retry-After", retry_after);
    return message;
}

TEST(AddressHealth, A503RestsForAsLongAsItAsks) {
    AddressHealth health;
    const MonoTime now{};
    health.answered(kAddress, response(503, "20 (overloaded);duration=5"), now);
    EXPECT_TRUE(health.is_down(kAddress, now + seconds(19)));
    EXPECT_FALSE(health.is_down(kAddress, now + seconds(20)));
}

TEST(AddressHealth, A503WithoutATimeIsNoReasonToStayAway) {
    AddressHealth health;
    for (const char* value : {static_cast<const char*>(nullptr), "0", "soon", "-1"})
        health.answered(kAddress, response(503, value), {});
    EXPECT_FALSE(health.is_down(kAddress, {}));
}

TEST(AddressHealth, NobodyStaysAwayForADay) {
    AddressHealth health;
    const MonoTime now{};
    health.answered(kAddress, response(503, "86400"), now);
    EXPECT_FALSE(health.is_down(kAddress, now + kLongestRest));
    health.answered(kAddress, response(503, "99999999999999999999"), now);
    EXPECT_FALSE(health.is_down(kAddress, now + kLongestRest));
}

TEST(AddressHealth, SilenceRestsAndAnyAnswerBringsItBack) {
    AddressHealth health;
    const MonoTime now{};
    health.silent(kAddress, now);
    EXPECT_TRUE(health.is_down(kAddress, now + seconds(29)));
    health.answered(kAddress, response(404), now + seconds(1));
    EXPECT_FALSE(health.is_down(kAddress, now + seconds(2)));
}

TEST(AddressHealth, WhatKeepaliveFindsBusyIsDownUntilItSaysOtherwise) {
    AddressHealth health;
    health.set_busy({kAddress});
    health.answered(kAddress, response(200), {});
    EXPECT_TRUE(health.is_down(kAddress, {}));
    const AddressHealth::Address by_tcp{SipTransport::tcp, kAddress.second};
    EXPECT_FALSE(health.is_down(by_tcp, {}));
    health.set_busy({});
    EXPECT_FALSE(health.is_down(kAddress, {}));
}

TEST(AddressHealth, RestingAddressesAreBounded) {
    AddressHealth health;
    for (std::uint16_t port = 1; port <= 2'000; ++port)
        health.silent({SipTransport::udp, {IpAddress::v4(192, 0, 2, 1), 0, port}}, {});
    EXPECT_EQ(health.resting(), kRestingAddresses);
}

}  // namespace
}  // namespace weir::signaling
