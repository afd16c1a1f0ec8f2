// SPDX-License-Identifier: Apache-2.0
// The pre-roll ring: order, wrapping, overwriting, and what a successor believes of it.
#include "dataplane/engine/pre_roll.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "config/base/random.hpp"

namespace weir::dataplane {
namespace {

using Bytes = std::vector<std::uint8_t>;

class Ring : public ::testing::Test {
protected:
    Ring() : memory(std::make_unique<Storage>()), ring(bytes()) { ring.clear(); }
    struct alignas(64) Storage {
        std::byte bytes[sizeof(PreRollHeader) + kPreRollBytesPerSecond];
    };
    std::span<std::byte> bytes() { return memory->bytes; }
    PreRoll::Evicted add(std::int64_t at_ns, std::size_t length, ForkMask mask = 0) {
        return ring.append({.arrival_ns = at_ns, .awaited_by = mask},
                           Bytes(length, static_cast<std::uint8_t>(at_ns)));
    }
    std::vector<std::int64_t> kept() {
        std::vector<std::int64_t> times;
        std::uint64_t offset = ring.tail();
        while (const PreRollRecord* record = ring.at(offset)) {
            times.push_back(record->arrival_ns);
            for (const std::uint8_t byte : ring.packet_of(*record))
                EXPECT_EQ(byte, static_cast<std::uint8_t>(record->arrival_ns));
            offset = PreRoll::next(offset, *record);
        }
        return times;
    }
    std::unique_ptr<Storage> memory;
    PreRoll ring;
};

TEST_F(Ring, KeepsWhatItWasGivenInOrder) {
    add(1, 172);
    add(2, 0);
    add(3, 1500);
    EXPECT_EQ(kept(), (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(Ring, OverwritesTheOldestAndTellsWhoAwaitedIt) {
    std::size_t written = 0;
    PreRoll::Evicted evicted;
    while (evicted.any == 0)
        evicted = add(static_cast<std::int64_t>(++written), 172, 0b101);
    EXPECT_EQ(evicted.packets[0], 1U);
    EXPECT_EQ(evicted.packets[1], 0U);
    EXPECT_EQ(evicted.packets[2], 1U);
    EXPECT_EQ(kept().front(), 2);
    EXPECT_EQ(kept().size(), written - 1);
}

TEST_F(Ring, AnyMixOfLengthsStaysSoundAndWhole) {
    constexpr std::uint64_t kSeed = 77;
    SeededRandom random(kSeed);
    std::uint64_t awaited = 0;
    for (std::int64_t i = 1; i <= 3'000; ++i) {
        ++awaited;
        const auto evicted = add(i, random.below(kMaxRtpBytes + 1), 1);
        awaited -= evicted.packets[0];
        ASSERT_TRUE(ring.is_sound()) << "seed " << kSeed << " packet " << i;
        const auto times = kept();
        ASSERT_EQ(times.size(), awaited) << "seed " << kSeed << " packet " << i;
        ASSERT_EQ(times.back(), i);
    }
}

TEST_F(Ring, APacketThatIsTooLongIsNotKept) {
    add(1, kMaxRtpBytes + 1);
    EXPECT_TRUE(kept().empty());
}

TEST_F(Ring, AnOffsetThatWasOverwrittenMovesToTheOldest) {
    for (std::int64_t i = 1; i <= 1000; ++i)
        add(i, 172);
    std::uint64_t offset = 0;
    const PreRollRecord* record = ring.at(offset);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->arrival_ns, kept().front());
}

TEST_F(Ring, OverwrittenSinceIsNeverTooFewAndAtMostAQuarterSecondTooMany) {
    constexpr std::int64_t kMs = 1'000'000;
    for (std::int64_t i = 0; i < 400; ++i)
        add((i + 1) * 20 * kMs, 172);
    const std::int64_t since = 100 * 20 * kMs + 1;
    const auto evicted_in_all = 400 - kept().size();
    const std::uint64_t truth = evicted_in_all - 100;
    EXPECT_GE(ring.evicted_since(since), truth);
    EXPECT_LE(ring.evicted_since(since), truth + 13);
}

TEST_F(Ring, DamageIsNoticed) {
    for (std::int64_t i = 1; i <= 50; ++i)
        add(i, 172);
    ASSERT_TRUE(ring.is_sound());
    auto* header = reinterpret_cast<PreRollHeader*>(memory->bytes);
    const PreRollHeader good = *header;
    header->tail += 8;
    EXPECT_FALSE(ring.is_sound());
    *header = good;
    header->head = header->tail + (1U << 30U);
    EXPECT_FALSE(ring.is_sound());
    *header = good;
    header->tail = header->head + 8;
    EXPECT_FALSE(ring.is_sound());
}

TEST(NoRing, TakesNothing) {
    PreRoll none{std::span<std::byte>{}};
    EXPECT_FALSE(none.is_present());
    EXPECT_EQ(none.append({}, Bytes(10)).any, 0U);
}

}  // namespace
}  // namespace weir::dataplane
