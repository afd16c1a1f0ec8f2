// SPDX-License-Identifier: Apache-2.0
// Drain: what it does when, and that it ends.
#include "deploy/apps/drain.hpp"

#include <string>

#include <gtest/gtest.h>

#include "tests/support/fake_loop.hpp"

namespace weir::apps {
namespace {

class DrainTest : public testing::Test {
protected:
    tests::FakeLoop loop;
    std::string steps;
    bool done = false;
    Drain drain{
        loop,
        {[this] { steps += "release "; }, [this] { return done; }, [this] { steps += "hurry "; },
         [this](bool clean) { steps += clean ? "clean" : "unclean"; }}};
};

TEST_F(DrainTest, StopsWhenNothingIsLeft) {
    drain.begin();
    done = true;
    loop.advance(kDrainLook);
    EXPECT_EQ(steps, "release clean");
}

TEST_F(DrainTest, WhatWaitsForSilentPeersIsHurriedOnce) {
    drain.begin();
    loop.advance(kDrainPatience + seconds(1));
    EXPECT_EQ(steps, "release hurry ");
    done = true;
    loop.advance(kDrainLook);
    EXPECT_EQ(steps, "release hurry clean");
}

TEST_F(DrainTest, EndsAtItsLimitAndASecondBeginChangesNothing) {
    drain.begin();
    loop.advance(seconds(1));
    drain.begin();
    loop.advance(kDrainLimit);
    EXPECT_EQ(steps, "release hurry unclean");
}

}  // namespace
}  // namespace weir::apps
