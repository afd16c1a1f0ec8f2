// SPDX-License-Identifier: Apache-2.0
// The supervisor's memory: made once, adopted by successors, refused when it is another's.
#include "dataplane/engine/shared_state.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace weir::dataplane {
namespace {

constexpr SharedStateOptions kOptions{
    .sessions = 8, .pre_roll_bytes_total = 1U << 20U, .pre_roll_seconds = 2};

class Memory : public ::testing::Test {
protected:
    std::span<std::byte> aligned(std::size_t bytes) {
        storage.assign(bytes + 64, std::byte{0});
        void* start = storage.data();
        std::size_t space = storage.size();
        std::align(64, bytes, start, space);
        return {static_cast<std::byte*>(start), bytes};
    }
    std::vector<std::byte> storage;
};

TEST_F(Memory, FreshMemoryIsLaidOut) {
    const auto memory = aligned(shared_state_bytes(kOptions));
    const auto state = SharedState::attach(memory, kOptions);
    ASSERT_TRUE(state);
    EXPECT_FALSE(state->adopted());
    EXPECT_EQ(state->slots().size(), 8U);
    EXPECT_EQ(state->ring_count(), pre_roll_ring_count(kOptions));
    const auto last = state->ring(state->ring_count() - 1);
    EXPECT_EQ(last.data() + last.size(), memory.data() + memory.size());
    EXPECT_TRUE(state->ring(state->ring_count()).empty());
}

TEST_F(Memory, ASuccessorFindsWhatWasThereUnderTheOldOptions) {
    const auto memory = aligned(shared_state_bytes(kOptions));
    SharedState::attach(memory, kOptions)->slots()[3].generation = 42;
    const auto successor = SharedState::attach(memory, {.sessions = 4});
    ASSERT_TRUE(successor);
    EXPECT_TRUE(successor->adopted());
    EXPECT_EQ(successor->incarnation(), 2U);
    EXPECT_EQ(successor->slots().size(), 8U);
    EXPECT_EQ(successor->slots()[3].generation, 42U);
}

TEST_F(Memory, TooLittleMemoryIsAnErrorWithBothNumbers) {
    const auto state = SharedState::attach(aligned(4096), kOptions);
    ASSERT_FALSE(state);
    EXPECT_EQ(state.error().code, ErrorCode::exhausted);
    EXPECT_NE(state.error().context.find(std::to_string(shared_state_bytes(kOptions))),
              std::string::npos);
}

TEST_F(Memory, AnotherLayoutIsRefused) {
    const auto memory = aligned(shared_state_bytes(kOptions));
    (void)SharedState::attach(memory, kOptions);
    auto* header = reinterpret_cast<SharedHeader*>(memory.data());
    ++header->layout;
    EXPECT_EQ(SharedState::attach(memory, kOptions).error().code, ErrorCode::invalid);
    --header->layout;
    header->slots_offset += 64;
    EXPECT_EQ(SharedState::attach(memory, kOptions).error().code, ErrorCode::invalid);
    header->magic = 7;
    EXPECT_EQ(SharedState::attach(memory, kOptions).error().code, ErrorCode::invalid);
}

TEST_F(Memory, ImpossibleOptionsAreRefused) {
    const auto memory = aligned(1U << 20U);
    EXPECT_FALSE(SharedState::attach(memory, {.sessions = 0}));
    EXPECT_FALSE(SharedState::attach(memory, {.sessions = kMaxSessions + 1}));
    EXPECT_FALSE(SharedState::attach(memory, {.pre_roll_seconds = 0}));
    EXPECT_FALSE(SharedState::attach(memory, {.pre_roll_seconds = 61}));
}

TEST(PreRollArithmetic, TwentyThousandCallsOfTwoSecondsAreOneAndAQuarterGibibytes) {
    const SharedStateOptions options{
        .sessions = 20'000, .pre_roll_bytes_total = 1'360U << 20U, .pre_roll_seconds = 2};
    EXPECT_GE(pre_roll_ring_count(options), 40'000U);
}

TEST(PreRollArithmetic, NoPreRollGivesNoRings) {
    EXPECT_EQ(pre_roll_ring_count({.pre_roll_bytes_total = 0}), 0U);
}

}  // namespace
}  // namespace weir::dataplane
