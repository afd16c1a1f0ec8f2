// SPDX-License-Identifier: Apache-2.0
// REGISTERs of endpoints behind us: what goes to the registrar and what is answered here, in
// virtual time.
#include "signaling/edge/passthrough.hpp"

#include <array>

#include <gtest/gtest.h>

#include "config/base/random.hpp"
#include "signaling/edge/binding_limits.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;
using Ask = Passthrough::Ask;
using Answer = Passthrough::Answer;

class PassthroughTest : public testing::Test {
protected:
    // A REGISTER of user 100 from a telephone.
    RegisterArrival arrival(int expires, std::uint32_t cseq = 1,
                            const char* source = "10.1.1.5:5062", const char* user = "100") {
        SipMessage message;
        message.method = "REGISTER";
        message.request_uri = "sip:198.51.100.1";
        const std::string address = std::string("<sip:") + user + "@198.51.100.1>";
        message.add("To", address);
        message.add("From", address + ";tag=1");
        message.add("Call-ID", std::string("one@") + source);
        message.add("CSeq", std::to_string(cseq) + " REGISTER");
        message.add("Contact", std::string("<sip:") + user + "@" + source + ">");
        message.add("Expires", std::to_string(expires));
        RegisterArrival made;
        made.request = *read_register(message, "192.0.2.5");
        made.path = {SipTransport::udp, *Endpoint::parse("198.51.100.1:5060", 0),
                     *Endpoint::parse(source, 0)};
        made.registrar = *IpAddress::parse("192.0.2.5");
        made.settings = settings_;
        return made;
    }
    Ask asked(const Passthrough::Step& step) {
        const auto* ask = std::get_if<Ask>(&step);
        EXPECT_NE(ask, nullptr) << "it was answered here";
        return ask == nullptr ? Ask{} : *ask;
    }
    Answer answered(const Passthrough::Step& step) {
        const auto* answer = std::get_if<Answer>(&step);
        EXPECT_NE(answer, nullptr) << "it went to the registrar";
        return answer == nullptr ? Answer{} : *answer;
    }
    // The registrar grants that much to the only contact.
    Answer grant(const Ask& ask, const RegisterArrival& of, int expires) {
        RegistrarAnswer answer{200, {}, {}};
        answer.granted[of.request.contacts.front().token] = seconds(expires);
        return answered(machine_.on_answer(ask.question, answer, now_));
    }
    void register_for(int expires, int granted, std::uint32_t cseq = 1) {
        const auto one = arrival(expires, cseq);
        grant(asked(machine_.on_register(one, now_)), one, granted);
    }
    const Binding* bound() {
        const auto all = machine_.bindings().of("100@192.0.2.5", now_);
        return all.empty() ? nullptr : all.front();
    }

    PassthroughSettings settings_;
    Passthrough machine_;
    MonoTime now_{1'000'000'000'000};
};

TEST_F(PassthroughTest, TheEndpointsTimeIsAskedAndTheGrantedOneIsBound) {
    const auto one = arrival(600);
    const Ask ask = asked(machine_.on_register(one, now_));
    EXPECT_EQ(ask.expires, std::vector{seconds(600)});
    EXPECT_EQ(bound(), nullptr) << "only the registrar binds";
    EXPECT_EQ(grant(ask, one, 300).status, 200);
    ASSERT_NE(bound(), nullptr);
    EXPECT_EQ(bound()->until, now_ + seconds(300));
    EXPECT_EQ(bound()->contact, "sip:100@10.1.1.5:5062");
}

TEST_F(PassthroughTest, ABindingEndsWithItsTime) {
    register_for(600, 600);
    now_ = now_ + seconds(599);
    EXPECT_NE(bound(), nullptr);
    EXPECT_TRUE(machine_.bindings().has_source(arrival(1).path));
    now_ = now_ + seconds(1);
    EXPECT_EQ(bound(), nullptr);
    machine_.expire(now_);
    EXPECT_EQ(machine_.bindings().size(), 0U);
    EXPECT_FALSE(machine_.bindings().has_source(arrival(1).path));
    EXPECT_FALSE(machine_.bindings().has_registrar(*IpAddress::parse("192.0.2.5")));
}

