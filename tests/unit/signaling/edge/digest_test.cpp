// SPDX-License-Identifier: Apache-2.0
// Digest: the examples of RFC 7616, the choice of realm and level, the challenges of ours.
#include "signaling/edge/digest.hpp"

#include <gtest/gtest.h>

#include "signaling/edge/digest_server.hpp"
#include "signaling/edge/digest_text.hpp"

namespace weir::signaling {
namespace {

constexpr const char* kNonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
constexpr const char* kCnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

DigestParts rfc7616(DigestAlgorithm algorithm) {
    return {.algorithm = algorithm,
            .realm = "http-auth@example.org",
            .nonce = kNonce,
            .qop = "auth",
            .cnonce = kCnonce,
            .nc = "00000001",
            .method = "GET",
            .uri = "/dir/index.html",
            .body = {}};
}

SipMessage challenge(int status, const char* header, std::vector<std::string> values) {
    SipMessage response;
    response.is_request = false;
    response.status = status;
    for (auto& value : values)
        response.add(header, std::move(value));
    return response;
}

config::Authentication entry(const char* user, const char* password, const char* realm) {
    return {user, *config::secret_of(0, password), realm, false};
}

TEST(Digest, HasTheMd5AnswerOfRfc7616) {
    EXPECT_EQ(*digest_response(rfc7616(DigestAlgorithm::md5), {"Mufasa", "Circle of Life"}),
              "8ca523f5e9506fed4657c9700eebdbec");
}

TEST(Digest, HasTheSha256AnswerOfRfc7616) {
    EXPECT_EQ(*digest_response(rfc7616(DigestAlgorithm::sha256), {"Mufasa", "Circle of Life"}),
              "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

// RFC 2617 3.5 with its qop; without qop the formula of RFC 2069.
TEST(Digest, HasTheAnswerOfRfc2617AndThatOfRfc2069) {
    DigestParts parts{.algorithm = DigestAlgorithm::md5,
                      .realm = "testrealm@host.com",
                      .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                      .qop = "auth",
                      .cnonce = "0a4f113b",
                      .nc = "00000001",
                      .method = "GET",
                      .uri = "/dir/index.html",
                      .body = {}};
    EXPECT_EQ(*digest_response(parts, {"Mufasa", "Circle Of Life"}),
              "6629fae49393a05397450978507c4ef1");
    parts.qop.clear();
    EXPECT_EQ(*digest_response(parts, {"Mufasa", "Circle Of Life"}),
              "670fd8c2df070c60b045671b8b24ff02");
}

TEST(Digest, ReadsAChallengeWithQuotesCommasAndAnyCase) {
    const auto all = digest_challenges(challenge(
        407, "Proxy-Authenticate",
        {R"(DIGEST Realm = "a, \"b\"" ,nonce="n",qop="auth-int,auth",stale=TRUE,ALGORITHM=sha-256)"}));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].realm, "a, \"b\"");
    EXPECT_EQ(all[0].algorithm, DigestAlgorithm::sha256);
    EXPECT_TRUE(all[0].offers_auth);
    EXPECT_TRUE(all[0].stale);
    EXPECT_TRUE(all[0].by_proxy);
}

// RFC 8760 2.4
TEST(Digest, TakesTheTopmostChallengeOfARealmThatItUnderstands) {
    const auto all = digest_challenges(
        challenge(401, "WWW-Authenticate",
                  {R"(Digest realm="r",nonce="1",algorithm=SHA-512-256)",
                   R"(Digest realm="r",nonce="2",algorithm=SHA-256)",
                   R"(Digest realm="r",nonce="3",algorithm=MD5)", R"(Basic realm="r")",
                   R"(Digest realm="other",nonce="4")", R"(Digest realm="broken)"}));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].nonce, "2");
    EXPECT_EQ(all[1].nonce, "4");
}

TEST(Digest, TakesThePasswordOfTheMostSpecificLevelThatKnowsTheRealm) {
    config::Config config;
    config::DialPeer peer;
    peer.tenant = 1;
    config.tenants[1].sip.authentication = {entry("tenant", "t", "b")};
    peer.sip.authentication = {entry("peer", "p", "a")};
    config.voice.sip.authentication = {entry("anyone", "g", "")};
    EXPECT_EQ(digest_user(config, peer, "a")->user, "peer");
    EXPECT_EQ(digest_user(config, peer, "b")->user, "tenant");
    EXPECT_EQ(digest_user(config, peer, "c")->user, "anyone");
    config.voice.sip.authentication.clear();
    EXPECT_FALSE(digest_user(config, peer, "c"));
}

TEST(Digest, RepeatsARequestWithAnAnswerForEachRealmThatHasAPassword) {
    config::Config config;
    config.voice.sip.authentication = {entry("u", "p", "a")};
    SipMessage invite;
    invite.method = "INVITE";
    invite.request_uri = "sip:b@example.net";
    invite.add("Authorization", "of an older challenge");
    const auto answered = with_digest_answers(
        invite,
        challenge(401, "WWW-Authenticate",
                  {R"(Digest realm="a",nonce="1",qop="auth")", R"(Digest realm="x",nonce="2")"}),
        "c0ffee", config, {});
    ASSERT_TRUE(answered);
    const auto answers = answered->all("Authorization");
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_NE(answers[0].find(R"(realm="a")"), std::string_view::npos);
    EXPECT_NE(answers[0].find(R"(uri="sip:b@example.net")"), std::string_view::npos);
    EXPECT_NE(answers[0].find("nc=00000001"), std::string_view::npos);
}

TEST(Digest, NamesTheRealmThatNobodyHasAPasswordFor) {
    const auto refused = with_digest_answers(
        {}, challenge(401, "WWW-Authenticate", {R"(Digest realm="bank",nonce="1")"}), "c", {}, {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().context.find("bank"), std::string::npos);
}

// RFC 7616 3.3: only stale=true asks again; without end it may not.
TEST(Digest, RepeatsOnceAndOnceMoreForAStaleNonce) {
    const auto plain = challenge(401, "WWW-Authenticate", {R"(Digest realm="a",nonce="1")"});
    const auto stale =
        challenge(401, "WWW-Authenticate", {R"(Digest realm="a",nonce="2",stale=true)"});
    DigestAttempt attempt;
    EXPECT_TRUE(attempt.may_repeat(plain));
    attempt.note_repeat();
    EXPECT_FALSE(attempt.may_repeat(plain));
    EXPECT_TRUE(attempt.may_repeat(stale));
    attempt.note_repeat();
    EXPECT_FALSE(attempt.may_repeat(stale));
}

class DigestServerTest : public testing::Test {
protected:
    DigestServerTest() {
        invite.method = "INVITE";
        invite.request_uri = "sip:b@example.net";
        invite.add("Call-ID", "one");
    }
    SipMessage answered(const DigestUser& who) const {
        SipMessage response;
        response.status = 401;
        const auto asked = server.challenge(invite, "weir", now, false);
        for (const auto& header : *asked)
            response.add(header.name, header.value);
        SipMessage request = invite;
        const auto answer = digest_answer(digest_challenges(response)[0], who,
                                          {"INVITE", invite.request_uri, "", "c0ffee", 1});
        request.add(answer->name, answer->value);
        return request;
    }
    DigestServer server{"0123456789abcdef"};
    DigestUser user{"trunk", "secret"};
    MonoTime now{1'000'000'000'000};
    SipMessage invite;
};

TEST_F(DigestServerTest, TakesTheRightPasswordAndNoOther) {
    EXPECT_EQ(server.check(invite, "weir", user, now), DigestServer::Verdict::missing);
    EXPECT_EQ(server.check(answered(user), "weir", user, now), DigestServer::Verdict::right);
    EXPECT_EQ(server.check(answered({"trunk", "guess"}), "weir", user, now),
              DigestServer::Verdict::wrong);
    EXPECT_EQ(server.check(answered({"other", "secret"}), "weir", user, now),
              DigestServer::Verdict::wrong);
}

TEST_F(DigestServerTest, AnAnswerServesOneCallForAMinute) {
    SipMessage request = answered(user);
    EXPECT_EQ(server.check(request, "weir", user, MonoTime{now.ns + 61'000'000'000}),
              DigestServer::Verdict::stale);
    request.set("Call-ID", "two");
    EXPECT_EQ(server.check(request, "weir", user, now), DigestServer::Verdict::missing);
}

}  // namespace
}  // namespace weir::signaling
