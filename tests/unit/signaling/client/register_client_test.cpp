// SPDX-License-Identifier: Apache-2.0
// REGISTERs on the wire of a fake stack, in virtual time.
#include "signaling/client/register_client.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_loop.hpp"
#include "tests/support/fake_sip_stack.hpp"
#include "tests/support/nobody.hpp"

namespace weir::signaling {
namespace {

using std::chrono::seconds;

class RegisterClientTest : public testing::Test {
protected:
    RegisterClientTest() {
        stack_.listening = {{SipTransport::udp, *Endpoint::parse("198.51.100.9:5060", 0)}};
        stack_.set_events(router_);
        router_.add(client_);
    }
    void registrar(const char* line) { config_.voice.sip.kept.push_back({line, line, ""}); }
    void credential(const char* number, const char* realm = "example.net") {
        config_.voice.sip.credentials.push_back(
            {number, "user", *config::secret_of(0, "secret"), realm});
    }
    void apply() {
        client_.set_config(std::make_shared<config::Config>(config_));
        loop_.advance(seconds(1));
    }
    auto sent() const { return stack_.sent_with("REGISTER"); }
    static std::string header(const tests::FakeSipStack::Sent& of, const char* name) {
        const std::string* value = of.request.message.find(name);
        return value == nullptr ? "(none)" : *value;
    }
    void challenge(const tests::FakeSipStack::Sent& to, const char* more = "") {
        stack_.answer(
            to, 401, "t", {},
            {{"WWW-Authenticate", std::string("Digest realm=\"example.net\", nonce=\"n1\", "
                                              "qop=\"auth\", algorithm=SHA-256") +
                                      more}});
    }
    void accept(const tests::FakeSipStack::Sent& to, int expires) {
        stack_.answer(to, 200, "t", {},
                      {{"Contact", header(to, "Contact") + ";expires=" + std::to_string(expires)}});
    }
    void fail(const tests::FakeSipStack::Sent& to) {
        stack_.events().on_failure(to.txn, TxnFailure::timeout);
    }