TEST_F(PassthroughTest, ABriefTimeIsRefusedHereWith423) {
    settings_.server.min_expires = seconds(120);
    const Answer answer = answered(machine_.on_register(arrival(119), now_));
    EXPECT_EQ(answer.status, 423);
    EXPECT_EQ(answer.min_expires, seconds(120));
    asked(machine_.on_register(arrival(120), now_));
}

TEST_F(PassthroughTest, ALongTimeIsCut) {
    settings_.server.max_expires = seconds(600);
    EXPECT_EQ(asked(machine_.on_register(arrival(7200), now_)).expires, std::vector{seconds(600)});
}

TEST_F(PassthroughTest, AChallengeIsTheEndpointsToAnswerAndBindsNothing) {
    for (const int status : {401, 407, 403, 404, 503}) {
        const Ask ask = asked(machine_.on_register(arrival(600), now_));
        const Answer answer = answered(machine_.on_answer(ask.question, {status, {}, {}}, now_));
        EXPECT_EQ(answer.status, status);
        EXPECT_FALSE(answer.own);
    }
    EXPECT_EQ(bound(), nullptr);
}

TEST_F(PassthroughTest, ARefusedRefreshLeavesTheBindingUntilItsTimeIsOver) {
    register_for(600, 600);
    const Ask ask = asked(machine_.on_register(arrival(600, 2), now_));
    answered(machine_.on_answer(ask.question, {403, {}, {}}, now_));
    EXPECT_NE(bound(), nullptr);
}

TEST_F(PassthroughTest, ASilentRegistrarIs408) {
    const Ask ask = asked(machine_.on_register(arrival(600), now_));
    EXPECT_EQ(answered(machine_.on_answer(ask.question, {}, now_)).status, 408);
}

TEST_F(PassthroughTest, ExpiresZeroGoesToTheRegistrarAndUnbinds) {
    settings_.rate_limit = true;
    register_for(600, 3600);
    const auto leaving = arrival(0, 2);
    const Ask ask = asked(machine_.on_register(leaving, now_));
    EXPECT_EQ(ask.expires, std::vector{seconds(0)});
    EXPECT_NE(bound(), nullptr) << "until the registrar agrees";
    answered(machine_.on_answer(ask.question, {200, {}, {}}, now_));
    EXPECT_EQ(bound(), nullptr);
}

TEST_F(PassthroughTest, TheStarRemovesEveryContactOfTheAddress) {
    register_for(600, 600);
    const auto other = arrival(600, 1, "10.1.1.6:5060");
    grant(asked(machine_.on_register(other, now_)), other, 600);
    ASSERT_EQ(machine_.bindings().size(), 2U);
    RegisterArrival star = arrival(0, 2);
    star.request.contacts.clear();
    star.request.all = true;
    const Ask ask = asked(machine_.on_register(star, now_));
    EXPECT_TRUE(ask.expires.empty());
    answered(machine_.on_answer(ask.question, {200, {}, {}}, now_));
    EXPECT_EQ(machine_.bindings().size(), 0U);
}

TEST_F(PassthroughTest, AContactThatThe200DoesNotListIsNotBound) {
    const Ask ask = asked(machine_.on_register(arrival(600), now_));
    answered(machine_.on_answer(ask.question, {200, {{"other", seconds(600)}}, {}}, now_));
    EXPECT_EQ(bound(), nullptr);
}

class RateLimitTest : public PassthroughTest {
protected:
    RateLimitTest() { settings_.rate_limit = true; }
};

