// SPDX-License-Identifier: Apache-2.0
// Who gets a seat, and who gives it up.
#include "config/admin/seats.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SeatsTest : public testing::Test {
protected:
    Seats::Guest come(int name) {
        return seats.take([this, name] { left.push_back(name); });
    }
    Seats::Guest come(int name, std::uint32_t owner, unsigned rank) {
        return seats.take([this, name] { left.push_back(name); }, {owner, rank});
    }
    Seats seats{2};
    std::vector<int> left;
};

TEST_F(SeatsTest, WhileThereIsRoomNobodyLeaves) {
    EXPECT_NE(come(1), 0U);
    EXPECT_NE(come(2), 0U);
    EXPECT_THAT(left, IsEmpty());
}

TEST_F(SeatsTest, TheOneThatHasWaitedLongestLeaves) {
    const auto first = come(1);
    (void)come(2);
    seats.wait(first);  // it begins to wait anew
    (void)come(3);
    EXPECT_THAT(left, ElementsAre(2));
    EXPECT_EQ(seats.taken(), 2U);
    EXPECT_EQ(seats.displaced(), 1U);
}

TEST_F(SeatsTest, WhoWorksStays) {
    seats.work(come(1));
    (void)come(2);
    (void)come(3);
    EXPECT_THAT(left, ElementsAre(2));
}

TEST_F(SeatsTest, WhenAllWorkANewcomerGetsNothing) {
    seats.work(come(1));
    const auto second = come(2);
    seats.work(second);
    EXPECT_EQ(come(3), 0U);
    seats.give_back(second);
    EXPECT_NE(come(4), 0U);
    EXPECT_THAT(left, IsEmpty());
}

TEST_F(SeatsTest, WhoHasLeftIsNotAskedAgain) {
    const auto first = come(1);
    (void)come(2);
    (void)come(3);
    seats.wait(first);
    seats.give_back(first);
    EXPECT_EQ(seats.taken(), 2U);
    (void)come(4);
    EXPECT_THAT(left, ElementsAre(1, 2));
}

TEST_F(SeatsTest, NobodyLosesASeatToSomebodyOfLowerRank) {
    (void)come(1, 10, 1);
    (void)come(2, 10, 1);
    EXPECT_EQ(come(3, 20, 0), 0U);
    EXPECT_THAT(left, IsEmpty());
}

TEST_F(SeatsTest, TheLowestRankLeavesFirstHoweverShortItHasWaited) {
    (void)come(1, 10, 1);
    (void)come(2, 20, 0);
    (void)come(3, 10, 1);
    EXPECT_THAT(left, ElementsAre(2));
}

TEST_F(SeatsTest, TheOwnerOfMostSeatsGivesOneUp) {
    Seats three{3};
    const auto sit = [&](int name, std::uint32_t owner) {
        (void)three.take([this, name] { left.push_back(name); }, {owner, 0});
    };
    sit(1, 10);
    sit(2, 20);
    sit(3, 20);
    sit(4, 20);  // who floods loses seats of its own
    EXPECT_THAT(left, ElementsAre(2));
    sit(5, 30);
    EXPECT_THAT(left, ElementsAre(2, 3));
}

TEST_F(SeatsTest, WhoIsKeptStays) {
    const auto first = come(1);
    seats.keep(first, true);
    (void)come(2);
    (void)come(3);
    (void)come(4);
    EXPECT_THAT(left, ElementsAre(2, 3));
    seats.keep(first, false);
    (void)come(5);
    EXPECT_THAT(left, ElementsAre(2, 3, 1));
}

}  // namespace
}  // namespace weir::config
