// SPDX-License-Identifier: Apache-2.0
// The table of a registration in virtual time.
#include "signaling/edge/registration.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

using std::chrono::seconds;
using Phase = Registration::Phase;

class RegistrationTest : public testing::Test {
protected:
    Registration::Step got(int status, bool can_answer = false) {
        RegisterAnswer answer;
        answer.status = status;
        answer.can_answer = can_answer;
        return registration_.answered(answer, now_, 0);
    }

    Registration registration_{{seconds(3600), 80}};
    MonoTime now_{1'000'000'000};
};

TEST_F(RegistrationTest, ItIsRefreshedAtTheRatioOfWhatWasGranted) {
    EXPECT_TRUE(registration_.start().send);
    RegisterAnswer answer{200, seconds(100), {}, {}, false};
    const auto step = registration_.answered(answer, now_, 0);
    EXPECT_EQ(step.wait, std::optional<std::chrono::nanoseconds>(seconds(80)));
    EXPECT_TRUE(registration_.is_registered(now_ + seconds(99)));
    EXPECT_FALSE(registration_.is_registered(now_ + seconds(100)));
    EXPECT_TRUE(registration_.due().send);
}

TEST_F(RegistrationTest, AChallengeIsAnsweredOnceAndOnceMoreWhenStale) {
    (void)registration_.start();
    auto step = got(401, true);
    EXPECT_TRUE(step.send);
    EXPECT_TRUE(step.with_answer);
    EXPECT_TRUE(got(401, true).with_answer);
    EXPECT_FALSE(got(401, true).send) << "never without end";
    EXPECT_EQ(registration_.phase(), Phase::waiting);
}

TEST_F(RegistrationTest, AChallengeWithoutAPasswordIsAFailure) {
    (void)registration_.start();
    EXPECT_FALSE(got(401, false).send);
    EXPECT_EQ(registration_.phase(), Phase::waiting);
}

TEST_F(RegistrationTest, A423IsFollowedOnce) {
    (void)registration_.start();
    RegisterAnswer answer{423, {}, seconds(7200), {}, false};
    EXPECT_TRUE(registration_.answered(answer, now_, 0).send);
    EXPECT_EQ(registration_.asked(), seconds(7200));
    answer.min_expires = seconds(9000);
    EXPECT_FALSE(registration_.answered(answer, now_, 0).send);
}

TEST_F(RegistrationTest, FailuresWaitLongerAndLonger) {
    std::chrono::nanoseconds last{0};
    for (int i = 0; i < 5; ++i) {
        (void)(i == 0 ? registration_.start() : registration_.due());
        const auto step = got(i % 2 == 0 ? 0 : 500);
        ASSERT_TRUE(step.wait);
        EXPECT_GT(*step.wait, last);
        last = *step.wait;
    }
    for (int i = 0; i < 20; ++i) {
        (void)registration_.due();
        EXPECT_LE(*got(503).wait, std::chrono::nanoseconds(kRegisterMost));
    }
}

TEST_F(RegistrationTest, TheDrawSpreadsTheWaitOverItsUpperHalf) {
    (void)registration_.start();
    EXPECT_EQ(*got(503).wait, std::chrono::nanoseconds(seconds(15)));
    Registration other{{seconds(3600), 80}};
    (void)other.start();
    RegisterAnswer answer;
    answer.status = 503;
    EXPECT_GT(*other.answered(answer, now_, 999).wait, std::chrono::nanoseconds(seconds(29)));
}

TEST_F(RegistrationTest, RetryAfterIsRespected) {
    (void)registration_.start();
    RegisterAnswer answer{503, {}, {}, seconds(120), false};
    EXPECT_EQ(*registration_.answered(answer, now_, 0).wait,
              std::chrono::nanoseconds(seconds(120)));
}

TEST_F(RegistrationTest, AFailedRefreshLeavesItRegisteredUntilItsTimeIsOver) {
    (void)registration_.start();
    (void)registration_.answered({200, seconds(100), {}, {}, false}, now_, 0);
    (void)registration_.due();
    (void)got(0);
    EXPECT_TRUE(registration_.is_registered(now_ + seconds(99)));
    EXPECT_EQ(registration_.left(now_ + seconds(40)), seconds(60));
}

TEST_F(RegistrationTest, StopRemovesWhatIsRegistered) {
    (void)registration_.start();
    (void)registration_.answered({200, seconds(100), {}, {}, false}, now_, 0);
    EXPECT_TRUE(registration_.stop(now_).send);
    EXPECT_EQ(registration_.asked(), seconds(0));
    EXPECT_TRUE(got(401, true).with_answer);
    EXPECT_FALSE(got(200).wait);
    EXPECT_EQ(registration_.phase(), Phase::idle);
    EXPECT_FALSE(registration_.is_registered(now_));
}

TEST_F(RegistrationTest, StopOfWhatIsNotRegisteredSendsNothing) {
    EXPECT_FALSE(registration_.stop(now_).send);
}

}  // namespace
}  // namespace weir::signaling
