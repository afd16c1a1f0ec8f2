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

}  // namespace
}  // namespace weir::config
