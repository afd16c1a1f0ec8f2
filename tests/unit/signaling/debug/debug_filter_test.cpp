// SPDX-License-Identifier: Apache-2.0
// Words of `debug ccsip`, and how much of it passes.
#include "signaling/debug/debug_filter.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

TEST(DebugWish, TopicsAndFilters) {
    const auto messages = parse_debug_wish("messages");
    ASSERT_TRUE(messages);
    EXPECT_TRUE(messages->messages && !messages->events && !messages->states);
    EXPECT_FALSE(messages->filter.is_set());
    const auto all = parse_debug_wish("all number +4930");
    ASSERT_TRUE(all);
    EXPECT_TRUE(all->messages && all->events && all->states);
    EXPECT_EQ(all->filter.number, "4930");
    EXPECT_EQ(parse_debug_wish("events call 1A")->filter.call, CallId{26});
    EXPECT_EQ(parse_debug_wish("states peer 7")->filter.peer, config::DialPeerTag{7});
}

TEST(DebugWish, WhatIsNoDebugIsRefusedWithTheWayToSayIt) {
    for (const char* words : {"", "transport", "messages number", "messages peer x", "all call z",
                              "messages number 1 2", "messages colour red"})
        EXPECT_FALSE(parse_debug_wish(words)) << words;
}

TEST(DebugBudget, SoManyASecondAndTheRestCounted) {
    DebugBudget budget(3);
    const MonoTime start{5'000'000'000};
    int passed = 0;
    for (int i = 0; i < 10; ++i)
        if (budget.take(start)) ++passed;
    EXPECT_EQ(passed, 3);
    EXPECT_TRUE(budget.take(start + std::chrono::seconds(1)));
    EXPECT_EQ(budget.take_dropped(), 7U);
    EXPECT_EQ(budget.take_dropped(), 0U);
}

}  // namespace
}  // namespace weir::signaling