    config::Config config_;
    tests::FakeLoop loop_;
    tests::FakeSipStack stack_;
    SeededRandom random_{7};
    NullLogger log_;
    tests::Nobody nobody_;
    SipRouter router_{nobody_};
    RegisterClient client_{{loop_, stack_, random_, log_}, {}};
};

TEST_F(RegisterClientTest, TheRegisterSaysWhoAndWhere) {
    registrar("registrar 1 ipv4:192.0.2.5:5070 expires 600");
    credential("4085550100");
    apply();
    ASSERT_EQ(sent().size(), 1U);
    EXPECT_EQ(sent()[0].request.message.request_uri, "sip:192.0.2.5:5070");
    EXPECT_EQ(header(sent()[0], "To"), "<sip:4085550100@192.0.2.5:5070>");
    EXPECT_EQ(header(sent()[0], "Contact"), "<sip:4085550100@198.51.100.9>");
    EXPECT_EQ(header(sent()[0], "Expires"), "600");
    EXPECT_EQ(header(sent()[0], "CSeq"), "101 REGISTER");
    EXPECT_EQ(sent()[0].request.path.remote, *Endpoint::parse("192.0.2.5:5070", 0));
}

TEST_F(RegisterClientTest, AChallengeIsAnsweredWithCSeqPlusOneInTheSameCall) {
    registrar("registrar ipv4:192.0.2.5");
    credential("100");
    apply();
    challenge(sent()[0]);
    ASSERT_EQ(sent().size(), 2U);
    EXPECT_EQ(header(sent()[1], "CSeq"), "102 REGISTER");
    EXPECT_EQ(header(sent()[1], "Call-ID"), header(sent()[0], "Call-ID"));
    EXPECT_NE(header(sent()[1], "Authorization").find("username=\"user\""), std::string::npos);
    accept(sent()[1], 300);
    ASSERT_EQ(client_.rows().size(), 1U);
    EXPECT_TRUE(client_.rows()[0].registered);
    EXPECT_EQ(client_.rows()[0].left, seconds(300));
}

TEST_F(RegisterClientTest, AWrongPasswordIsNotTriedWithoutEnd) {
    registrar("registrar ipv4:192.0.2.5");
    credential("100");
    apply();
    challenge(sent()[0]);
    challenge(sent()[1]);
    EXPECT_EQ(sent().size(), 2U);
    EXPECT_FALSE(client_.rows()[0].registered);
}

TEST_F(RegisterClientTest, AStaleNonceIsAnsweredAgain) {
    registrar("registrar ipv4:192.0.2.5");
    credential("100");
    apply();
    challenge(sent()[0]);
    challenge(sent()[1], ", stale=true");
    EXPECT_EQ(sent().size(), 3U);
}

TEST_F(RegisterClientTest, ItIsRefreshedBeforeItRunsOut) {
    registrar("registrar ipv4:192.0.2.5 refresh-ratio 50");
    credential("100");
    apply();
    accept(sent()[0], 100);
    loop_.advance(seconds(49));
    EXPECT_EQ(sent().size(), 1U);
    loop_.advance(seconds(1));
    EXPECT_EQ(sent().size(), 2U);
}

TEST_F(RegisterClientTest, ASecondaryIsUsedWhileThePrimaryDoesNotAnswer) {
    registrar("registrar 1 ipv4:192.0.2.5");
    registrar("registrar 2 ipv4:192.0.2.6 secondary");
    credential("100");
    apply();
    ASSERT_EQ(sent().size(), 1U);
    fail(sent()[0]);
    loop_.advance(seconds(1));
    ASSERT_EQ(sent().size(), 2U);
    EXPECT_EQ(sent()[1].request.path.remote, *Endpoint::parse("192.0.2.6:5060", 0));
    accept(sent()[1], 3600);
    loop_.advance(seconds(40));  // the primary is tried again
    ASSERT_EQ(sent().size(), 3U);
    accept(sent()[2], 3600);
    ASSERT_EQ(sent().size(), 4U) << "the secondary is removed";
    EXPECT_EQ(header(sent()[3], "Expires"), "0");
}

TEST_F(RegisterClientTest, APrimaryIsLeftWhileItsSecondaryRegistersTheLine) {
    const IpAddress primary = *IpAddress::parse("192.0.2.5");
    registrar("registrar 1 ipv4:192.0.2.5");
    registrar("registrar 2 ipv4:192.0.2.6 secondary");
    credential("100");
    apply();
    fail(sent()[0]);
    loop_.advance(seconds(1));
    EXPECT_FALSE(client_.has_left(primary)) << "nobody stands in for it yet";
    accept(sent()[1], 3600);
    EXPECT_TRUE(client_.has_left(primary));
    EXPECT_FALSE(client_.has_left(*IpAddress::parse("192.0.2.6")));
    loop_.advance(seconds(40));
    accept(sent()[2], 3600);
    EXPECT_FALSE(client_.has_left(primary)) << "it registers again";
}

TEST_F(RegisterClientTest, EveryRegistrarGetsEveryCredentialOfItsRealm) {
    registrar("registrar 1 ipv4:192.0.2.5");
    registrar("registrar 2 ipv4:192.0.2.6 auth-realm other.example");
    credential("100", "example.net");
    credential("200", "other.example");
    apply();
    EXPECT_EQ(sent().size(), 3U);
}

TEST_F(RegisterClientTest, WhatIsTakenOutOfTheConfigurationIsRemoved) {
    registrar("registrar ipv4:192.0.2.5");
    credential("100");
    apply();
    accept(sent()[0], 3600);
    config_.voice.sip.credentials.clear();
    apply();
    ASSERT_EQ(sent().size(), 2U);
    EXPECT_EQ(header(sent()[1], "Expires"), "0");
    EXPECT_FALSE(client_.is_idle());
    stack_.answer(sent()[1], 200, "t");
    EXPECT_TRUE(client_.is_idle());
    EXPECT_EQ(loop_.pending_timers(), 0U);
}

TEST_F(RegisterClientTest, ACommitThatChangesNothingSendsNothing) {
    registrar("registrar ipv4:192.0.2.5");
    credential("100");
    apply();
    accept(sent()[0], 3600);
    apply();
    EXPECT_EQ(sent().size(), 1U);
}

TEST_F(RegisterClientTest, ARandomContactIsNotTheNumber) {
    registrar("registrar ipv4:192.0.2.5 random-contact");
    credential("100");
    apply();
    EXPECT_EQ(header(sent()[0], "Contact").find("100@"), std::string::npos);
}

TEST_F(RegisterClientTest, AnEndTellsTheRegistrars) {
    registrar("registrar ipv4:192.0.2.5");
    credential("100");
    apply();
    accept(sent()[0], 3600);
    client_.stop();
    ASSERT_EQ(sent().size(), 2U);
    fail(sent()[1]);
    EXPECT_TRUE(client_.is_idle()) << "a registrar that is gone holds nobody up";
}

TEST_F(RegisterClientTest, ATenantHasItsOwnRegistrars) {
    config_.tenants[3].tag = 3;
    config_.tenants[3].sip.kept.push_back({"r", "registrar ipv4:192.0.2.7", ""});
    config_.tenants[3].sip.credentials.push_back(
        {"300", "user", *config::secret_of(0, "secret"), "example.net"});
    apply();
    ASSERT_EQ(sent().size(), 1U);
    EXPECT_NE(show_register_status(client_.rows(), 3).find("Tenant: 3"), std::string::npos);
    EXPECT_EQ(show_register_status(client_.rows(), 4), "There is nothing to register\n");
}

}  // namespace
}  // namespace weir::signaling