TEST_F(RateLimitTest, TheRegistrarIsAskedForLongAndTheEndpointGetsItsShortTime) {
    const auto one = arrival(60);
    const Ask ask = asked(machine_.on_register(one, now_));
    EXPECT_EQ(ask.expires, std::vector{seconds(3600)});
    grant(ask, one, 3600);
    EXPECT_EQ(bound()->until, now_ + seconds(60));
    EXPECT_EQ(bound()->registrar_until, now_ + seconds(3600));
}

TEST_F(RateLimitTest, RefreshesAreAnsweredHereUntilTheRegistrarsTimeNearsItsEnd) {
    register_for(60, 3600);
    std::uint32_t here = 0;
    std::uint32_t cseq = 1;
    for (int at = 30; at < 3600; at += 30) {
        now_ = now_ + seconds(30);
        const auto step = machine_.on_register(arrival(60, ++cseq), now_);
        if (std::holds_alternative<Ask>(step)) break;
        EXPECT_EQ(std::get<Answer>(step).status, 200);
        EXPECT_EQ(bound()->until, now_ + seconds(60));
        ++here;
    }
    EXPECT_EQ(here, 95U) << "80 % of 3600 s, one every 30 s";
    EXPECT_EQ(bound()->answered_here, 95U);
}

TEST_F(RateLimitTest, WhoeverIsNotTheSameIsTheRegistrarsToJudge) {
    register_for(60, 3600);
    asked(machine_.on_register(arrival(60, 1), now_));  // an old CSeq
    RegisterArrival elsewhere = arrival(60, 2);
    elsewhere.path.remote = *Endpoint::parse("10.9.9.9:5062", 0);
    asked(machine_.on_register(elsewhere, now_));
    RegisterArrival again = arrival(60, 2);
    again.request.call_id = "after a restart";
    asked(machine_.on_register(again, now_));
}

// RFC 3261 10.2.8: the time was ours, so the repetition is, too.
TEST_F(RateLimitTest, A423ToOurOwnTimeIsAnsweredOnceWithALongerOne) {
    const auto one = arrival(60, 7);
    const Ask first = asked(machine_.on_register(one, now_));
    EXPECT_EQ(first.cseq, 7U);
    const Ask second = asked(machine_.on_answer(first.question, {423, {}, seconds(7200)}, now_));
    EXPECT_EQ(second.cseq, 8U);
    EXPECT_EQ(second.expires, std::vector{seconds(7200)});
    grant(second, one, 7200);
    EXPECT_EQ(bound()->until, now_ + seconds(60));
    // The sequence goes on above what we have used, and the time is known now.
    now_ = now_ + seconds(59);
    const auto refused = asked(machine_.on_register(arrival(0, 8), now_));
    EXPECT_EQ(refused.cseq, 9U);
    const auto other = asked(machine_.on_register(arrival(60, 1, "10.1.1.7:5060"), now_));
    EXPECT_EQ(other.expires, std::vector{seconds(7200)});
    const auto step = machine_.on_answer(other.question, {423, {}, seconds(9000)}, now_);
    const Ask longer = asked(step);
    EXPECT_EQ(answered(machine_.on_answer(longer.question, {423, {}, seconds(9999)}, now_)).status,
              423);
}

TEST_F(PassthroughTest, A423WithoutRateLimitIsTheEndpoints) {
    const Ask ask = asked(machine_.on_register(arrival(60), now_));
    EXPECT_EQ(answered(machine_.on_answer(ask.question, {423, {}, seconds(90)}, now_)).status, 423);
}

TEST_F(PassthroughTest, REGISTERsThatWaitAreBoundedForEachSource) {
    for (std::size_t i = 0; i < kMaxAskedPerSource; ++i)
        asked(machine_.on_register(arrival(600, 1, "10.1.1.5:5062", std::to_string(i).c_str()),
                                   now_));
    EXPECT_EQ(answered(machine_.on_register(arrival(600), now_)).status, 503);
    asked(machine_.on_register(arrival(600, 1, "10.1.1.9:5060"), now_));
}

