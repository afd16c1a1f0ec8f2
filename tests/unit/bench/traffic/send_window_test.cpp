// SPDX-License-Identifier: Apache-2.0
// The window of packets under way: what opens it, and what does not.
#include "bench/traffic/send_window.hpp"

#include <gtest/gtest.h>

namespace weir::bench {
namespace {

constexpr std::uint64_t kPackets = 64;
constexpr std::uint64_t kPatience = 100;

struct SendWindowTest : testing::Test {
    SendWindow window{kPackets, kPatience};

    void come(std::uint64_t packets, std::uint64_t sent_at) {
        for (std::uint64_t i = 0; i < packets; ++i)
            window.came(sent_at);
    }
};

TEST_F(SendWindowTest, AsManyAsItHoldsMayBeUnderWay) {
    window.sent(kPackets - 32);
    EXPECT_TRUE(window.has_room(32));
    EXPECT_FALSE(window.has_room(33));
}

TEST_F(SendWindowTest, WhatComesMakesRoom) {
    window.sent(kPackets);
    come(32, 1);
    EXPECT_TRUE(window.has_room(32));
    EXPECT_FALSE(window.has_room(33));
}

TEST_F(SendWindowTest, ASilenceGivesUpWhatIsUnderWay) {
    window.sent(kPackets);
    EXPECT_FALSE(window.give_up_if_silent(kPatience));
    EXPECT_FALSE(window.has_room(1));
    EXPECT_TRUE(window.give_up_if_silent(kPatience + 1));
    EXPECT_TRUE(window.has_room(kPackets));
}

TEST_F(SendWindowTest, WhatWasGivenUpAndComesAllTheSameMakesNoRoom) {
    window.sent(kPackets);
    ASSERT_TRUE(window.give_up_if_silent(200));
    window.sent(kPackets);
    come(kPackets, 1);
    EXPECT_FALSE(window.has_room(1));
    come(1, 201);
    EXPECT_TRUE(window.has_room(1));
}

TEST_F(SendWindowTest, AGeneratorThatDidNotLookHasHeardNoSilence) {
    window.sent(kPackets);
    window.listened(500);
    EXPECT_FALSE(window.give_up_if_silent(550));
    EXPECT_TRUE(window.give_up_if_silent(601));
}

}  // namespace
}  // namespace weir::bench
