// SPDX-License-Identifier: Apache-2.0
// Properties of the port pool: every lease is free, even and in range; quarantine; exhaustion;
// random.
#include "dataplane/control/port_pool.hpp"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "config/base/limits.hpp"

namespace weir::dataplane {
namespace {

constexpr MonoTime kStart{1'000'000'000};

std::set<std::uint16_t> lease_all(PortPool& pool, MonoTime now) {
    std::set<std::uint16_t> ports;
    while (const auto port = pool.lease(now)) {
        EXPECT_TRUE(ports.insert(*port).second) << *port << " was leased twice";
    }
    return ports;
}

TEST(PortPool, TheDefaultRangeHas20100Pairs) {
    SeededRandom random(1);
    PortPool pool(random);
    pool.set_range(8000, 48198);
    EXPECT_EQ(pool.available(), 20100U);
    const auto ports = lease_all(pool, kStart);
    EXPECT_EQ(ports.size(), 20100U);
    EXPECT_EQ(*ports.begin(), 8000);
    EXPECT_EQ(*ports.rbegin(), 48198);
    for (const auto port : ports)
        ASSERT_EQ(port % 2, 0);
}

TEST(PortPool, NothingIsLeasedBeforeARangeIsSet) {
    SeededRandom random(1);
    PortPool pool(random);
    EXPECT_FALSE(pool.lease(kStart));
}

TEST(PortPool, OddBordersGiveTheEvenPortsBetween) {
    SeededRandom random(1);
    PortPool pool(random);
    pool.set_range(9001, 9005);
    EXPECT_EQ(lease_all(pool, kStart), (std::set<std::uint16_t>{9002, 9004}));
    PortPool top(random);
    top.set_range(65533, 65535);
    EXPECT_EQ(lease_all(top, kStart), (std::set<std::uint16_t>{65534}));
    PortPool none(random);
    none.set_range(9001, 9001);
    EXPECT_FALSE(none.lease(kStart));
}

TEST(PortPool, AReleasedPairRestsForTheQuarantine) {
    SeededRandom random(1);
    PortPool pool(random);
    pool.set_range(8000, 8000);
    ASSERT_TRUE(pool.lease(kStart));
    pool.release(8000, kStart);
    EXPECT_EQ(pool.quarantined(), 1U);
    EXPECT_FALSE(pool.lease(kStart + kPortQuarantine - std::chrono::nanoseconds(1)));
    EXPECT_TRUE(pool.lease(kStart + kPortQuarantine));
}

TEST(PortPool, APairHeldByAForeignSocketIsCountedAndTriedLater) {
    SeededRandom random(1);
    PortPool pool(random);
    pool.set_range(8000, 8002);
    const auto taken = pool.lease(kStart);
    pool.skip(*taken, kStart);
    EXPECT_EQ(pool.skipped(), 1U);
    EXPECT_EQ(pool.leased(), 0U);
    EXPECT_NE(pool.lease(kStart), taken);
    EXPECT_EQ(pool.lease(kStart + kPortQuarantine), taken);
}

TEST(PortPool, AnOutsideLeaseLivesUntilItsReleaseAndDoesNotComeBack) {
    SeededRandom random(1);
    PortPool pool(random);
    pool.set_range(8000, 8000);
    ASSERT_TRUE(pool.lease(kStart));
    pool.set_range(9000, 9000);
    EXPECT_EQ(pool.leased(), 1U);
    pool.release(8000, kStart);
    EXPECT_EQ(lease_all(pool, kStart + kPortQuarantine), (std::set<std::uint16_t>{9000}));
}

TEST(PortPool, ALeaseSurvivesTheRangeComingBack) {
    SeededRandom random(1);
    PortPool pool(random);
    pool.set_range(8000, 8002);
    const auto port = pool.lease(kStart);
    pool.set_range(9000, 9000);
    pool.set_range(8000, 8002);
    EXPECT_EQ(pool.available(), 1U);
    EXPECT_NE(pool.lease(kStart), port);
}

TEST(PortPool, AClaimedPairIsNobodyElses) {
    SeededRandom random(1);
    PortPool pool(random);
    EXPECT_TRUE(pool.claim(8002)) << "a predecessor's lease comes before the range";
    EXPECT_FALSE(pool.claim(8002));
    EXPECT_FALSE(pool.claim(8003));
    EXPECT_FALSE(pool.claim(0));
    pool.set_range(8000, 8004);
    EXPECT_EQ(lease_all(pool, kStart), (std::set<std::uint16_t>{8000, 8004}));
    pool.release(8002, kStart);
    EXPECT_TRUE(pool.claim(8002)) << "also out of the quarantine";
    EXPECT_EQ(pool.quarantined(), 0U);
}

TEST(PortPool, AReleaseOfWhatIsNotLeasedChangesNothing) {
    SeededRandom random(1);
    PortPool pool(random);
    pool.set_range(8000, 8002);
    pool.release(8000, kStart);
    pool.release(8001, kStart);
    pool.release(40000, kStart);
    pool.skip(8000, kStart);
    EXPECT_EQ(pool.available(), 2U);
    EXPECT_EQ(pool.quarantined(), 0U);
    EXPECT_EQ(pool.skipped(), 0U);
}

TEST(PortPool, LeasesComeInRandomOrder) {
    SeededRandom random(7);
    PortPool pool(random);
    pool.set_range(8000, 48198);
    std::size_t ascending = 0;
    std::uint16_t last = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto port = *pool.lease(kStart);
        ascending += port > last ? 1U : 0U;
        last = port;
    }
    EXPECT_GT(ascending, 400U);
    EXPECT_LT(ascending, 600U);
}

// A model of what a pool may do, beside the pool: random operations, one model, no difference.
TEST(PortPool, AgreesWithAModelOverRandomOperations) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        SeededRandom random(seed);
        PortPool pool(random);
        std::uint16_t min = 10000;
        std::uint16_t max = 10100;
        pool.set_range(min, max);
        std::set<std::uint16_t> leased;
        std::map<std::uint16_t, MonoTime> resting;
        MonoTime now = kStart;
        for (int step = 0; step < 3000; ++step) {
            now = now + milliseconds(random.below(500));
            const auto dice = random.below(100);
            if (dice < 55) {
                const auto port = pool.lease(now);
                if (!port) continue;
                ASSERT_TRUE(*port >= min && *port <= max && *port % 2 == 0);
                ASSERT_TRUE(leased.insert(*port).second);
                if (resting.contains(*port)) {
                    ASSERT_LE(resting[*port].ns, now.ns);
                }
            } else if (dice < 98 && !leased.empty()) {
                const auto port = *std::next(
                    leased.begin(), static_cast<std::ptrdiff_t>(random.below(leased.size())));
                pool.release(port, now);
                leased.erase(port);
                resting[port] = now + kPortQuarantine;
            } else if (dice >= 98) {
                min = static_cast<std::uint16_t>(10000 + random.below(60));
                max = static_cast<std::uint16_t>(min + random.below(80));
                pool.set_range(min, max);
            }
            ASSERT_EQ(pool.leased(), leased.size());
        }
    }
}

}  // namespace
}  // namespace weir::dataplane