TEST_F(PassthroughTest, ContactsOfOneAddressAreBounded) {
    for (std::size_t i = 0; i < kMaxBindingsPerAor; ++i) {
        const auto one = arrival(600, 1, ("10.1.2." + std::to_string(i) + ":5060").c_str());
        grant(asked(machine_.on_register(one, now_)), one, 600);
    }
    EXPECT_EQ(answered(machine_.on_register(arrival(600), now_)).status, 503);
    asked(machine_.on_register(arrival(600, 2, "10.1.2.3:5060"), now_));
}

// Whatever endpoints and a registrar do: bounds hold, and when all times are over nothing is left.
TEST_F(PassthroughTest, RandomEndpointsAndRegistrarsLeaveNothingBehind) {
    const std::uint64_t seed = 20'261'121;
    SCOPED_TRACE(seed);
    SeededRandom dice(seed);
    std::vector<std::pair<Passthrough::Question, std::string>> open;
    for (int i = 0; i < 3000; ++i) {
        now_ = now_ + seconds(dice.below(40));
        settings_.rate_limit = dice.below(2) == 0;
        const std::string source = "10.1.1." + std::to_string(dice.below(4)) + ":5060";
        const std::string user = std::to_string(100 + dice.below(3));
        const auto cseq = static_cast<std::uint32_t>(1 + dice.below(50));
        RegisterArrival one =
            arrival(static_cast<int>(dice.below(4) * 100), cseq, source.c_str(), user.c_str());
        one.request.all = one.request.expires == seconds(0) && dice.below(4) == 0;
        if (one.request.all) one.request.contacts.clear();
        const std::string token = one.request.all ? "" : one.request.contacts[0].token;
        const auto step = machine_.on_register(std::move(one), now_);
        if (const auto* ask = std::get_if<Ask>(&step)) open.emplace_back(ask->question, token);
        while (!open.empty() && dice.below(3) != 0) {
            const auto [question, of] = open.back();
            RegistrarAnswer said;
            said.status = std::array{0, 200, 200, 200, 401, 403, 423}[dice.below(7)];
            if (dice.below(3) != 0) said.granted[of] = seconds(dice.below(900));
            if (said.status == 423) said.min_expires = seconds(dice.below(4000));
            if (std::holds_alternative<Answer>(machine_.on_answer(question, said, now_)))
                open.pop_back();
        }
        EXPECT_LE(machine_.bindings().size(), 3 * kMaxBindingsPerAor);
    }
    for (const auto& [question, token] : open)
        while (std::holds_alternative<Ask>(machine_.on_answer(question, {}, now_))) {
        }
    now_ = now_ + seconds(100'000);
    machine_.expire(now_);
    EXPECT_EQ(machine_.bindings().size(), 0U);
    EXPECT_FALSE(machine_.bindings().next_end());
    EXPECT_FALSE(machine_.bindings().has_registrar(*IpAddress::parse("192.0.2.5")));
    for (int i = 0; i < 4; ++i)
        EXPECT_FALSE(machine_.bindings().has_source(
            arrival(1, 1, ("10.1.1." + std::to_string(i) + ":5060").c_str()).path));
}

TEST_F(PassthroughTest, ARefreshFromAnotherAddressMovesTheSource) {
    register_for(600, 600);
    RegisterArrival moved = arrival(600, 2);
    moved.path.remote = *Endpoint::parse("10.9.9.9:4000", 0);
    grant(asked(machine_.on_register(moved, now_)), moved, 600);
    EXPECT_EQ(machine_.bindings().size(), 1U);
    EXPECT_TRUE(machine_.bindings().has_source(moved.path));
    EXPECT_FALSE(machine_.bindings().has_source(arrival(600).path));
}

}  // namespace
}  // namespace weir::signaling
