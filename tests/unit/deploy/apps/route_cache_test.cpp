// SPDX-License-Identifier: Apache-2.0
// The kernel is asked once a second for each party.
#include "deploy/apps/route_cache.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace weir::apps {
namespace {

struct Routes {
    tests::FakeClock clock;
    IpAddress answer = IpAddress::parse("192.0.2.1").value();
    int asked = 0;
    RouteCache cache{clock, [this](const IpAddress&) {
                         ++asked;
                         return answer;
                     }};
};

IpAddress party(std::uint32_t number) {
    return IpAddress::v4(10, static_cast<std::uint8_t>(number >> 16),
                         static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number));
}

TEST(RouteCache, AsksOnceForAPartyWithinASecond) {
    Routes routes;
    EXPECT_EQ(routes.cache.toward(party(1)), routes.answer);
    EXPECT_EQ(routes.cache.toward(party(1)), routes.answer);
    EXPECT_EQ(routes.asked, 1);
}

TEST(RouteCache, NoticesAChangedRouteAfterASecond) {
    Routes routes;
    (void)routes.cache.toward(party(1));
    routes.answer = IpAddress::parse("192.0.2.2").value();
    routes.clock.advance(kRouteCacheTime);
    EXPECT_EQ(routes.cache.toward(party(1)), routes.answer);
}

TEST(RouteCache, ForgetsRatherThanGrowsBeyondItsBound) {
    Routes routes;
    for (std::uint32_t i = 0; i <= kRouteCacheEntries; ++i)
        (void)routes.cache.toward(party(i));
    (void)routes.cache.toward(party(0));
    EXPECT_EQ(routes.asked, static_cast<int>(kRouteCacheEntries) + 2);
}

}  // namespace
}  // namespace weir::apps
