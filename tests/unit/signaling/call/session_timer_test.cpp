// SPDX-License-Identifier: Apache-2.0
// SessionTimer: the tables of RFC 4028 7 and 9 as values.
#include "signaling/call/session_timer.hpp"

#include <gtest/gtest.h>

namespace weir::signaling {
namespace {

SipMessage request(const char* supported, const char* expires = nullptr) {
    SipMessage message;
    message.method = "INVITE";
    message.add("Supported", supported);
    if (expires != nullptr) message.add("Session-Expires", expires);
    return message;
}

SipMessage response(int status = 200) {
    SipMessage message;
    message.is_request = false;
    message.status = status;
    return message;
}

std::string value(const SipMessage& message, const char* name) {
    const std::string* found = message.find(name);
    return found == nullptr ? "(none)" : *found;
}

std::string answered(SessionTimer& timer, const SipMessage& to, const SessionWish& other = {}) {
    SipMessage ok = response();
    timer.answer(to, other, ok);
    return value(ok, "Session-Expires");
}

TEST(SessionTimer, IntervalBelowOursIsTooSmallOnlyForAPeerThatKnowsTimers) {
    const SessionTimer timer(SessionSettings{false, 1800, 1800});
    EXPECT_TRUE(timer.is_too_small(request("timer", "90")));
    EXPECT_FALSE(timer.is_too_small(request("100rel", "90")));
    EXPECT_FALSE(timer.is_too_small(request("timer", "1800")));
    EXPECT_FALSE(timer.is_too_small(request("timer")));
}

struct UasRow {
    const char* supported;
    const char* asked;
    const char* answer;
    SessionTimer::Refresher refresher;
};

TEST(SessionTimer, RefresherIsChosenByTableTwoOfRfc4028) {
    using Refresher = SessionTimer::Refresher;
    const UasRow rows[] = {
        {"", "1800", "1800;refresher=uas", Refresher::us},
        {"", "1800;refresher=uac", "1800;refresher=uas", Refresher::us},
        {"timer", "1800", "1800;refresher=uac", Refresher::peer},
        {"timer", "1800;refresher=uac", "1800;refresher=uac", Refresher::peer},
        {"timer", "1800;refresher=uas", "1800;refresher=uas", Refresher::us},
    };
    for (const auto& row : rows) {
        SessionTimer timer;
        EXPECT_EQ(answered(timer, request(row.supported, row.asked)), row.answer) << row.asked;
        EXPECT_EQ(timer.refresher(), row.refresher) << row.asked;
    }
}

TEST(SessionTimer, RequireStandsInTheAnswerOnlyForAPeerThatKnowsTimers) {
    SessionTimer timer;
    SipMessage ok = response();
    timer.answer(request("timer", "1800"), {}, ok);
    EXPECT_EQ(value(ok, "Require"), "timer");
    SipMessage other = response();
    timer.answer(request("", "1800"), {}, other);
    EXPECT_EQ(value(other, "Require"), "(none)");
}

TEST(SessionTimer, NobodyWantsOneAndThereIsNone) {
    SessionTimer timer;
    EXPECT_EQ(answered(timer, request("timer")), "(none)");
    EXPECT_EQ(timer.interval(), 0U);
}

TEST(SessionTimer, SessionRefreshPutsOneIntoOurAnswer) {
    SessionTimer timer(SessionSettings{true, 1800, 3600});
    EXPECT_EQ(answered(timer, request("timer")), "3600;refresher=uas");
    EXPECT_EQ(timer.refresh_after(), std::chrono::seconds(1800));
    EXPECT_EQ(timer.expires_after(), std::chrono::seconds(3600 - 32));
}

TEST(SessionTimer, AnswerTakesTheShorterIntervalOfTheOtherLeg) {
    SessionTimer timer(SessionSettings{false, 90, 1800});
    EXPECT_EQ(answered(timer, request("timer", "3600"), {1200, false, 0}), "1200;refresher=uas");
}

TEST(SessionTimer, RunningTimerGoesOnWithoutSessionExpiresInARequest) {
    SessionTimer timer;
    EXPECT_EQ(answered(timer, request("timer", "1800;refresher=uac")), "1800;refresher=uac");
    EXPECT_EQ(answered(timer, request("timer")), "1800;refresher=uac");
}

TEST(SessionTimer, MinSeStandsInEveryRequestAndTheIntervalOnlyWhenItIsWanted) {
    SessionTimer timer;
    SipMessage plain = request("100rel");
    timer.ask(plain, {});
    EXPECT_EQ(value(plain, "Min-SE"), "1800");
    EXPECT_EQ(value(plain, "Supported"), "100rel, timer");
    EXPECT_EQ(value(plain, "Session-Expires"), "(none)");
    SipMessage passed = request("");
    timer.ask(passed, {2000, true, 1900});
    EXPECT_EQ(value(passed, "Min-SE"), "1900");
    EXPECT_EQ(value(passed, "Session-Expires"), "2000;refresher=uac");
}

TEST(SessionTimer, A422RaisesTheIntervalOnceForEachHigherValue) {
    SessionTimer timer(SessionSettings{true, 90, 600});
    SipMessage invite = request("");
    timer.ask(invite, {});
    EXPECT_EQ(value(invite, "Session-Expires"), "600");
    SipMessage refused = response(422);
    refused.add("Min-SE", "900");
    ASSERT_TRUE(timer.raise(refused));
    timer.ask(invite, {});
    EXPECT_EQ(value(invite, "Session-Expires"), "900");
    EXPECT_EQ(value(invite, "Min-SE"), "900");
    EXPECT_FALSE(timer.raise(refused));
    EXPECT_FALSE(timer.raise(response(422)));
}

TEST(SessionTimer, AnswerOfThePeerSaysWhoRefreshes) {
    SessionTimer timer(SessionSettings{true, 90, 600});
    SipMessage invite = request("");
    timer.ask(invite, {});
    SipMessage ok = response();
    ok.add("Session-Expires", "600;refresher=uas");
    timer.on_answer(ok);
    EXPECT_EQ(timer.refresher(), SessionTimer::Refresher::peer);
    ok.set("Session-Expires", "600;refresher=uac");
    timer.on_answer(ok);
    EXPECT_EQ(timer.refresher(), SessionTimer::Refresher::us);
}

TEST(SessionTimer, PeerWithoutTimersIsRefreshedAndNothingExpires) {
    SessionTimer timer(SessionSettings{true, 90, 600});
    SipMessage invite = request("");
    timer.ask(invite, {});
    timer.on_answer(response());
    EXPECT_EQ(timer.refresher(), SessionTimer::Refresher::us);
    EXPECT_FALSE(timer.expires());
}

TEST(SessionTimer, StrangeIntervalsAreBounded) {
    SessionTimer timer;
    SipMessage ok = response();
    for (const char* text : {"1", "00000000000000000000001"}) {
        ok.set("Session-Expires", text);
        timer.on_answer(ok);
        EXPECT_EQ(timer.interval(), kShortestSession) << text;
    }
    for (const char* text : {"99999999", "4294967297"}) {
        ok.set("Session-Expires", text);
        timer.on_answer(ok);
        EXPECT_EQ(timer.interval(), kLongestSession) << text;
    }
    for (const char* text : {"", ";refresher=uac", "-5", "abc", "0"}) {
        ok.set("Session-Expires", text);
        timer.on_answer(ok);
        EXPECT_EQ(timer.interval(), 0U) << text;
    }
}

}  // namespace
}  // namespace weir::signaling
